"""Twilio's webhooks for calls. Each answers with what the caller's leg should do next."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.gateway.application.voice_ports import CallDocuments
from services.gateway.application.voice_receive import IncomingCall, NextStep, ReceiveCalls
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
_BASE = "/v1/providers/twilio/{tenant}/voice"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Webhook:
    tenant: str
    call_sid: str
    fields: dict[str, str]

    @property
    def caller_left(self) -> bool:
        return self.fields.get("CallStatus", "").lower() in _ENDED


class VoiceWebhooks:
    def __init__(
        self,
        *,
        signatures: TwilioSignatures,
        receive: ReceiveCalls,
        twiml: CallDocuments,
        clock: Callable[[], datetime],
    ) -> None:
        self._signatures = signatures
        self._receive = receive
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
        }
        return [Route(_BASE + path, door, methods=["POST"]) for path, door in doors.items()]

    async def incoming(self, request: Request) -> Response:
        """A call comes in."""
        hook = await self._read(request)
        incoming = IncomingCall(
            tenant=hook.tenant,
            call_sid=hook.call_sid,
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
            await self._receive.left(hook.tenant, hook.call_sid)
        return Response(status_code=204)

    async def wait(self, request: Request) -> Response:
        """What is heard on hold."""
        hook = await self._read(request)
        call = await self._call(hook)
        waits = call.stage is Stage.WAITING
        return _xml(self._twiml.waiting(call) if waits else self._twiml.leave_queue())

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
            await self._receive.left(hook.tenant, hook.call_sid)
            return await self._what_now(hook)
        offer_id = request.query_params.get("offer", "")
        answered = hook.fields.get("DialCallStatus", "").lower() in _TALKED
        from_room = request.query_params.get("room") == "1"
        now = await self._receive.agent_left(
            hook.tenant, hook.call_sid, offer_id, answered=answered, from_room=from_room
        )
        return self._answer(now)

    async def next(self, request: Request) -> Response:
        """The leg has done what it was told."""
        hook = await self._read(request)
        if request.query_params.get("patience") == "over":
            return self._answer(await self._receive.patience_ended(hook.tenant, hook.call_sid))
        return await self._what_now(hook)

    async def survey(self, request: Request) -> Response:
        """A digit was pressed."""
        hook = await self._read(request)
        delivery_id = request.query_params.get("delivery", "")
        digits = hook.fields.get("Digits", "")
        return self._answer(await self._receive.pressed(hook.tenant, hook.call_sid, delivery_id, digits))

    async def recorded(self, request: Request) -> Response:
        """The caller has said their message, or nothing."""
        hook = await self._read(request)
        return self._answer(await self._receive.recorded(hook.tenant, hook.call_sid, _recording(hook.fields)))

    async def recording(self, request: Request) -> Response:
        """The recording is ready, or there is none."""
        hook = await self._read(request)
        if required(hook.fields, "RecordingStatus").lower() in _RECORDING_OVER:
            await self._receive.recorded(hook.tenant, hook.call_sid, _recording(hook.fields))
        return Response(status_code=204)

    async def _read(self, request: Request) -> _Webhook:
        tenant = request.path_params["tenant"]
        _, fields = await self._signatures.verified(request, tenant)
        return _Webhook(tenant=tenant, call_sid=required(fields, "CallSid"), fields=fields)

    async def _call(self, hook: _Webhook) -> Call:
        return await self._receive.call(hook.tenant, hook.call_sid)

    async def _what_now(self, hook: _Webhook) -> Response:
        return self._answer(await self._receive.now(hook.tenant, hook.call_sid))

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
