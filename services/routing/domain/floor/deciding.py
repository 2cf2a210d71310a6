"""Rules and shifts as settings say, and a break that is no longer wanted."""

from services.routing.domain.commands import CancelBreak, CancelShift, ConfigureFloorRule, PlanShift, RemoveFloorRule
from services.routing.domain.decisions.answer import NOTHING, Answer
from services.routing.domain.floor.breaks import request_ended
from services.routing.domain.floor.events import FloorRuled, FloorRuleRemoved, ShiftCancelled, ShiftPlanned
from services.routing.domain.moments import Moment
from services.routing.domain.pool import PoolState
from services.routing.domain.refusals import Refusal


def configure_floor_rule(state: PoolState, command: ConfigureFloorRule, now: Moment) -> Answer:
    if _is_old(state, f"floor-rule/{command.rule.rule_id}", command.rule.version):
        return NOTHING
    return (FloorRuled(at=now, rule=command.rule),)


def remove_floor_rule(state: PoolState, command: RemoveFloorRule, now: Moment) -> Answer:
    if _is_old(state, f"floor-rule/{command.rule_id}", command.version):
        return NOTHING
    return (FloorRuleRemoved(at=now, rule_id=command.rule_id, version=command.version),)


def plan_shift(state: PoolState, command: PlanShift, now: Moment) -> Answer:
    """Plan a shift; one that is over already changes nothing."""
    shift = command.shift
    if shift.ends_at <= now and shift.shift_id not in state.floor.shifts:
        return NOTHING
    if _is_old(state, f"shift/{shift.shift_id}", shift.version):
        return NOTHING
    return (ShiftPlanned(at=now, shift=shift),)


def cancel_shift(state: PoolState, command: CancelShift, now: Moment) -> Answer:
    if _is_old(state, f"shift/{command.shift_id}", command.version):
        return NOTHING
    return (ShiftCancelled(at=now, shift_id=command.shift_id, version=command.version),)


def cancel_break(state: PoolState, command: CancelBreak, now: Moment) -> Answer:
    request = state.floor.requests.get(command.agent_id)
    if request is None:
        return Refusal("break-not-requested", f"Agent {command.agent_id} does not wait for a break.")
    return (request_ended(state, request, "cancelled", now),)


def _is_old(state: PoolState, key: str, version: int) -> bool:
    return version <= state.versions.get(key, -1)
