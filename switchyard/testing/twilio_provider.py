"""A provider shaped like Twilio: its REST interface, its signed webhooks, and calls that follow TwiML.

For tests and the demo: people act by `incoming_sms` and `incoming_call`, and read what reached them in `messages`.
"""

import asyncio
import uuid
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import httpx
import uvicorn

from switchyard.testing.twilio_call import FakeCall
from switchyard.testing.twilio_outgoing import OutgoingCall
from switchyard.testing.twilio_rest import FakeSms, TwilioRefusal, TwilioRest
from switchyard.testing.twilio_rooms import FakeRooms
from switchyard.testing.twilio_webhooks import TwilioWebhooks

__all__ = ["FakeCall", "FakeSms", "TwilioProvider", "new_sid"]


class TwilioProvider:
    """One account whose numbers all lead to one tenant: `webhooks` is `<platform>/v1/providers/twilio/<tenant>`.

    `pace` scales pauses and time to answer, 0 to skip them. `faults` are met by the next REST requests in turn:
    "refuse" (503, nothing done) or "lose-answer" (done, but answered 500). `answers` tells how an agent's telephone
    meets a call: answer, busy or no-answer; `customers` how a customer's does, which may also fail, or ring until it is
    picked up. Numbers in `opted_out` and `unreachable` take no SMS, and no call can be placed to the latter.
    """

    def __init__(
        self,
        *,
        webhooks: str,
        account_sid: str = "AC0123456789abcdef0123456789abcdef",
        auth_token: str = "demo-provider-auth-token",  # noqa: S107 of a fake
        pace: float = 1.0,
        answers: Callable[[str], str] = lambda address: "answer",  # noqa: ARG005
        customers: Callable[[str], str] = lambda number: "answer",  # noqa: ARG005
    ) -> None:
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.messages: list[FakeSms] = []
        self.calls: dict[str, FakeCall] = {}
        self.faults: deque[str] = deque()
        self.opted_out: set[str] = set()
        self.unreachable: set[str] = set()
        self.receipts = True
        self.webhooks = TwilioWebhooks(account_sid, auth_token)
        self.rooms = FakeRooms(new_sid)
        self.app = TwilioRest(self).app()
        self._base = webhooks.rstrip("/")
        self._pace = pace
        self.answers = answers
        self.customers = customers
        self._arrived = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: uvicorn.Server | None = None
        self._serving: asyncio.Task[None] | None = None
        self.port = 0

    @property
    def base_url(self) -> str:
        """What a provider account names as `api_base_url`."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Serve the REST interface; port 0 takes a free one."""
        self._server = uvicorn.Server(uvicorn.Config(self.app, host=host, port=port, log_level="warning"))
        self._server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        self._serving = asyncio.create_task(self._server.serve())
        while not self._server.started:
            if self._serving.done():
                raise OSError(f"The provider could not listen on {host}:{port}.")
            await asyncio.sleep(0.01)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await self._serving
        await self.webhooks.close()

    async def incoming_sms(self, *, from_: str, to: str, body: str, sid: str = "") -> httpx.Response:
        """A customer writes; the same `sid` again is a replay. Raises httpx.HTTPStatusError where it is refused."""
        fields = {
            "MessageSid": sid or new_sid("SM"),
            "From": from_,
            "To": to,
            "Body": body,
            "NumMedia": "0",
            "NumSegments": "1",
        }
        response = await self.webhooks.post(f"{self._base}/sms", fields)
        return response.raise_for_status()

    async def incoming_call(self, *, from_: str, to: str, sid: str = "") -> FakeCall:
        """A customer calls. Raises httpx.HTTPStatusError where the platform does not take the call."""
        call = FakeCall(
            sid=sid or new_sid("CA"),
            caller=from_,
            called=to,
            webhooks=self.webhooks,
            status_url=f"{self._base}/voice/status",
            answers=lambda address: self.answers(address),  # noqa: PLW0108 a test may change it
            pace=self._pace,
            new_sid=new_sid,
        )
        response = await self.webhooks.post(f"{self._base}/voice", call.fields())
        response.raise_for_status()
        self.calls[call.sid] = call
        call.start(response.text)
        return call

    def calls_to(self, number: str) -> list[OutgoingCall]:
        """Calls that the platform placed to the number, oldest first."""
        return [call for call in self.calls.values() if isinstance(call, OutgoingCall) and call.called == number]

    async def call_to(self, number: str, *, count: int = 1, timeout_seconds: float = 30) -> OutgoingCall:
        """The call of this count to the number, once it is placed. Raises TimeoutError."""
        async with asyncio.timeout(timeout_seconds), self._arrived:
            await self._arrived.wait_for(lambda: len(self.calls_to(number)) >= count)
        return self.calls_to(number)[count - 1]

    def take_call(self, form: dict[str, str]) -> OutgoingCall:
        """The REST interface's own: a call to a customer. Raises TwilioRefusal."""
        if form["To"] in self.unreachable:
            raise TwilioRefusal(400, 21211, "Invalid 'To' Phone Number")
        call = OutgoingCall(
            sid=new_sid("CA"),
            order=form,
            webhooks=self.webhooks,
            customers=lambda number: self.customers(number),  # noqa: PLW0108 a test may change it
            answers=lambda address: self.answers(address),  # noqa: PLW0108
            pace=self._pace,
            new_sid=new_sid,
        )
        self.calls[call.sid] = call
        self._background(self._place(call))
        return call

    async def _place(self, call: OutgoingCall) -> None:
        async with self._arrived:
            self._arrived.notify_all()
        call.ring()

    def messages_to(self, number: str) -> list[FakeSms]:
        """SMS that the platform sent to the number, oldest first."""
        return [message for message in self.messages if message.to_number == number]

    async def texts_to(self, number: str, *, count: int = 1, timeout_seconds: float = 30) -> list[str]:
        """What was written to the number so far, once there are `count`. Raises TimeoutError."""
        async with asyncio.timeout(timeout_seconds), self._arrived:
            await self._arrived.wait_for(lambda: len(self.messages_to(number)) >= count)
        return [message.body for message in self.messages_to(number)]

    async def take_message(self, form: dict[str, str]) -> FakeSms:
        """The REST interface's own: an SMS for a customer. Raises TwilioRefusal."""
        if form["To"] in self.opted_out:
            raise TwilioRefusal(400, 21610, "Attempt to send to unsubscribed recipient")
        message = FakeSms(
            sid=new_sid("SM"),
            from_number=form["From"],
            to_number=form["To"],
            body=form["Body"],
            created_at=datetime.now(UTC),
            status_callback=form.get("StatusCallback", ""),
        )
        async with self._arrived:
            self.messages.append(message)
            self._arrived.notify_all()
        if self.receipts and message.status_callback:
            self._background(self._report(message))
        return message

    async def _report(self, message: FakeSms) -> None:
        final = "undelivered" if message.to_number in self.unreachable else "delivered"
        for status in ("sent", final):
            message.status = status
            fields = {"MessageSid": message.sid, "MessageStatus": status, "To": message.to_number}
            if status == "undelivered":
                fields["ErrorCode"] = "30003"
            with suppress(httpx.HTTPError):
                await self.webhooks.post(message.status_callback, fields)

    def _background(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def new_sid(prefix: str) -> str:
    return prefix + uuid.uuid4().hex
