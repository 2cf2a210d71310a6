"""Commands about the floor, from the wire and onto it; what makes no sense is no command."""

from google.protobuf.timestamp_pb2 import Timestamp

from services.routing.adapters.wire_times import timestamp
from services.routing.application.ports import NotACommand
from services.routing.domain.floor.rules import FLOOR_RULE_KINDS, RUNGS, FloorRule, Rung
from services.routing.domain.floor.shifts import Meal, Shift
from services.routing.domain.moments import Moment
from switchyard.internal.routing.v1 import commands_pb2 as wire

_MOST_SECONDS = 366 * 86_400.0


def read_rule(message: wire.ConfigureFloorRule) -> FloorRule:
    """Raises NotACommand."""
    if message.kind not in FLOOR_RULE_KINDS:
        raise NotACommand(f"{message.kind!r} is no kind of floor rule")
    if not message.rule_id or message.most < 0 or not 0 <= message.share <= 1:
        raise NotACommand("a floor rule needs an id, and limits that can be")
    return FloorRule(
        rule_id=message.rule_id,
        kind=message.kind,
        enabled=message.enabled,
        site_id=message.site_id,
        team_id=message.team_id,
        limit_seconds=_seconds(message.limit_seconds),
        night_early_seconds=_seconds(message.night_early_seconds),
        reasons=tuple(sorted(message.reasons)),
        most=message.most,
        share=message.share,
        ladder=_ladder(message),
        version=message.version,
    )


def write_rule(rule: FloorRule, version: int) -> wire.ConfigureFloorRule:
    return wire.ConfigureFloorRule(
        rule_id=rule.rule_id,
        kind=rule.kind,
        enabled=rule.enabled,
        site_id=rule.site_id,
        team_id=rule.team_id,
        limit_seconds=rule.limit_seconds,
        night_early_seconds=rule.night_early_seconds,
        reasons=rule.reasons,
        most=rule.most,
        share=rule.share,
        ladder=[
            wire.LadderRung(name=rung.name, after_seconds=rung.after_seconds, on_repeat=rung.on_repeat)
            for rung in rule.ladder
        ],
        version=version,
    )


def read_shift(message: wire.PlanShift) -> Shift:
    """Raises NotACommand."""
    meals = tuple(Meal(begins_at=_moment(m.begins_at), ends_at=_moment(m.ends_at)) for m in message.meals)
    begins_at, ends_at = _moment(message.begins_at), _moment(message.ends_at)
    moments = [begins_at, *(moment for meal in meals for moment in (meal.begins_at, meal.ends_at)), ends_at]
    if not message.shift_id or not message.agent_id:
        raise NotACommand("a shift needs an id and an agent")
    if begins_at >= ends_at or moments != sorted(moments):
        raise NotACommand("a shift and its meals follow the order of time")
    return Shift(
        shift_id=message.shift_id,
        agent_id=message.agent_id,
        begins_at=begins_at,
        ends_at=ends_at,
        meals=meals,
        night=message.night,
        version=message.version,
    )


def write_shift(shift: Shift, version: int) -> wire.PlanShift:
    return wire.PlanShift(
        shift_id=shift.shift_id,
        agent_id=shift.agent_id,
        begins_at=timestamp(shift.begins_at),
        ends_at=timestamp(shift.ends_at),
        meals=[wire.Meal(begins_at=timestamp(meal.begins_at), ends_at=timestamp(meal.ends_at)) for meal in shift.meals],
        night=shift.night,
        version=version,
    )


def _ladder(message: wire.ConfigureFloorRule) -> tuple[Rung, ...]:
    ladder = tuple(
        Rung(name=rung.name, after_seconds=_seconds(rung.after_seconds), on_repeat=max(0, rung.on_repeat))
        for rung in message.ladder
    )
    order = [RUNGS.index(rung.name) if rung.name in RUNGS else -1 for rung in ladder]
    if not ladder or order != sorted(set(order)) or -1 in order:
        raise NotACommand("a ladder has rungs, known ones, each once and in their order")
    return ladder


def _moment(time: Timestamp) -> Moment:
    return time.ToMilliseconds()


def _seconds(value: float) -> float:
    if not 0 <= value <= _MOST_SECONDS:
        raise NotACommand(f"{value} seconds are out of range")
    return value
