"""Moves callers' legs by Twilio's REST interface: the CallControl port."""

from contextlib import suppress

from services.gateway.adapters.twilio_api import TwilioApi
from services.gateway.adapters.twilio_call_requests import TwilioCallRequests
from services.gateway.adapters.twilio_twiml import TwilioTwiml
from services.gateway.application.provider_accounts import ProviderAccounts
from services.gateway.application.voice_ports import CallGone
from services.gateway.domain.voice_call import Call, Instruction

_UP = frozenset({"queued", "initiated", "ringing", "in-progress"})


class TwilioCalls:
    def __init__(self, api: TwilioApi, accounts: ProviderAccounts, twiml: TwilioTwiml) -> None:
        self._requests = TwilioCallRequests(api, accounts)
        self._twiml = twiml

    async def instruct(self, call: Call, instruction: Instruction) -> None:
        """Repeating it is harmless but for a connection, which rings the agent anew."""
        form = {"Twiml": self._twiml.render(call, instruction)}
        await self._requests.post(call, f"Calls/{call.call_sid}.json", form)

    async def rings_agent(self, call: Call) -> bool:
        legs = await self._requests.get(call, "Calls.json", {"ParentCallSid": call.call_sid, "PageSize": "50"})
        listed = legs.get("calls")
        return isinstance(listed, list) and any(leg.get("status") in _UP for leg in listed)

    async def ended_as(self, call: Call) -> str | None:
        status = str((await self._requests.get(call, f"Calls/{call.call_sid}.json", {})).get("status"))
        return None if status in _UP else status

    async def hang_up(self, call: Call) -> None:
        with suppress(CallGone):
            await self._requests.post(call, f"Calls/{call.call_sid}.json", {"Status": "completed"})
