"""The REST interface of the fake provider, in the paths, forms, answers and error numbers of Twilio's."""

import base64
import binascii
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Protocol
from xml.etree import ElementTree as ET

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from switchyard.testing.twilio_call import AgentLeg, FakeCall
from switchyard.testing.twilio_outgoing import OutgoingCall
from switchyard.testing.twilio_rooms import FakeRoom, FakeRooms, Participant


@dataclass(slots=True, kw_only=True)
class FakeSms:
    """An SMS that the platform sent."""

    sid: str
    from_number: str
    to_number: str
    body: str
    created_at: datetime
    status_callback: str
    status: str = "queued"


class TwilioRefusal(Exception):
    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class Account(Protocol):
    account_sid: str
    auth_token: str
    faults: deque[str]

    @property
    def messages(self) -> Sequence[FakeSms]: ...

    @property
    def calls(self) -> Mapping[str, FakeCall]: ...

    @property
    def rooms(self) -> FakeRooms: ...

    async def take_message(self, form: dict[str, str]) -> FakeSms: ...

    def take_call(self, form: dict[str, str]) -> FakeCall: ...


class TwilioRest:
    def __init__(self, account: Account) -> None:
        self._account = account

    def app(self) -> Starlette:
        base = "/2010-04-01/Accounts/{account_sid}"
        routes = [
            Route(f"{base}/Messages.json", self._send, methods=["POST"]),
            Route(f"{base}/Messages.json", self._listed, methods=["GET"]),
            Route(f"{base}/Calls.json", self._legs, methods=["GET"]),
            Route(f"{base}/Calls.json", self._place, methods=["POST"]),
            Route(f"{base}/Calls/{{call_sid}}.json", self._change, methods=["POST"]),
            Route(f"{base}/Calls/{{call_sid}}.json", self._one, methods=["GET"]),
        ]
        room = f"{base}/Conferences/{{room}}"
        routes += [
            Route(f"{base}/Conferences.json", self._rooms, methods=["GET"]),
            Route(f"{room}/Participants.json", self._ring_in, methods=["POST"]),
            Route(f"{room}/Participants/{{label}}.json", self._participant, methods=["GET", "POST"]),
        ]
        return Starlette(routes=routes, exception_handlers={TwilioRefusal: _refused})

    async def _send(self, request: Request) -> JSONResponse:
        fault = self._admitted(request)
        message = await self._account.take_message(await _form(request))
        return _answer(message_json(message), 201, fault)

    async def _listed(self, request: Request) -> JSONResponse:
        fault = self._admitted(request)
        query = request.query_params
        found = [message_json(each) for each in reversed(self._account.messages) if _matches(each, query)]
        return _answer({"messages": found}, 200, fault)

    async def _change(self, request: Request) -> JSONResponse:
        fault = self._admitted(request)
        form, sid = await _form(request), request.path_params["call_sid"]
        if (talk := self._of_leg(sid)) is not None:
            self._move(*talk, form["Twiml"])
            return _answer({"sid": sid}, 200, fault)
        if form.get("Status") == "completed" and self._account.rooms.hang_up(sid):
            return _answer({"sid": sid}, 200, fault)
        call = self._call(sid)
        if not call.is_up and not (isinstance(call, OutgoingCall) and call.is_ringing_out and "Status" in form):
            raise TwilioRefusal(400, 21220, "Call is not in-progress. Cannot redirect.")
        if form.get("Status") == "completed":
            await call.complete()
        elif "Twiml" in form:
            call.redirect(form["Twiml"])
        return _answer(call_json(call), 200, fault)

    async def _rooms(self, request: Request) -> JSONResponse:
        fault = self._admitted(request)
        room = self._account.rooms.find(request.query_params.get("FriendlyName", ""))
        found = [{"sid": room.sid, "friendly_name": room.name}] if room is not None and room.is_up else []
        return _answer({"conferences": found}, 200, fault)

    async def _ring_in(self, request: Request) -> JSONResponse:
        fault = self._admitted(request)
        room = self._account.rooms.named(request.path_params["room"])
        participant = room.ring_in(await _form(request), self._account.rooms.new_sid("CA"))
        return _answer(participant.as_json(), 201, fault)

    async def _participant(self, request: Request) -> JSONResponse:
        fault = self._admitted(request)
        participant = self._found(request.path_params["room"], request.path_params["label"])
        if request.method == "POST":
            participant.heard(await _form(request))
        return _answer(participant.as_json(), 200, fault)

    def _found(self, room: str, label: str) -> Participant:
        found = self._account.rooms.find(room)
        participant = found.others.get(label) if found is not None and found.is_up else None
        if participant is None:
            raise TwilioRefusal(404, 20404, f"The requested resource {label} was not found")
        return participant

    def _of_leg(self, sid: str) -> tuple[FakeCall, AgentLeg] | None:
        legs = ((call, leg) for call in self._account.calls.values() for leg in call.legs)
        return next(((call, leg) for call, leg in legs if leg.sid == sid), None)

    def _move(self, call: FakeCall, leg: AgentLeg, document: str) -> None:
        """Follow a document on the agent's leg: the only one that a leg of ours is given leads into a room."""
        if leg.status != "in-progress":
            raise TwilioRefusal(400, 21220, "Call is not in-progress. Cannot redirect.")
        conference = ET.fromstring(document).find("Dial/Conference")  # noqa: S314 the platform's own request
        if conference is None:
            raise TwilioRefusal(400, 21218, "The document leads nowhere")
        room: FakeRoom = self._account.rooms.named(conference.text or "")
        room.agent = leg
        call.move_agent()

    async def _one(self, request: Request) -> JSONResponse:
        fault = self._admitted(request)
        return _answer(call_json(self._call(request.path_params["call_sid"])), 200, fault)

    async def _place(self, request: Request) -> JSONResponse:
        fault = self._admitted(request)
        return _answer(call_json(self._account.take_call(await _form(request))), 201, fault)

    async def _legs(self, request: Request) -> JSONResponse:
        """The legs that a call has started, or the calls between two numbers, the newest first."""
        fault, query = self._admitted(request), request.query_params
        if "ParentCallSid" not in query:
            calls = [each for each in reversed([*self._account.calls.values()]) if _is_between(each, query)]
            return _answer({"calls": [call_json(each) for each in calls]}, 200, fault)
        parent = self._call(query["ParentCallSid"])
        found = [{"sid": leg.sid, "to": leg.address, "status": leg.status} for leg in parent.legs]
        return _answer({"calls": found}, 200, fault)

    def _admitted(self, request: Request) -> str:
        """Check who asks; return the fault that this request meets. Raises TwilioRefusal."""
        known = (self._account.account_sid, self._account.auth_token)
        if _credentials(request) != known or request.path_params["account_sid"] != known[0]:
            raise TwilioRefusal(401, 20003, "Authenticate")
        fault = self._account.faults.popleft() if self._account.faults else ""
        if fault == "refuse":
            raise TwilioRefusal(503, 20503, "Service unavailable")
        return fault

    def _call(self, sid: str) -> FakeCall:
        if sid not in self._account.calls:
            raise TwilioRefusal(404, 20404, f"The requested resource {sid} was not found")
        return self._account.calls[sid]


def message_json(message: FakeSms) -> dict[str, Any]:
    """The message as Twilio's REST interface shows it."""
    created = format_datetime(message.created_at)
    return {
        "sid": message.sid,
        "from": message.from_number,
        "to": message.to_number,
        "body": message.body,
        "status": message.status,
        "direction": "outbound-api",
        "date_created": created,
        "date_sent": created,
    }


def call_json(call: FakeCall) -> dict[str, Any]:
    """The call as Twilio's REST interface shows it."""
    return {
        "sid": call.sid,
        "from": call.caller,
        "to": call.called,
        "status": call.status,
        "direction": call.direction,
        "date_created": format_datetime(call.created_at),
    }


def _is_between(call: FakeCall, query: Mapping[str, str]) -> bool:
    return query.get("To", call.called) == call.called and query.get("From", call.caller) == call.caller


def _matches(message: FakeSms, query: Mapping[str, str]) -> bool:
    same_to = query.get("To", message.to_number) == message.to_number
    same_from = query.get("From", message.from_number) == message.from_number
    return same_to and same_from and message.created_at.date().isoformat() >= query.get("DateSent>", "")


async def _form(request: Request) -> dict[str, str]:
    return {name: str(value) for name, value in (await request.form()).items()}


def _credentials(request: Request) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return (name, password) if scheme.lower() == "basic" else ("", "")


def _answer(body: dict[str, Any], status: int, fault: str) -> JSONResponse:
    if fault == "lose-answer":
        return JSONResponse({"code": 20500, "message": "Internal error"}, status_code=500)
    return JSONResponse(body, status_code=status)


async def _refused(_request: Request, refusal: Exception) -> JSONResponse:
    assert isinstance(refusal, TwilioRefusal)
    body = {"code": refusal.code, "message": str(refusal), "status": refusal.status}
    return JSONResponse(body, status_code=refusal.status)
