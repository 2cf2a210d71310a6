"""Turning clients away: those that ask too often (429), and new work while events pile up unsent (503)."""

import math
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from services.gateway.adapters.door_telemetry import DoorMetrics
from services.gateway.application.door.rate_limits import RateLimits
from services.gateway.entrypoints.authentication import principal_of
from switchyard.service.problems import Problem

_CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Turnstile:
    """Plain ASGI, behind the authentication. `congested` tells that outboxes have grown too old."""

    def __init__(self, app: ASGIApp, limits: RateLimits, congested: Callable[[], bool], metrics: DoorMetrics) -> None:
        self._metrics = metrics
        self._app = app
        self._limits = limits
        self._congested = congested

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/v1/"):
            try:
                self._check(scope)
            except Problem as problem:
                self._metrics.turned_away(problem.code)
                raise
        await self._app(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        if (principal := principal_of(scope)) is not None:
            wait = self._limits.take(f"{principal.tenant}/{principal.credential_id}", time.monotonic())
            if wait > 0:
                detail = f"This credential asks too often; the next request is taken in {wait:.2f} s."
                raise Problem(429, "rate-limited", detail, headers={"Retry-After": str(math.ceil(wait))})
        if scope["method"] in _CHANGES and self._congested():
            detail = "Events wait to be published for too long; new work is taken when they are through."
            raise Problem(503, "backlog", detail, headers={"Retry-After": "5"})
