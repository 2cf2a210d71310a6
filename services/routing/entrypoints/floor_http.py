"""GET /v1/floor-breaches and /v1/break-requests: who breaks which rule, and who waits for a break."""

from collections import Counter
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from services.routing.application.floor_book import BreachFilter, FloorBook, NotedBreach, NotedRequest
from services.routing.entrypoints.overseers import OVERSEERS
from switchyard.service.identity import Principal, require
from switchyard.service.pages import Page, Paging, encode_cursor
from switchyard.service.problems import FieldError, Problem
from switchyard.service.times import GivenTime, Timestamp, to_text

Worker = Annotated[Principal, Depends(require("agent", "senior_agent", *OVERSEERS))]


class BreachBody(BaseModel):
    """`rungs` says when each rung was climbed; `ended_at` and `reason` are null while the breach goes on."""

    id: str
    rule: str
    type: str
    agent: str
    team: str | None
    site: str | None
    pool: str
    rung: str
    rungs: dict[str, Timestamp]
    since: Timestamp
    noticed_at: Timestamp
    limit_seconds: float
    cause: str
    repeat: int
    ended_at: Timestamp | None
    reason: str | None


class BreakRequestBody(BaseModel):
    """`position` is the place among those of the team who wait, from 1."""

    id: str
    agent: str
    team: str
    site: str | None
    pool: str
    asked_at: Timestamp
    position: int


class BreakRequests(BaseModel):
    items: list[BreakRequestBody]
    next: None = None


class BreachQuery(BaseModel):
    """The list's filters; `from` and `to` bound when a breach was first noticed, `to` excluded."""

    agent: str | None = None
    team: str | None = None
    site: str | None = None
    rule: str | None = None
    rung: Literal["reminder", "warning", "reported"] | None = None
    open: bool | None = None


def floor_router(book: FloorBook) -> APIRouter:
    """Return the lists' routes; an agent sees what is their own."""
    router = APIRouter(tags=["floor"])

    @router.get("/v1/floor-breaches", summary="Breaches of floor rules, the last noticed first")
    async def breaches(
        query: Annotated[BreachQuery, Depends()],
        principal: Worker,
        paging: Paging,
        begins: Annotated[GivenTime | None, Query(alias="from")] = None,
        ends: Annotated[GivenTime | None, Query(alias="to")] = None,
    ) -> Page[BreachBody]:
        wanted = BreachFilter(
            agent_id=_own(principal, query.agent),
            team_id=query.team,
            site_id=query.site,
            rule_id=query.rule,
            rung=query.rung,
            is_open=query.open,
            begins=begins,
            ends=ends,
        )
        found = await book.breaches(principal.tenant, wanted, limit=paging.limit + 1, after=_after(paging.after))
        items = found[: paging.limit]
        more = encode_cursor(_cursor(items[-1])) if len(found) > paging.limit else None
        return Page(items=[_breach(each) for each in items], next=more)

    @router.get("/v1/break-requests", summary="Who waits for a break, in the order of asking")
    async def break_requests(principal: Worker, team: str | None = None, agent: str | None = None) -> BreakRequests:
        waiting = await book.requests(principal.tenant, team_id=team, agent_id=None)
        wanted = _own(principal, agent)
        return BreakRequests(items=[each for each in _placed(waiting) if wanted in {None, each.agent}])

    return router


def _own(principal: Principal, agent: str | None) -> str | None:
    """Raises Problem 403 where an agent asks for another's."""
    if principal.has_any(*OVERSEERS):
        return agent
    if agent not in {None, principal.subject}:
        raise Problem(403, "not-your-own", "An agent sees only what is their own.")
    return principal.subject


def _after(cursor: tuple[object, ...] | None) -> list[str] | None:
    if cursor is None:
        return None
    if len(cursor) != 2 or not all(isinstance(part, str) for part in cursor):
        detail = "The cursor is not one that this list gave."
        raise Problem(400, "invalid-cursor", detail, errors=(FieldError("?cursor", detail),))
    return [str(part) for part in cursor]


def _cursor(breach: NotedBreach) -> tuple[str, str]:
    return to_text(breach.noticed_at), breach.breach_id


def _placed(requests: list[NotedRequest]) -> list[BreakRequestBody]:
    places: Counter[tuple[str, str]] = Counter()
    bodies = []
    for request in requests:
        team = (request.pool_id, request.team_id)
        places[team] += 1
        bodies.append(_request(request, places[team]))
    return bodies


def _request(request: NotedRequest, position: int) -> BreakRequestBody:
    return BreakRequestBody(
        id=request.request_id,
        agent=request.agent_id,
        team=request.team_id,
        site=request.site_id or None,
        pool=request.pool_id,
        asked_at=request.asked_at,
        position=position,
    )


def _breach(breach: NotedBreach) -> BreachBody:
    return BreachBody(
        id=breach.breach_id,
        rule=breach.rule_id,
        type=breach.kind,
        agent=breach.agent_id,
        team=breach.team_id or None,
        site=breach.site_id or None,
        pool=breach.pool_id,
        rung=breach.rung,
        rungs=dict(breach.rungs),
        since=breach.since,
        noticed_at=breach.noticed_at,
        limit_seconds=breach.limit_seconds,
        cause=breach.cause,
        repeat=breach.repeat,
        ended_at=breach.ended_at,
        reason=breach.reason or None,
    )
