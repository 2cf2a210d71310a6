"""Provider accounts through REST. Secrets go in and never come out."""

import ipaddress
from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from services.gateway.application.provider_accounts import AccountStale, ProviderAccount, ProviderAccounts
from switchyard.service.etags import IfMatch, etag, stale
from switchyard.service.identity import Principal, require
from switchyard.service.problems import FieldError, Problem

Provider = Literal["twilio"]
_NUMBER = r"^\+[1-9][0-9]{3,14}$"


class AccountBody(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    #: As it stands in the path; some clients repeat it.
    id: Provider | None = None
    provider: Provider | None = None
    account_sid: str = Field(pattern=r"^[A-Za-z0-9]{2,64}$")
    auth_token: str = Field(min_length=16, max_length=256)
    secondary_auth_token: str = Field(default="", max_length=256)
    api_base_url: str = Field(default="https://api.twilio.com", max_length=256)
    from_number: str = Field(pattern=_NUMBER)
    voice_number: str = Field(default="", pattern=_NUMBER + "|^$")
    confirms_opt_out: bool = True


class AccountView(BaseModel):
    """Without the secrets; `secrets_set` names those that are stored."""

    id: str
    provider: str
    account_sid: str
    api_base_url: str
    from_number: str
    voice_number: str
    confirms_opt_out: bool
    secrets_set: list[str]
    version: int


class AccountList(BaseModel):
    items: list[AccountView]
    next: str | None = None


def provider_accounts_router(accounts: ProviderAccounts, *, allow_local: bool) -> APIRouter:
    """`allow_local` permits providers on this machine or network, which only a trial installation has."""
    doors = _Accounts(accounts, allow_local=allow_local)
    router = APIRouter(prefix="/v1/provider-accounts", tags=["provider-accounts"])
    router.add_api_route("", doors.listed, methods=["GET"])
    router.add_api_route("/{provider}", doors.one, methods=["GET"])
    router.add_api_route("/{provider}", doors.put, methods=["PUT"], responses={201: {"model": AccountView}})
    router.add_api_route("/{provider}", doors.delete, methods=["DELETE"], status_code=204)
    return router


Admin = Annotated[Principal, Depends(require("admin"))]


class _Accounts:
    def __init__(self, accounts: ProviderAccounts, *, allow_local: bool) -> None:
        self._accounts = accounts
        self._allow_local = allow_local

    async def listed(self, principal: Admin) -> AccountList:
        """All of the tenant's accounts; there is at most one of each provider."""
        return AccountList(items=[_view(account) for account in await self._accounts.of_tenant(principal.tenant)])

    async def one(self, provider: Provider, response: Response, principal: Admin) -> AccountView:
        """The account, without its secrets."""
        account = await self._accounts.find(principal.tenant, provider)
        if account is None:
            raise _unknown(provider)
        response.headers["ETag"] = etag(account.version)
        return _view(account)

    async def put(
        self, provider: Provider, body: AccountBody, response: Response, if_match: IfMatch, principal: Admin
    ) -> AccountView:
        """Make or replace the account."""
        _check_url(body.api_base_url, allow_local=self._allow_local)
        fields = body.model_dump(exclude={"id", "provider"})
        account = ProviderAccount(tenant=principal.tenant, provider=provider, **fields)
        try:
            stored = await self._accounts.put(account, if_version=if_match)
        except AccountStale as behind:
            raise stale(behind.version) from behind
        response.status_code = 201 if stored.version == 1 else 200
        response.headers["ETag"] = etag(stored.version)
        return _view(stored)

    async def delete(self, provider: Provider, if_match: IfMatch, principal: Admin) -> None:
        """Forget the account: its webhooks are refused from now on, and nothing more leaves by it."""
        try:
            there_was = await self._accounts.remove(principal.tenant, provider, if_version=if_match)
        except AccountStale as behind:
            raise stale(behind.version) from behind
        if not there_was:
            raise _unknown(provider)


def _view(account: ProviderAccount) -> AccountView:
    return AccountView(
        id=account.provider,
        provider=account.provider,
        account_sid=account.account_sid,
        api_base_url=account.api_base_url,
        from_number=account.from_number,
        voice_number=account.voice_number,
        confirms_opt_out=account.confirms_opt_out,
        secrets_set=[name for name in ("auth_token", "secondary_auth_token") if getattr(account, name)],
        version=account.version,
    )


def _check_url(url: str, *, allow_local: bool) -> None:
    parts = urlsplit(url)
    local = _is_local(parts.hostname or "")
    secure = parts.scheme == "https" or (allow_local and local and parts.scheme == "http")
    if not parts.hostname or not secure or (local and not allow_local) or parts.username or parts.query:
        detail = "must be an https URL of a public host, without credentials or query"
        raise Problem(422, "invalid", f"api_base_url {detail}.", errors=[FieldError("/api_base_url", detail)])


def _is_local(host: str) -> bool:
    """A name may still lead inside; it is the administrator's own provider, and only Twilio's forms go there."""
    if host == "localhost" or host.endswith((".localhost", ".internal")):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def _unknown(provider: str) -> Problem:
    return Problem(404, "provider-account-unknown", f"There is no account with {provider}.")
