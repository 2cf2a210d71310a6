"""REST: live figures, statistics of intervals, and a contact's timeline. Always of the caller's tenant only."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Query

from services.analytics.application.live import Live
from services.analytics.application.ports import Archive
from services.analytics.application.statistics import Question, Row, Statistics
from services.analytics.application.timeline import contact_timeline
from services.analytics.domain.buckets import bucket_end, bucket_start, instant, milliseconds
from services.analytics.domain.increments import Kind
from services.analytics.entrypoints import bodies
from services.analytics.entrypoints.cloudevent_json import cloudevent_json, position
from services.analytics.entrypoints.parameters import (
    Filter,
    From,
    IntervalParameter,
    To,
    ZoneParameter,
    question,
    zone_of,
)
from switchyard.service.identity import Principal, require
from switchyard.service.pages import Page, Paging, decode_cursor, encode_cursor
from switchyard.service.problems import Problem

_LEADERS = ("team_leader", "supervisor", "qa", "planner", "manager", "admin", "partner")
_FLOOR = ("agent", "senior_agent", *_LEADERS)

Leader = Annotated[Principal, Depends(require(*_LEADERS))]
OnFloor = Annotated[Principal, Depends(require(*_FLOOR))]
RowLimit = Annotated[int, Query(ge=1, le=1000, description="Rows of a page")]
Cursor = Annotated[str | None, Query()]
Body = TypeVar("Body")
Clock = Callable[[], datetime]


def statistics_router(statistics: Statistics, clock: Clock) -> APIRouter:
    router = APIRouter(prefix="/v1/statistics", tags=["statistics"])

    async def answer(
        asked: Question, limit: int, cursor: str | None, to_body: Callable[[Row, datetime | None], Body]
    ) -> dict[str, Any]:
        found = await statistics.rows(asked)
        after = _row_cursor(cursor)
        rows = [row for row in found.rows if after is None or _row_position(row) > after]
        following = encode_cursor(_row_position(rows[limit - 1])) if len(rows) > limit else None
        as_of = None if found.as_of is None else instant(found.as_of)
        about = bodies.page_of(found, rows, following, zone=asked.zone.key, interval=asked.interval)
        return {**about, "items": [to_body(row, as_of) for row in rows[:limit]]}

    def asking(kind: Kind) -> Callable[..., Question]:
        def asked(
            principal: Leader,
            begin: From = None,
            to: To = None,
            interval: IntervalParameter = "PT15M",
            time_zone: ZoneParameter = "UTC",
        ) -> Question:
            return question(
                principal.tenant, kind, begin=begin, end=to, interval=interval, time_zone=time_zone, now=clock()
            )

        return asked

    @router.get("/queues", response_model=bodies.QueueStatistics)
    async def queues(
        asked: Annotated[Question, Depends(asking("queue"))],
        queue: Filter = None,
        channel: Filter = None,
        limit: RowLimit = 200,
        cursor: Cursor = None,
    ) -> dict[str, Any]:
        return await answer(replace(asked, key=queue, channel=channel), limit, cursor, bodies.queue_row)

    @router.get("/agents", response_model=bodies.AgentStatistics)
    async def agents(
        asked: Annotated[Question, Depends(asking("agent"))],
        agent: Filter = None,
        limit: RowLimit = 200,
        cursor: Cursor = None,
    ) -> dict[str, Any]:
        return await answer(replace(asked, key=agent), limit, cursor, bodies.agent_row)

    @router.get("/tickets", response_model=bodies.TicketStatistics)
    async def tickets(
        asked: Annotated[Question, Depends(asking("ticket"))],
        ticket_type: Annotated[str | None, Query(alias="type", min_length=1, max_length=64)] = None,
        limit: RowLimit = 200,
        cursor: Cursor = None,
    ) -> dict[str, Any]:
        return await answer(replace(asked, key=ticket_type), limit, cursor, bodies.ticket_row)

    return router


def live_router(live: Live, clock: Clock) -> APIRouter:
    router = APIRouter(prefix="/v1/live", tags=["live"])

    async def board(
        read: Callable[..., Awaitable[Any]], tenant: str, time_zone: str
    ) -> tuple[Any, dict[str, datetime | None], int]:
        zone, now = zone_of(time_zone), milliseconds(clock())
        today = bucket_start(now, "P1D", zone)
        found = await read(tenant, today=today, tomorrow=bucket_end(today, "P1D", zone))
        moment = {"as_of": None if found.as_of is None else instant(found.as_of)}
        return found, moment, now if found.as_of is None else found.as_of

    @router.get("/queues", response_model=bodies.LiveQueues)
    async def queues(principal: OnFloor, queue: Filter = None, time_zone: ZoneParameter = "UTC") -> dict[str, Any]:
        found, moment, as_of = await board(live.queues, principal.tenant, time_zone)
        shown = [each for each in found.queues if queue in {None, each.queue_id}]
        return {**moment, "items": [bodies.queue_live(each, as_of) for each in shown]}

    @router.get("/agents", response_model=bodies.LiveAgents)
    async def agents(
        principal: Leader,
        agent: Filter = None,
        team: Filter = None,
        state: Filter = None,
        time_zone: ZoneParameter = "UTC",
    ) -> dict[str, Any]:
        found, moment, as_of = await board(live.agents, principal.tenant, time_zone)
        shown = [
            each
            for each in found.agents
            if agent in {None, each.agent.agent_id}
            and team in {None, each.agent.team_id}
            and state in {None, each.agent.state}
        ]
        return {**moment, "items": [bodies.agent_live(each, as_of) for each in shown]}

    return router


def timeline_router(archive: Archive) -> APIRouter:
    router = APIRouter(tags=["contacts"])

    @router.get("/v1/contacts/{contact_id}/timeline")
    async def timeline(contact_id: str, principal: OnFloor, paging: Paging) -> Page[dict[str, Any]]:
        after = _timeline_cursor(paging.after)
        events, more = await contact_timeline(archive, principal.tenant, contact_id, after=after, limit=paging.limit)
        if not events and after is None:
            raise Problem(404, "not-found", "No event tells of such a contact.")
        following = encode_cursor(position(events[-1])) if more else None
        return Page(items=[cloudevent_json(event) for event in events], next=following)

    return router


def _row_position(row: Row) -> tuple[int, str, str]:
    return row.start, row.dimension.key, row.dimension.channel


def _row_cursor(cursor: str | None) -> tuple[int, str, str] | None:
    match decode_cursor(cursor) if cursor else None:
        case None:
            return None
        case (int() as start, str() as key, str() as channel):
            return start, key, channel
    raise _foreign_cursor()


def _timeline_cursor(after: tuple[Any, ...] | None) -> tuple[int, str, int] | None:
    match after:
        case None:
            return None
        case (int() as time, str() as source, int() as sequence):
            return time, source, sequence
    raise _foreign_cursor()


def _foreign_cursor() -> Problem:
    return Problem(400, "invalid-cursor", "The cursor is not one that this list gave.")
