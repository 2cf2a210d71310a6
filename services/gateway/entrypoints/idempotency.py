"""Idempotency-Key on every POST, forwarded or not: the first answer again, for 24 hours.

The answer is stored before it is sent: a client that saw it will be told the same. Where the database is out of
reach a request with a key is refused, because the promise could not be kept.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.adapters.door_telemetry import DoorMetrics
from services.gateway.application.door.first_answers import (
    Claim,
    Claimed,
    FirstAnswers,
    KeptAnswer,
    OtherRequest,
    fingerprint,
    is_key,
    is_worth_keeping,
    storage_key,
)
from services.gateway.entrypoints.authentication import principal_of
from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.service.identity import Principal
from switchyard.service.problems import FieldError, Problem

log = structlog.get_logger(__name__)

HEADER: Final = "Idempotency-Key"
_PATIENCE_SECONDS: Final = 5.0
_POLL_SECONDS: Final = 0.05
#: The request's own ids and the answer's framing belong to each answer anew.
_NOT_KEPT: Final = frozenset({"x-request-id", "traceparent", "tracestate", "date", "server", "content-length"})


class Idempotency:
    """Plain ASGI, behind the authentication."""

    def __init__(
        self, app: ASGIApp, answers: FirstAnswers, clock: Callable[[], datetime], metrics: DoorMetrics
    ) -> None:
        self._metrics = metrics
        self._app = app
        self._answers = answers
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        principal = principal_of(scope) if scope["type"] == "http" and scope["method"] == "POST" else None
        key = Headers(scope=scope).get(HEADER) if principal else None
        if principal is None or key is None:
            await self._app(scope, receive, send)
            return
        if not is_key(key):
            detail = f"{HEADER} must be 1 to 255 visible ASCII characters."
            raise Problem(400, "idempotency-key-invalid", detail, errors=(FieldError(f"header:{HEADER}", detail),))
        try:
            await self._answer(scope, receive, send, _storage_key(principal, scope, key))
        except StoreUnavailable as error:
            detail = "The database did not answer in time; the same request may be sent again."
            raise Problem(503, "database-unavailable", detail, headers={"Retry-After": "1"}) from error

    async def _answer(self, scope: Scope, receive: Receive, send: Send, key: bytes) -> None:
        body = await _whole(receive)
        content_type = Headers(scope=scope).get("content-type", "")
        mark = fingerprint(query=scope["query_string"], content_type=content_type, body=body)
        match await self._claim(key, mark):
            case Claimed(owner):
                self._metrics.idempotent("first")
                await self._run(scope, body, send, _Claim(self._answers, key, owner))
            case KeptAnswer() as kept:
                self._metrics.idempotent("replayed")
                await _send(kept, send, replayed=True)
            case OtherRequest():
                self._metrics.idempotent("reused")
                detail = f"The {HEADER} was used for another request in the last 24 hours."
                raise Problem(422, "idempotency-key-reused", detail)
            case _:
                self._metrics.idempotent("in-progress")
                detail = f"A request under this {HEADER} is still being answered."
                raise Problem(409, "request-in-progress", detail, headers={"Retry-After": "1"})

    async def _claim(self, key: bytes, mark: bytes) -> Claim:
        """Claim the key, waiting for whoever has it."""
        give_up = asyncio.get_running_loop().time() + _PATIENCE_SECONDS
        while True:
            claim = await self._answers.claim(key, fingerprint=mark, now=self._clock())
            if isinstance(claim, Claimed | KeptAnswer | OtherRequest) or asyncio.get_running_loop().time() > give_up:
                return claim
            await asyncio.sleep(_POLL_SECONDS)

    async def _run(self, scope: Scope, body: bytes, send: Send, claim: "_Claim") -> None:
        answer = _Captured()
        try:
            await self._app(scope, _replaying(body), answer.take)
        except BaseException:
            await claim.release()
            raise
        kept = answer.kept()
        await (claim.keep(kept) if is_worth_keeping(kept.status) else claim.release())
        await _send(kept, send, replayed=False, every_header=answer.headers)


@dataclass(frozen=True, slots=True)
class _Claim:
    """The right to answer; what was done is done, so a store that fails now only costs the promise."""

    answers: FirstAnswers
    key: bytes
    owner: str

    async def keep(self, answer: KeptAnswer) -> None:
        try:
            await self.answers.keep(self.key, self.owner, answer)
        except StoreUnavailable as error:
            log.warning("first answer not kept", error=str(error))

    async def release(self) -> None:
        try:
            await self.answers.release(self.key, self.owner)
        except StoreUnavailable as error:
            log.warning("idempotency key not released", error=str(error))


@dataclass(slots=True)
class _Captured:
    """The application's answer, held back until it is stored."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = [(bytes(name), bytes(value)) for name, value in message.get("headers", ())]
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    def kept(self) -> KeptAnswer:
        headers = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in self.headers)
        kept = tuple(each for each in headers if each[0].lower() not in _NOT_KEPT)
        return KeptAnswer(status=self.status, headers=kept, body=bytes(self.body))


def _storage_key(principal: Principal, scope: Scope, key: str) -> bytes:
    route = f"{scope['method']} {scope['path']}"
    return storage_key(tenant=principal.tenant, credential_id=principal.credential_id, route=route, key=key)


async def _whole(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


def _replaying(body: bytes) -> Receive:
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else {"type": "http.disconnect"}

    return receive


async def _send(
    answer: KeptAnswer, send: Send, *, replayed: bool, every_header: list[tuple[bytes, bytes]] | None = None
) -> None:
    headers = every_header
    if headers is None:
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
        headers.append((b"content-length", str(len(answer.body)).encode()))
    if replayed:
        headers = [*headers, (b"idempotency-replayed", b"true")]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
