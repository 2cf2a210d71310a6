"""Requests about a call to Twilio's REST interface, with the account of its tenant and the faults that calls know."""

from collections.abc import Iterator
from contextlib import contextmanager

from services.gateway.adapters.twilio_api import TwilioApi, TwilioNotReached, TwilioRefused, TwilioUnsure
from services.gateway.application.messages import SendRefused, SendUnavailable
from services.gateway.application.provider_accounts import ProviderAccount, ProviderAccounts
from services.gateway.application.voice_ports import CallGone
from services.gateway.domain.voice_call import Call
from switchyard.eventing.aggregates import StoreUnavailable

#: 21220 is a call in no state to be changed, 20404 one that Twilio does not know.
_GONE_CODES = frozenset({21220, 20404})
_NOT_NOW = (TwilioNotReached, TwilioUnsure, StoreUnavailable)


class TwilioCallRequests:
    """Raises CallGone, SendRefused, SendUnavailable."""

    def __init__(self, api: TwilioApi, accounts: ProviderAccounts) -> None:
        self._api = api
        self._accounts = accounts

    async def get(self, call: Call, resource: str, query: dict[str, str]) -> dict[str, object]:
        with _known_faults():
            return await self._api.get(await self._account(call), resource, query)

    async def post(self, call: Call, resource: str, form: dict[str, str]) -> dict[str, object]:
        with _known_faults():
            return await self._api.post(await self._account(call), resource, form)

    async def _account(self, call: Call) -> ProviderAccount:
        account = await self._accounts.find(call.tenant, "twilio")
        if account is None:
            raise SendRefused("provider-account-missing", f"{call.tenant} has no twilio account")
        return account


@contextmanager
def _known_faults() -> Iterator[None]:
    try:
        yield
    except TwilioRefused as refused:
        raise _refusal(refused) from refused
    except _NOT_NOW as error:
        raise SendUnavailable(type(error).__name__) from error


def _refusal(refused: TwilioRefused) -> CallGone | SendRefused:
    if refused.status == 404 or refused.code in _GONE_CODES:
        return CallGone()
    return SendRefused("provider-refused", f"Twilio {refused.code}")
