"""Twilio's webhooks for calls. Each answers with what the caller's leg should do next."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.gateway.application.voice_ports import CallbackOffers, CallDocuments
from services.gateway.application.voice_receive import IncomingCall, Leg, NextStep, ReceiveCalls, leg_of
from services.gateway.application.voice_receive_outgoing import ReceiveCustomers
from services.gateway.domain.errors import GatewayError
from services.gateway.domain.voice_call import Call, Recording, Stage
from services.gateway.entrypoints.providers_http import required
from services.gateway.entrypoints.providers_signed import TwilioSignatures
from switchyard.service.problems import Problem

_ENDED = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
#: The agent was on the line, in Twilio's words for how a <Dial> ended.
_TALKED = frozenset({"completed", "answered"})
_QUEUE_FAILED = frozenset({"queue-full", "error", "system-error"})
_RECORDING_OVER = frozenset({"completed", "absent", "failed"})
_LONGEST_URL = 1_000
#: What a caller on hold presses to be called back.
CALLBACK_KEY = "1"
_BASE = "/v1/providers/twilio/{tenant}/voice"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Webhook:
    leg: Leg
    fields: dict[str, str]
    #: Which call to this customer it is, from 1; 0 where they called us.
    ring: int

    @property
    def caller_left(self) -> bool:
        return self.fields.get("CallStatus", "").lower() in _ENDED


class VoiceWebhooks:
    def __init__(
        self,
        *,
        signatures: TwilioSignatures,
        receive: ReceiveCalls,
        customers: ReceiveCustomers,
        offers: CallbackOffers,
        twiml: CallDocuments,
        clock: Callable[[], datetime],
    ) -> None:
        self._signatures = signatures
        self._receive = receive
        self._customers = customers
        self._offers = offers
        self._twiml = twiml
        self._clock = clock

    @property
    def routes(self) -> list[Route]:
        doors = {
            "": self.incoming,
            "/status": self.status,
            "/wait": self.wait,
            "/queue": self.queue,
            "/dialled": self.dialled,
            "/next": self.next,
            "/survey": self.survey,
            "/recorded": self.recorded,
            "/recording": self.recording,
            "/callback": self.callback,
            "/answered": self.answered,
            "/called": self.called,
        }
        return [Route(_BASE + path, door, methods=["POST"]) for path, door in doors.items()]

    async def incoming(self, request: Request) -> Response:
        """A call comes in."""
        hook = await self._read(request)
        incoming = IncomingCall(
            tenant=hook.leg.tenant,
            call_sid=hook.leg.call_sid,
            caller=required(hook.fields, "From"),
            called=required(hook.fields, "To"),
            at=self._clock(),
        )
        try:
            return self._answer(await self._receive.arrived(incoming))
        except GatewayError as refused:
            raise Problem(422, refused.code, refused.detail) from refused

    async def status(self, request: Request) -> Response:
        """The caller's leg changed; only its end says something new."""
        hook = await self._read(request)
        required(hook.fields, "CallStatus")
        if hook.caller_left:
            await self._receive.left(hook.leg)
        return Response(status_code=204)

    async def wait(self, request: Request) -> Response:
        """What is heard on hold."""
        hook = await self._read(request)
        call = await self._call(hook)
        if call.stage is not Stage.WAITING:
            return _xml(self._twiml.leave_queue())
        offered = await self._offers.is_offered(tenant=call.tenant, contact_id=call.contact_id)
        return _xml(self._twiml.waiting(call, offers_callback=offered))

    async def callback(self, request: Request) -> Response:
        """A key was pressed on hold. What follows is said when routing has decided: until then the caller waits."""
        hook = await self._read(request)
        call = await self._call(hook)
        if hook.fields.get("Digits") != CALLBACK_KEY:
            return await self.wait(request)
        await self._offers.take(tenant=call.tenant, contact_id=call.contact_id, at=self._clock())
        return _xml(self._twiml.one_moment(call))

    async def answered(self, request: Request) -> Response:
        """A customer who is called back is on the line."""
        hook = await self._read(request)
        if hook.caller_left:
            await self._customers.ended(hook.leg, ring=hook.ring, status=hook.fields["CallStatus"].lower())
            return await self._what_now(hook)
        return self._answer(await self._customers.answered(hook.leg, ring=hook.ring))

    async def called(self, request: Request) -> Response:
        """The leg of a customer who is called back rings, was answered or is gone."""
        hook = await self._read(request)
        status = required(hook.fields, "CallStatus").lower()
        if hook.caller_left:
            await self._customers.ended(hook.leg, ring=hook.ring, status=status)
        else:
            await self._customers.ringing(hook.leg, ring=hook.ring)
        return Response(status_code=204)

    async def queue(self, request: Request) -> Response:
        """The leg left the queue other than to an agent: the caller hung up, or the queue failed."""
        hook = await self._read(request)
        if hook.fields.get("QueueResult", "").lower() in _QUEUE_FAILED:
            return _xml(self._twiml.queue_again(await self._call(hook), after_seconds=10))
        return await self._what_now(hook)

    async def dialled(self, request: Request) -> Response:
        """The agent's leg ended; where the caller's has too, it was the caller who hung up."""
        hook = await self._read(request)
        if hook.caller_left:
            await self._receive.left(hook.leg)
            return await self._what_now(hook)
        offer_id = request.query_params.get("offer", "")
        answered = hook.fields.get("DialCallStatus", "").lower() in _TALKED
        from_room = request.query_params.get("room") == "1"
        now = await self._receive.agent_left(hook.leg, offer_id, answered=answered, from_room=from_room)
        return self._answer(now)

    async def next(self, request: Request) -> Response:
        """The leg has done what it was told."""
        hook = await self._read(request)
        if request.query_params.get("patience") == "over":
            return self._answer(await self._receive.patience_ended(hook.leg))
        return await self._what_now(hook)

    async def survey(self, request: Request) -> Response:
        """A digit was pressed."""
        hook = await self._read(request)
        delivery_id = request.query_params.get("delivery", "")
        digits = hook.fields.get("Digits", "")
        return self._answer(await self._receive.pressed(hook.leg, delivery_id, digits))

    async def recorded(self, request: Request) -> Response:
        """The caller has said their message, or nothing."""
        hook = await self._read(request)
        return self._answer(await self._receive.recorded(hook.leg, _recording(hook.fields)))

    async def recording(self, request: Request) -> Response:
        """The recording is ready, or there is none."""
        hook = await self._read(request)
        if required(hook.fields, "RecordingStatus").lower() in _RECORDING_OVER:
            await self._receive.recorded(hook.leg, _recording(hook.fields))
        return Response(status_code=204)

    async def _read(self, request: Request) -> _Webhook:
        tenant = request.path_params["tenant"]
        _, fields = await self._signatures.verified(request, tenant)
        asked = request.query_params
        leg = leg_of(tenant, required(fields, "CallSid"), asked.get("contact", ""))
        ring = asked.get("ring", "")
        return _Webhook(leg=leg, fields=fields, ring=int(ring) if ring.isascii() and ring.isdecimal() else 0)

    async def _call(self, hook: _Webhook) -> Call:
        return await self._receive.call(hook.leg)

    async def _what_now(self, hook: _Webhook) -> Response:
        return self._answer(await self._receive.now(hook.leg))

    def _answer(self, step: NextStep) -> Response:
        return _xml(self._twiml.render(step.call, step.instruction))


def _recording(fields: dict[str, str]) -> Recording | None:
    """The address ends with the recording's id, and comes with every report of it."""
    url = fields.get("RecordingUrl", "")[:_LONGEST_URL]
    sid = url.rstrip("/").rpartition("/")[2]
    if not sid or fields.get("RecordingStatus", "completed").lower() != "completed":
        return None
    seconds = fields.get("RecordingDuration", "")
    return Recording(sid=sid, url=url, seconds=int(seconds) if seconds.isascii() and seconds.isdecimal() else 0)


def _xml(document: str) -> Response:
    return Response(document, media_type="application/xml")
