"""Figures of this moment: what waits, rings, talks; what agents show; and today's counters so far."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.analytics.application.ports import Generations, Watermarks
from services.analytics.domain.increments import Dimension, Kind
from services.analytics.domain.rows import Figures, gather, merge
from services.analytics.domain.standing import KnownAgent, KnownQueue, OpenAgent, OpenEntry, Standing, so_far


@dataclass(frozen=True, slots=True, kw_only=True)
class Phases:
    """How many entries of a queue stand where; a ringing one waits too. `oldest` is when the longest wait began."""

    waiting: int
    ringing: int
    talking: int
    wrap_up: int
    oldest: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueNow:
    queue_id: str
    name: str
    phases: Phases
    by_channel: Mapping[str, Phases]
    agent_states: Mapping[str, int]
    today: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentNow:
    agent: OpenAgent
    name: str
    entries: Sequence[OpenEntry]
    today: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """`as_of` is the moment up to which all that was published is in; None while that is unknown."""

    as_of: int | None
    queues: Sequence[QueueNow]
    agents: Sequence[AgentNow]


class Live:
    def __init__(self, generations: Generations, watermarks: Watermarks, gate: asyncio.Lock) -> None:
        self._generations = generations
        self._watermarks = watermarks
        self._gate = gate

    async def queues(self, tenant: str, *, today: int, tomorrow: int) -> Board:
        """Show every queue configured, waited in or counted today. Raises StoreUnavailable."""
        as_of, standings, figures = await self._read(tenant, "queue", today, tomorrow)
        known = {each.queue_id: each.name for each in standings if isinstance(each, KnownQueue)}
        entries = [each for each in standings if isinstance(each, OpenEntry)]
        ids = known.keys() | {each.queue_id for each in entries} | {dimension.key for dimension in figures}
        queues = [
            QueueNow(
                queue_id=queue_id,
                name=known.get(queue_id, queue_id),
                phases=_phases(each for each in entries if each.queue_id == queue_id),
                by_channel=_by_channel([each for each in entries if each.queue_id == queue_id]),
                agent_states=_agent_states(queue_id, standings),
                today=merge(parts for dimension, parts in figures.items() if dimension.key == queue_id),
            )
            for queue_id in sorted(ids)
        ]
        return Board(as_of=as_of, queues=queues, agents=())

    async def agents(self, tenant: str, *, today: int, tomorrow: int) -> Board:
        """Show every agent who is in a pool. Raises StoreUnavailable."""
        as_of, standings, figures = await self._read(tenant, "agent", today, tomorrow)
        names = {each.agent_id: each.name for each in standings if isinstance(each, KnownAgent)}
        entries = [each for each in standings if isinstance(each, OpenEntry)]
        agents = [
            AgentNow(
                agent=each,
                name=names.get(each.agent_id, each.agent_id),
                entries=[entry for entry in entries if entry.agent_id == each.agent_id],
                today=figures.get(Dimension(kind="agent", key=each.agent_id), Figures()),
            )
            for each in standings
            if isinstance(each, OpenAgent)
        ]
        return Board(as_of=as_of, queues=(), agents=sorted(agents, key=lambda each: each.agent.agent_id))

    async def _read(
        self, tenant: str, kind: Kind, today: int, tomorrow: int
    ) -> tuple[int | None, Sequence[Standing], Mapping[Dimension, Figures]]:
        store = await self._generations.current()
        async with self._gate:
            as_of = await self._watermarks.read_through()
            standings = await store.open_things(tenant)
            stored = await store.totals(tenant, kind, start=today, end=tomorrow, key=None, channel=None)
        until = min(as_of or 0, tomorrow)
        parts = [part for each in standings for part in so_far(each, today, until) if part.dimension.kind == kind]
        by_dimension: dict[Dimension, list[Figures]] = {}
        for (_, dimension), figures in gather(stored, parts).items():
            by_dimension.setdefault(dimension, []).append(figures)
        return as_of, standings, {dimension: merge(several) for dimension, several in by_dimension.items()}


def _phases(entries: Iterable[OpenEntry]) -> Phases:
    several = list(entries)
    count = Counter(each.phase for each in several)
    return Phases(
        waiting=count["waiting"] + count["ringing"],
        ringing=count["ringing"],
        talking=count["talking"],
        wrap_up=count["wrap_up"],
        oldest=min((each.queued_at for each in several if each.waits), default=None),
    )


def _by_channel(entries: Sequence[OpenEntry]) -> dict[str, Phases]:
    channels = sorted({each.channel for each in entries})
    return {channel: _phases(each for each in entries if each.channel == channel) for channel in channels}


def _agent_states(queue_id: str, standings: Sequence[Standing]) -> dict[str, int]:
    """Count by shown state the agents who work this queue."""
    workers = {each.agent_id for each in standings if isinstance(each, KnownAgent) and queue_id in each.queue_ids}
    return dict(Counter(each.state for each in standings if isinstance(each, OpenAgent) and each.agent_id in workers))
