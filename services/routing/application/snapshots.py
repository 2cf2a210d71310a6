"""A pool as a list of records, from which the same pool is made again.

Records are values: a snapshot is taken by copying references, which is quick, and may be written at leisure while
the pool goes on.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from services.routing.application.floor_snapshots import floor_records, take_floor
from services.routing.application.plain import from_plain, register, to_plain
from services.routing.domain.agent import Agent, Shown
from services.routing.domain.emergency import Emergency
from services.routing.domain.expressions import NO_EXPRESSIONS, Expressions
from services.routing.domain.floor.folding import floor_indexed
from services.routing.domain.forecaster import Forecaster
from services.routing.domain.forecasts import Forecast, GivenEstimate
from services.routing.domain.indexing import indexed
from services.routing.domain.moments import Moment
from services.routing.domain.pool import Kept, PoolState
from services.routing.domain.settings import AgentProfile, QueueRules
from services.routing.domain.stays import Connected, Hold, Offered, Parked, Scheduled, Waiting

#: Records of earlier versions whose place nothing has taken, or which are made anew; they are passed over.
_RETIRED = frozenset({"AnsweredRecord"})


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class PoolRecord:
    pool_id: str
    now: Moment
    contact_sequence: int
    agent_sequence: int
    offers_made: int
    emergency: Emergency | None = None


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRecord:
    profile: AgentProfile
    since: Moment
    idle_since: Moment
    set_state: str
    set_reason: str
    announced: Shown
    leaving: bool
    handled_ms: int = 0
    last_offer: int = 0
    at_site: str = ""
    seat: str = ""
    presence_due: Moment | None = None
    sent: bool = False


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRecord:
    key: str
    version: int


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class EndRecord:
    kept: Kept


def captured(state: PoolState) -> list[Any]:
    """Collect a pool's records as they lie, for the loop waits meanwhile; nothing is encoded yet."""
    return _records(state, lambda values: values.values())


def snapshot(state: PoolState) -> Iterator[Any]:
    """Give a pool's records as plain values, in an order that equal pools share."""
    return (to_plain(record) for record in _records(state, _ordered))


def _records(state: PoolState, values: Callable[[dict[str, Any]], Iterable[Any]]) -> list[Any]:
    records: list[Any] = [_pool_record(state)]
    records += values(state.queues)
    records += (_agent_record(agent) for agent in values(state.agents))
    records += (VersionRecord(key=key, version=state.versions[key]) for key in sorted(state.versions))
    records += (forecast.kept() for forecast in values(state.forecasts))
    records += values(state.given)
    records += [stay for stay in values(state.contacts) if isinstance(stay, Scheduled | Waiting | Parked)]
    records += sorted(state.holds.values(), key=lambda hold: hold.number)
    records += (EndRecord(kept=kept) for kept in values(state.ends))
    records += values(state.answers)
    records += floor_records(state)
    return records


class Restoring:
    """Makes the pool of a snapshot record by record: one of half a million cannot be made in a single turn."""

    def __init__(self, expressions: Expressions = NO_EXPRESSIONS) -> None:
        self.state = PoolState(pool_id="", expressions=expressions)

    def take(self, plain: Any) -> None:
        if plain["_"] in _RETIRED:
            return
        record = from_plain(plain)
        if isinstance(record, PoolRecord):
            _take_pool(self.state, record)
        elif not take_floor(self.state, record):
            _take(self.state, record)

    def indexed(self) -> Iterator[None]:
        """Make the indexes in steps; after the last the pool is whole."""
        yield from indexed(self.state)
        floor_indexed(self.state)


def restored(plain: Iterable[Any], expressions: Expressions = NO_EXPRESSIONS) -> PoolState:
    """Make the pool of a snapshot at once."""
    restoring = Restoring(expressions)
    for record in plain:
        restoring.take(record)
    for _ in restoring.indexed():
        pass
    return restoring.state


def _take(state: PoolState, record: Any) -> None:
    match record:
        case QueueRules():
            state.queues[record.queue_id] = record
        case AgentRecord():
            state.agents[record.profile.agent_id] = _agent(record)
        case Scheduled() | Waiting() | Parked():
            state.contacts[record.entry.contact_id] = record
        case EndRecord(kept=kept):
            state.ends[kept.id] = kept
        case Kept():
            state.answers[record.id] = record
        case VersionRecord():
            state.versions[record.key] = record.version
        case Forecast():
            state.forecasts[record.queue_id] = Forecaster(record)
        case _:
            _take_of_contact(state, record)


def _take_of_contact(state: PoolState, record: GivenEstimate | Hold) -> None:
    if isinstance(record, GivenEstimate):
        state.given[record.contact_id] = record
    else:
        _take_hold(state, record)


def _take_pool(state: PoolState, record: PoolRecord) -> None:
    state.pool_id, state.now, state.emergency = record.pool_id, record.now, record.emergency
    state.contact_sequence, state.agent_sequence = record.contact_sequence, record.agent_sequence
    state.offers_made = record.offers_made


def _take_hold(state: PoolState, hold: Hold) -> None:
    state.holds[hold.offer_id] = hold
    if isinstance(hold, Offered | Connected):
        # Holds come in the order of their numbers, and the oldest open offer is the contact's stay.
        state.contacts.setdefault(hold.entry.contact_id, hold)


def _pool_record(state: PoolState) -> PoolRecord:
    return PoolRecord(
        pool_id=state.pool_id,
        now=state.now,
        contact_sequence=state.contact_sequence,
        agent_sequence=state.agent_sequence,
        offers_made=state.offers_made,
        emergency=state.emergency,
    )


def _agent_record(agent: Agent) -> AgentRecord:
    return AgentRecord(
        profile=agent.profile,
        since=agent.since,
        idle_since=agent.idle_since,
        set_state=agent.set_state,
        set_reason=agent.set_reason,
        announced=agent.announced,
        leaving=agent.leaving,
        handled_ms=agent.handled_ms,
        last_offer=agent.last_offer,
        at_site=agent.at_site,
        seat=agent.seat,
        presence_due=agent.presence_due,
        sent=agent.sent,
    )


def _agent(record: AgentRecord) -> Agent:
    return Agent(
        profile=record.profile,
        since=record.since,
        idle_since=record.idle_since,
        set_state=record.set_state,
        set_reason=record.set_reason,
        announced=record.announced,
        leaving=record.leaving,
        handled_ms=record.handled_ms,
        last_offer=record.last_offer,
        at_site=record.at_site,
        seat=record.seat,
        presence_due=record.presence_due,
        sent=record.sent,
    )


def _ordered(values: dict[str, Any]) -> list[Any]:
    return [values[key] for key in sorted(values)]
