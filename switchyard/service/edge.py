"""What surrounds every request, as plain ASGI: ids in and out, the body limit, metrics, and no leaking error."""

import re
import time
from collections.abc import Mapping

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars
from uuid_utils import uuid7

from switchyard.service.logs import REQUEST_ID
from switchyard.service.metrics import HttpMetrics
from switchyard.service.problems import Problem, as_problem, problem_response
from switchyard.service.telemetry import inject_trace

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_log = structlog.get_logger(__name__)


class BodyTooLarge(HTTPException):
    """The body is longer than its route takes; an HTTPException, because FastAPI takes others for bad JSON."""

    def __init__(self, limit: int) -> None:
        super().__init__(413, f"A request body here is at most {limit} bytes.")


class Edge:
    """Outermost of our layers; WebSockets only get their request id."""

    def __init__(self, app: ASGIApp, metrics: HttpMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        with bound_contextvars(**{REQUEST_ID: request_id}):
            if scope["type"] == "websocket":
                await self._app(scope, receive, send)
            else:
                await self._answer(scope, receive, send, request_id)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        began = time.perf_counter()
        status = 0

        async def send_with_ids(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in inject_trace({}).items():
                    headers[name] = value
            await send(message)

        try:
            await self._app(scope, receive, send_with_ids)
        except (Problem, HTTPException) as error:
            await _fail(as_problem(error), status, scope, receive, send_with_ids)
        except Exception:  # noqa: BLE001 -- the edge is where every failure becomes an answer
            _log.exception("request failed", method=scope["method"], route=_route(scope))
            failure = Problem(500, "internal-error", f"Something failed here; quote request {request_id}.")
            await _fail(failure, status, scope, receive, send_with_ids)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.observe(method, _route(scope), status, time.perf_counter() - began)


async def _fail(problem: Problem, status: int, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the problem; where the answer has begun, break it off so that it is not taken for whole."""
    if status:
        raise problem
    await problem_response(problem)(scope, receive, send)


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else f"req_{uuid7().hex}"


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", None) or "unmatched"


class BodyLimit:
    """Refuses a body over the limit before it is read whole: by its declared length, else while it arrives."""

    def __init__(self, app: ASGIApp, limit: int, by_prefix: Mapping[str, int]) -> None:
        self._app = app
        self._limit = limit
        self._by_prefix = tuple(by_prefix.items())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit_of(scope["path"])
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isascii() or not declared.isdigit():
            raise Problem(400, "malformed-request", "Content-Length is not a number.")
        if int(declared) > limit:
            raise BodyTooLarge(limit)
        taken = 0

        async def receive_within() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise BodyTooLarge(limit)
            return message

        await self._app(scope, receive_within, send)

    def _limit_of(self, path: str) -> int:
        return next((limit for prefix, limit in self._by_prefix if path.startswith(prefix)), self._limit)
