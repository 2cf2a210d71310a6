"""Moves callers' legs by Twilio's REST interface: the CallControl port."""

from services.gateway.adapters.twilio_api import TwilioApi, TwilioNotReached, TwilioRefused, TwilioUnsure
from services.gateway.adapters.twilio_twiml import TwilioTwiml
from services.gateway.application.messages import SendRefused, SendUnavailable
from services.gateway.application.provider_accounts import ProviderAccount, ProviderAccounts
from services.gateway.application.voice_ports import CallGone
from services.gateway.domain.voice_call import Call, Instruction
from switchyard.eventing.aggregates import StoreUnavailable

_UP = frozenset({"queued", "initiated", "ringing", "in-progress"})
#: 21220 is a call in no state to be changed, 20404 one that Twilio does not know.
_GONE_CODES = frozenset({21220, 20404})
_NOT_NOW = (TwilioNotReached, TwilioUnsure, StoreUnavailable)


class TwilioCalls:
    def __init__(self, api: TwilioApi, accounts: ProviderAccounts, twiml: TwilioTwiml) -> None:
        self._api = api
        self._accounts = accounts
        self._twiml = twiml

    async def instruct(self, call: Call, instruction: Instruction) -> None:
        """Repeating it is harmless but for a connection, which rings the agent anew."""
        form = {"Twiml": self._twiml.render(call, instruction)}
        try:
            await self._api.post(await self._account(call), f"Calls/{call.call_sid}.json", form)
        except TwilioRefused as refused:
            raise _refusal(refused) from refused
        except _NOT_NOW as error:
            raise SendUnavailable(type(error).__name__) from error

    async def rings_agent(self, call: Call) -> bool:
        legs = await self._get(call, "Calls.json", {"ParentCallSid": call.call_sid, "PageSize": "50"})
        listed = legs.get("calls")
        return isinstance(listed, list) and any(leg.get("status") in _UP for leg in listed)

    async def is_up(self, call: Call) -> bool:
        return (await self._get(call, f"Calls/{call.call_sid}.json", {})).get("status") in _UP

    async def _get(self, call: Call, resource: str, query: dict[str, str]) -> dict[str, object]:
        try:
            return await self._api.get(await self._account(call), resource, query)
        except TwilioRefused as refused:
            raise _refusal(refused) from refused
        except _NOT_NOW as error:
            raise SendUnavailable(type(error).__name__) from error

    async def _account(self, call: Call) -> ProviderAccount:
        account = await self._accounts.find(call.tenant, "twilio")
        if account is None:
            raise SendRefused("provider-account-missing", f"{call.tenant} has no twilio account")
        return account


def _refusal(refused: TwilioRefused) -> CallGone | SendRefused:
    if refused.status == 404 or refused.code in _GONE_CODES:
        return CallGone()
    return SendRefused("provider-refused", f"Twilio {refused.code}")
