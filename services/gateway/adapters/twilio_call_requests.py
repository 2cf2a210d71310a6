"""Requests about a call to Twilio's REST interface, with the account of its tenant and the faults that calls know."""

from collections.abc import Iterator
from contextlib import contextmanager

from services.gateway.adapters.twilio_api import TwilioApi, TwilioRefused
from services.gateway.adapters.twilio_orders import account_of, known_faults
from services.gateway.application.provider_accounts import ProviderAccounts
from services.gateway.application.voice_ports import CallGone
from services.gateway.domain.voice_call import Call

#: 21220 is a call in no state to be changed, 20404 one that Twilio does not know.
_GONE_CODES = frozenset({21220, 20404})


class TwilioCallRequests:
    """Raises CallGone, SendRefused, SendUnavailable."""

    def __init__(self, api: TwilioApi, accounts: ProviderAccounts) -> None:
        self._api = api
        self._accounts = accounts

    async def get(self, call: Call, resource: str, query: dict[str, str]) -> dict[str, object]:
        with known_faults({}), _gone_calls():
            return await self._api.get(await account_of(self._accounts, call.tenant), resource, query)

    async def post(self, call: Call, resource: str, form: dict[str, str]) -> dict[str, object]:
        with known_faults({}), _gone_calls():
            return await self._api.post(await account_of(self._accounts, call.tenant), resource, form)


@contextmanager
def _gone_calls() -> Iterator[None]:
    try:
        yield
    except TwilioRefused as refused:
        if refused.status == 404 or refused.code in _GONE_CODES:
            raise CallGone from refused
        raise
