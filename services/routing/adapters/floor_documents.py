"""Floor rules and shifts as documents and back, named as at the REST door."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from services.routing.domain.floor.rules import FloorRule, Rung
from services.routing.domain.floor.shifts import Meal, Shift
from services.routing.domain.moments import Moment
from services.routing.domain.organisation import ConfiguredFloorRule, ConfiguredShift

Document = dict[str, Any]


def rule_document(setting: ConfiguredFloorRule) -> Document:
    rule = setting.rule
    return {
        "id": setting.id,
        "name": setting.name,
        "type": rule.kind,
        "enabled": rule.enabled,
        "site": rule.site_id or None,
        "team": rule.team_id or None,
        "limit_seconds": rule.limit_seconds,
        "night_early_seconds": rule.night_early_seconds,
        "reasons": list(rule.reasons),
        "most": rule.most or None,
        "share": rule.share or None,
        "ladder": [
            {"rung": each.name, "after_seconds": each.after_seconds, "on_repeat": each.on_repeat or None}
            for each in rule.ladder
        ],
    }


def read_rule(document: Mapping[str, Any]) -> ConfiguredFloorRule:
    rule = FloorRule(
        rule_id=document["id"],
        kind=document["type"],
        enabled=document["enabled"],
        site_id=document["site"] or "",
        team_id=document["team"] or "",
        limit_seconds=document["limit_seconds"],
        night_early_seconds=document["night_early_seconds"],
        reasons=tuple(sorted(document["reasons"])),
        most=document["most"] or 0,
        share=document["share"] or 0.0,
        ladder=tuple(
            Rung(name=each["rung"], after_seconds=each["after_seconds"], on_repeat=each["on_repeat"] or 0)
            for each in document["ladder"]
        ),
    )
    return ConfiguredFloorRule(id=document["id"], name=document["name"], rule=rule)


def shift_document(setting: ConfiguredShift) -> Document:
    shift = setting.shift
    return {
        "id": setting.id,
        "name": setting.name,
        "agent": shift.agent_id,
        "begins_at": _time(shift.begins_at),
        "ends_at": _time(shift.ends_at),
        "meals": [{"begins_at": _time(m.begins_at), "ends_at": _time(m.ends_at)} for m in shift.meals],
        "night": shift.night,
    }


def read_shift(document: Mapping[str, Any]) -> ConfiguredShift:
    meals = (Meal(begins_at=_moment(m["begins_at"]), ends_at=_moment(m["ends_at"])) for m in document["meals"])
    shift = Shift(
        shift_id=document["id"],
        agent_id=document["agent"],
        begins_at=_moment(document["begins_at"]),
        ends_at=_moment(document["ends_at"]),
        meals=tuple(meals),
        night=document["night"],
    )
    return ConfiguredShift(id=document["id"], name=document["name"], shift=shift)


def _time(moment: Moment) -> datetime:
    return datetime.fromtimestamp(moment // 1000, UTC).replace(microsecond=moment % 1000 * 1000)


def _moment(time: datetime) -> Moment:
    """Read a time; a database gives it without its zone, which is UTC."""
    zoned = time if time.tzinfo else time.replace(tzinfo=UTC)
    return round(zoned.timestamp() * 1000)
