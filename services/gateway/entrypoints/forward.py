"""The prefix table: which service answers what. What is not here is the gateway's own, or nobody's."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.adapters.forwarding import Forwarded, Forwarder, UpstreamDown, UpstreamSilent
from services.gateway.entrypoints.authentication import principal_of
from switchyard.service.problems import Problem

#: By service. A path with a brace is matched as it stands, the others with everything below them.
TABLE: Final[Mapping[str, Sequence[str]]] = {
    "routing": (
        "/v1/contacts/{contact_id}/decisions",
        "/v1/contacts/{contact_id}/candidates",
        "/v1/sites",
        "/v1/teams",
        "/v1/agents",
        "/v1/skills",
        "/v1/queues",
        "/v1/pools",
        "/v1/routing-profiles",
        "/v1/business-hours",
        "/v1/holidays",
        "/v1/emergency",
        "/v1/simulations",
        "/v1/floor-rules",
        "/v1/floor-breaches",
        "/v1/break-requests",
        "/v1/shifts",
    ),
    "ticketing": ("/v1/tickets", "/v1/ticket-types"),
    "quality": ("/v1/scorecards", "/v1/evaluations"),
    "notify": ("/v1/templates", "/v1/notices", "/v1/surveys", "/v1/survey-responses"),
    "analytics": ("/v1/contacts/{contact_id}/timeline", "/v1/live", "/v1/statistics"),
}
_METHODS: Final = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    name: str
    url: str


def forward_to(app: FastAPI, forwarder: Forwarder, upstreams: Sequence[Upstream]) -> None:
    """Add the table's routes; call it after the gateway's own, which come first."""
    for upstream in upstreams:
        for path in TABLE[upstream.name]:
            endpoint = _Endpoint(forwarder, upstream)
            app.router.add_route(path, endpoint.answer, methods=_METHODS, include_in_schema=False)
            if "{" not in path:
                app.router.add_route(path + "/{rest:path}", endpoint.answer, methods=_METHODS, include_in_schema=False)


def owner_of(path: str) -> str | None:
    """Name the service that answers a path of an OpenAPI document."""
    shape = re.sub(r"\{[^}]*\}", "{}", path)
    for name, prefixes in TABLE.items():
        for prefix in prefixes:
            known = re.sub(r"\{[^}]*\}", "{}", prefix)
            if shape == known or ("{" not in prefix and shape.startswith(known + "/")):
                return name
    return None


@dataclass(frozen=True, slots=True)
class _Endpoint:
    forwarder: Forwarder
    upstream: Upstream

    async def answer(self, request: Request) -> Response:
        principal = principal_of(request.scope)
        if principal is None:
            raise Problem(401, "credential-missing", "Send Authorization: Bearer <token>, or X-Api-Key.")
        asked = await _asked(request)
        name = self.upstream.name
        try:
            answer = await self.forwarder.forward(self.upstream.url, principal, asked)
        except UpstreamDown as error:
            detail = f"The {name} service cannot be reached now; nothing was done."
            raise Problem(503, "service-unavailable", detail, headers={"Retry-After": "1"}) from error
        except UpstreamSilent as error:
            detail = f"The {name} service did not answer; look whether it was done, or repeat with an Idempotency-Key."
            raise Problem(503, "service-timeout", detail, headers={"Retry-After": "1"}) from error
        response = Response(content=answer.body, status_code=answer.status)
        for header, value in answer.headers:
            response.headers.append(header, value)
        return response


async def _asked(request: Request) -> Forwarded:
    """Raises Problem 400 for a path that would climb out of its prefix at the service."""
    if not {".", ".."}.isdisjoint(request.scope["path"].split("/")):
        raise Problem(400, "malformed-path", "The path must not contain . or .. segments.")
    return Forwarded(
        method=request.method,
        path=request.scope.get("raw_path") or request.scope["path"].encode(),
        query=request.scope["query_string"],
        headers=[(name, value) for name, value in request.headers.items()],
        body=await request.body(),
        request_id=request.scope.get("state", {}).get("request_id", ""),
    )
