"""The floor's part of a pool's snapshot."""

from dataclasses import dataclass
from typing import Any

from services.routing.application.plain import register
from services.routing.domain.floor.breaches import Breach, BreakRequest
from services.routing.domain.floor.rules import FloorRule
from services.routing.domain.floor.shifts import Shift
from services.routing.domain.moments import Moment
from services.routing.domain.pool import PoolState


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class FloorRecord:
    breaches_made: int
    requests_made: int


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class BreachHistoryRecord:
    agent_id: str
    rule_id: str
    moments: tuple[Moment, ...]


def floor_records(state: PoolState) -> list[Any]:
    """Collect records in an order that equal pools share."""
    floor = state.floor
    records: list[Any] = [FloorRecord(breaches_made=floor.breaches_made, requests_made=floor.requests_made)]
    records += (floor.rules[key] for key in sorted(floor.rules))
    records += (floor.shifts[key] for key in sorted(floor.shifts))
    records += (
        floor.breaches[agent_id][rule_id]
        for agent_id in sorted(floor.breaches)
        for rule_id in sorted(floor.breaches[agent_id])
    )
    records += (
        BreachHistoryRecord(agent_id=key[0], rule_id=key[1], moments=floor.history[key])
        for key in sorted(floor.history)
    )
    records += sorted(floor.requests.values(), key=lambda request: request.number)
    return records


def take_floor(state: PoolState, record: Any) -> bool:
    """Take a record of the floor; False where it is none."""
    floor = state.floor
    match record:
        case FloorRecord():
            floor.breaches_made, floor.requests_made = record.breaches_made, record.requests_made
        case FloorRule():
            floor.rules[record.rule_id] = record
        case Shift():
            floor.shifts[record.shift_id] = record
        case Breach():
            floor.breaches.setdefault(record.holder.agent_id, {})[record.rule_id] = record
        case BreachHistoryRecord():
            floor.history[record.agent_id, record.rule_id] = record.moments
        case BreakRequest():
            floor.requests[record.holder.agent_id] = record
        case _:
            return False
    return True
