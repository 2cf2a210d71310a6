"""A tenant's accounts with telephone and SMS providers."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAccount:
    """`secondary_auth_token` is valid beside `auth_token` while keys are changed. `from_number` sends SMS.

    `confirms_opt_out`: the provider itself answers STOP, as Twilio does, so that we must not.
    """

    tenant: str
    provider: str
    account_sid: str
    auth_token: str = field(repr=False)
    api_base_url: str
    from_number: str
    voice_number: str = ""
    secondary_auth_token: str = field(default="", repr=False)
    confirms_opt_out: bool = True
    version: int = 0

    @property
    def tokens(self) -> tuple[str, ...]:
        return tuple(token for token in (self.auth_token, self.secondary_auth_token) if token)


class AccountStale(Exception):
    """The account is not at the version that the change was meant for."""

    def __init__(self, version: int) -> None:
        super().__init__(f"version {version}")
        self.version = version


class ProviderAccounts(Protocol):
    """Every method raises StoreUnavailable."""

    async def find(self, tenant: str, provider: str) -> ProviderAccount | None: ...

    async def of_tenant(self, tenant: str) -> list[ProviderAccount]:
        """The tenant's accounts by provider's name; there are as many as there are providers."""

    async def put(self, account: ProviderAccount, *, if_version: int | None = None) -> ProviderAccount:
        """Store under the next version. Raises AccountStale."""

    async def remove(self, tenant: str, provider: str, *, if_version: int | None = None) -> bool:
        """Return whether there was one. Raises AccountStale."""
