"""Who may enter: the rules of tokens and API keys, whatever verifies a signature or stores a key.

A token is believed for at most 60 s without a second look, an API key likewise, so a revoked one lives that long.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

#: The roles of api.md; what else a token names is dropped, so that an issuer's own role never opens a door later.
ROLES: Final = frozenset(
    {
        "agent",
        "senior_agent",
        "team_leader",
        "supervisor",
        "qa",
        "knowledge_editor",
        "planner",
        "manager",
        "admin",
        "partner",
    }
)
#: Those who may act for any agent of their tenant.
OVERSEERS: Final = frozenset({"supervisor", "team_leader", "manager", "admin"})

BELIEVED_FOR: Final = timedelta(seconds=60)
_MOST_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks; everything they see or change is inside `tenant`."""

    tenant: str
    subject: str
    roles: frozenset[str]
    credential_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A caller, and until when the credential holds."""

    caller: Caller
    until: datetime


class CredentialRefused(Exception):
    """The credential is missing, forged, expired or not meant for us; `code` is stable and kebab-case."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class IssuerUnavailable(Exception):
    """The issuer's keys could not be had, now or before: nothing can be said of its tokens."""


class Verifier(Protocol):
    async def verify(self, secret: str, now: datetime) -> Verified:
        """Tell who holds the credential. Raises CredentialRefused, IssuerUnavailable."""


class Remembering:
    """A verifier that remembers what it believed, by the credential's hash, for `BELIEVED_FOR` or until it expires."""

    def __init__(self, verifier: Verifier, clock: Callable[[], datetime]) -> None:
        self._verifier = verifier
        self._clock = clock
        self._known: dict[bytes, Verified] = {}

    async def caller(self, secret: str) -> Caller:
        """Raises CredentialRefused, IssuerUnavailable."""
        digest = hashlib.sha256(secret.encode(errors="surrogatepass")).digest()
        now = self._clock()
        known = self._known.get(digest)
        if known is None or known.until <= now:
            self._known.pop(digest, None)
            known = await self._verifier.verify(secret, now)
            self._remember(digest, known, now)
        return known.caller

    def _remember(self, digest: bytes, verified: Verified, now: datetime) -> None:
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[digest] = Verified(caller=verified.caller, until=min(verified.until, now + BELIEVED_FOR))
