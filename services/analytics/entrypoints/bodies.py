"""The JSON of figures."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from services.analytics.application.live import AgentNow, Phases, QueueNow
from services.analytics.application.statistics import Answer, Row
from services.analytics.domain.buckets import instant
from services.analytics.domain.kpi import DEFINITION, RATES, SERVICE_LEVELS, agent_rates, queue_rates, service_level
from switchyard.service.times import Timestamp

Rates = dict[str, float | None]

_OFFERS = ("offers", "offers_rejected", "offers_timed_out", "offers_withdrawn")
_WORK = ("handled", "transferred_out", "csat_asked", "csat_answers", "csat_satisfied")
_SCORES = ("evaluations", "evaluations_passed", "evaluations_flagged", "score_hundredths")
_CALLBACKS = (
    *("callback_requested", "callback_requested_in_target"),
    *("callback_attempts", "callback_not_reached", "callback_given_up"),
)
QUEUE_COUNTERS = (
    *("offered", "answered", "answered_in_target", "abandoned", "abandoned_in_target", "short_abandoned"),
    *("flowed_out", *_CALLBACKS, "transferred_in", *_OFFERS, *_WORK, *_SCORES),
)
AGENT_COUNTERS = ("answered", *_OFFERS, *_WORK, *_SCORES)
TICKET_COUNTERS = ("opened", "closed", "reopened", "open_at_end")
QUEUE_TIMES = ("wait_answered", "wait_abandoned", "ring", "talk", "wrap_up")
AGENT_TIMES = (
    *("offline", "available", "ringing", "busy", "wrap_up"),
    *("ring", "talk", "assignment_wrap_up", "held_units", "capacity_units"),
)


class FigureRow(BaseModel):
    """What every row has. `time_seconds` of `held_units` and `capacity_units` are unit seconds."""

    start: Timestamp
    end: Timestamp
    counters: dict[str, int]
    time_seconds: dict[str, float]
    distributions: dict[str, dict[str, float | None]]
    as_of: Timestamp | None
    complete: bool
    definition: str = DEFINITION


class QueueRow(FigureRow):
    queue: str
    channel: str
    service_level: Rates
    rates: Rates


class AgentRow(FigureRow):
    agent: str
    rates: Rates


class TicketRow(FigureRow):
    type: str


class StatisticsPage(BaseModel):
    time_zone: str
    interval: str
    as_of: Timestamp | None
    complete: bool
    definition: dict[str, Any]
    next: str | None


class QueueStatistics(StatisticsPage):
    items: list[QueueRow]


class AgentStatistics(StatisticsPage):
    items: list[AgentRow]


class TicketStatistics(StatisticsPage):
    items: list[TicketRow]


class PhasesBody(BaseModel):
    """A contact that rings an agent still waits, so `ringing` is part of `waiting`."""

    waiting: int
    ringing: int
    talking: int
    wrap_up: int
    longest_wait_seconds: float


class QueueLive(PhasesBody):
    queue: str
    name: str
    available: int
    agents: dict[str, int]
    channels: dict[str, PhasesBody]
    counters: dict[str, int]
    service_level: Rates
    rates: Rates


class LiveEntry(BaseModel):
    contact: str
    queue: str
    channel: str
    state: str
    since: Timestamp


class AgentLive(BaseModel):
    agent: str
    name: str
    team: str
    site: str
    seat: str
    state: str
    reason: str
    since: Timestamp
    state_seconds: float
    held_units: int
    capacity_units: int
    contacts: list[LiveEntry]
    counters: dict[str, int]
    time_seconds: dict[str, float]
    rates: Rates


class LiveQueues(BaseModel):
    as_of: Timestamp | None
    items: list[QueueLive]
    next: None = None


class LiveAgents(BaseModel):
    as_of: Timestamp | None
    items: list[AgentLive]
    next: None = None


def queue_row(row: Row, as_of: datetime | None) -> QueueRow:
    return QueueRow(
        **_figure_row(row, QUEUE_COUNTERS, QUEUE_TIMES, as_of),
        queue=row.dimension.key,
        channel=row.dimension.channel,
        service_level=service_level(row.figures.counters),
        rates=queue_rates(row.figures.counters, row.figures.time),
    )


def agent_row(row: Row, as_of: datetime | None) -> AgentRow:
    rates = agent_rates(row.figures.counters, row.figures.time)
    return AgentRow(**_figure_row(row, AGENT_COUNTERS, AGENT_TIMES, as_of), agent=row.dimension.key, rates=rates)


def ticket_row(row: Row, as_of: datetime | None) -> TicketRow:
    return TicketRow(**_figure_row(row, TICKET_COUNTERS, (), as_of), type=row.dimension.key)


def _figure_row(row: Row, counters: Sequence[str], times: Sequence[str], as_of: datetime | None) -> dict[str, Any]:
    return {
        "start": instant(row.start),
        "end": instant(row.end),
        "counters": _with_zeros(row.figures.counters, counters),
        "time_seconds": _in_seconds(row.figures.time, times),
        "distributions": row.figures.quantiles(),
        "as_of": as_of,
        "complete": row.complete,
    }


def definitions() -> dict[str, Any]:
    """Say by which formulas an answer was computed."""
    return {
        "id": DEFINITION,
        "service_level": "answered_over_offered",
        "service_levels": dict(SERVICE_LEVELS),
        "rates": dict(RATES),
        "target": "each entry's own, of its queue when entered",
        "time": "milliseconds, split at interval borders; open states reach up to as_of",
        "distributions": "DDSketch, 1 % relative error",
    }


def page_of(answer: Answer, rows: Sequence[Row], following: str | None, *, zone: str, interval: str) -> dict[str, Any]:
    """Give what every page of statistics says of itself."""
    return {
        "time_zone": zone,
        "interval": interval,
        "as_of": None if answer.as_of is None else instant(answer.as_of),
        "complete": all(row.complete for row in rows),
        "definition": definitions(),
        "next": following,
    }


def queue_live(queue: QueueNow, as_of: int) -> QueueLive:
    return QueueLive(
        queue=queue.queue_id,
        name=queue.name,
        **_phases(queue.phases, as_of),
        available=queue.agent_states.get("available", 0),
        agents=dict(queue.agent_states),
        channels={channel: PhasesBody(**_phases(phases, as_of)) for channel, phases in queue.by_channel.items()},
        counters=_with_zeros(queue.today.counters, QUEUE_COUNTERS),
        service_level=service_level(queue.today.counters),
        rates=queue_rates(queue.today.counters, queue.today.time),
    )


def agent_live(now: AgentNow, as_of: int) -> AgentLive:
    agent = now.agent
    return AgentLive(
        agent=agent.agent_id,
        name=now.name,
        team=agent.team_id,
        site=agent.site_id,
        seat=agent.seat,
        state=agent.state,
        reason=agent.reason,
        since=instant(agent.since),
        state_seconds=max(0, as_of - agent.since) / 1000,
        held_units=agent.held_units,
        capacity_units=agent.capacity_units,
        contacts=[
            LiveEntry(
                contact=each.contact_id,
                queue=each.queue_id,
                channel=each.channel,
                state=each.phase,
                since=instant(each.since),
            )
            for each in now.entries
        ],
        counters=_with_zeros(now.today.counters, AGENT_COUNTERS),
        time_seconds=_in_seconds(now.today.time, AGENT_TIMES),
        rates=agent_rates(now.today.counters, now.today.time),
    )


def _phases(phases: Phases, as_of: int) -> dict[str, Any]:
    return {
        "waiting": phases.waiting,
        "ringing": phases.ringing,
        "talking": phases.talking,
        "wrap_up": phases.wrap_up,
        "longest_wait_seconds": 0.0 if phases.oldest is None else max(0, as_of - phases.oldest) / 1000,
    }


def _with_zeros(counters: Mapping[str, int], names: Sequence[str]) -> dict[str, int]:
    return dict.fromkeys(names, 0) | dict(counters)


def _in_seconds(times: Mapping[str, int], names: Sequence[str]) -> dict[str, float]:
    return dict.fromkeys(names, 0.0) | {name: amount / 1000 for name, amount in sorted(times.items())}
