"""Rooms as Twilio's conferences, named for the offer: the RoomControl port.

A supervisor is a participant under a label of its own: muted to listen, coaching the agent's leg to whisper, neither
to barge in. The room is found by its name, for a conference has an id only once somebody is in it.
"""

from hashlib import sha256

from services.gateway.adapters.twilio_api import TwilioApi
from services.gateway.adapters.twilio_call_requests import TwilioCallRequests
from services.gateway.adapters.twilio_twiml import TwilioTwiml
from services.gateway.application.provider_accounts import ProviderAccounts
from services.gateway.application.voice_ports import CallGone
from services.gateway.domain.monitor import LISTEN, WHISPER
from services.gateway.domain.voice_call import Call


class TwilioRooms:
    def __init__(self, api: TwilioApi, accounts: ProviderAccounts, twiml: TwilioTwiml) -> None:
        self._requests = TwilioCallRequests(api, accounts)
        self._twiml = twiml

    async def agent_leg(self, call: Call) -> str:
        listed = await self._requests.get(call, "Calls.json", {"ParentCallSid": call.call_sid, "PageSize": "50"})
        legs = listed.get("calls")
        talking = [leg for leg in legs if leg.get("status") == "in-progress"] if isinstance(legs, list) else []
        return str(talking[0]["sid"]) if talking else ""

    async def move_agent(self, call: Call, leg: str) -> None:
        await self._requests.post(call, f"Calls/{leg}.json", {"Twiml": self._twiml.agent_in_room(call)})

    async def change_mode(self, call: Call, supervisor_id: str, mode: str) -> bool:
        room = await self._room(call)
        if not room:
            return False
        try:
            await self._requests.post(
                call, f"Conferences/{room}/Participants/{_label(supervisor_id)}.json", _heard(call, mode)
            )
        except CallGone:
            return False
        return True

    async def ring_in(self, call: Call, supervisor_id: str, mode: str) -> None:
        form = {
            "From": call.called,
            "To": f"client:{supervisor_id}",
            "Label": _label(supervisor_id),
            "Beep": "false",
            "StartConferenceOnEnter": "false",
            "EndConferenceOnExit": "false",
            **_heard(call, mode),
        }
        await self._requests.post(call, f"Conferences/{call.offer_id}/Participants.json", form)

    async def let_go(self, call: Call, supervisor_id: str) -> None:
        room = await self._room(call)
        if room:
            there = await self._requests.get(call, f"Conferences/{room}/Participants/{_label(supervisor_id)}.json", {})
            await self._requests.post(call, f"Calls/{there['call_sid']}.json", {"Status": "completed"})

    async def _room(self, call: Call) -> str:
        found = await self._requests.get(
            call, "Conferences.json", {"FriendlyName": call.offer_id, "Status": "in-progress"}
        )
        rooms = found.get("conferences")
        return str(rooms[0]["sid"]) if isinstance(rooms, list) and rooms else ""


def _heard(call: Call, mode: str) -> dict[str, str]:
    """Who hears the supervisor: nobody, the agent whose leg is coached, or everybody."""
    coaching = mode == WHISPER
    heard = {"Muted": _flag(mode == LISTEN), "Coaching": _flag(coaching)}
    return heard | {"CallSidToCoach": call.room_leg} if coaching else heard


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _label(supervisor_id: str) -> str:
    """Name a supervisor's participant in letters that a path takes."""
    return f"monitor-{sha256(supervisor_id.encode()).hexdigest()[:24]}"
