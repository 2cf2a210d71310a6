"""Floor rules and shifts as they stand at the REST door."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer, ValidationInfo, field_validator

from services.routing.domain.agent import NOT_READY_REASONS
from services.routing.domain.floor.rules import BREAKS_AT_ONCE, HANDBOOK_LADDER, NOT_READY, RUNGS
from services.routing.domain.organisation import ConfiguredFloorRule, ConfiguredShift
from services.routing.entrypoints.settings_http.setting_model import Id, Part, Seconds, SettingModel
from switchyard.service.times import GivenTime, to_text

#: Longer is no shift but a mistake in the date.
_LONGEST_SHIFT = timedelta(hours=36)
#: A text in JSON, which strict types would not read.
Time = Annotated[GivenTime, Field(strict=False), PlainSerializer(to_text, return_type=str, when_used="json")]
Share = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]


class RungModel(Part):
    """`after_seconds` counts from when the breach was noticed; `on_repeat` from the agent's breaches in a day."""

    rung: Literal["reminder", "warning", "reported"]
    after_seconds: Seconds = 0.0
    on_repeat: Annotated[int, Field(ge=2, le=100)] | None = None


_LADDER = [
    RungModel.model_validate(
        {"rung": rung.name, "after_seconds": rung.after_seconds, "on_repeat": rung.on_repeat or None}
    )
    for rung in HANDBOOK_LADDER
]


class FloorRuleModel(SettingModel):
    """What agents are held to; of one kind the narrowest scope holds: a team's rule before a site's before all's."""

    kind = ConfiguredFloorRule
    prefix = "flr"
    filters = ("type", "site", "team")
    type: Literal["sign-in", "sign-out", "not-ready", "breaks-at-once"]
    enabled: bool = True
    site: Id | None = None
    team: Id | None = None
    limit_seconds: Seconds = 0.0
    night_early_seconds: Annotated[Seconds, Field(le=14_400)] = 0.0
    reasons: list[str] = Field(default_factory=list, max_length=len(NOT_READY_REASONS), validate_default=True)
    most: Annotated[int, Field(ge=1, le=1_000)] | None = None
    share: Annotated[Share | None, Field(validate_default=True)] = None
    ladder: Annotated[list[RungModel], Field(min_length=1, max_length=3)] = _LADDER

    @field_validator("team")
    @classmethod
    def scope_is_one(cls, team: str | None, info: ValidationInfo) -> str | None:
        if team and info.data.get("site"):
            raise ValueError("a rule holds for a site or for a team, not both")
        return team

    @field_validator("reasons")
    @classmethod
    def reasons_are_known(cls, reasons: list[str], info: ValidationInfo) -> list[str]:
        if (info.data.get("type") == NOT_READY) is not bool(reasons):
            raise ValueError("reasons belong to not-ready, which needs them")
        unknown = [reason for reason in reasons if reason not in NOT_READY_REASONS]
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no reason of not_ready; none given is the empty one")
        return sorted(set(reasons))

    @field_validator("share")
    @classmethod
    def breaks_are_limited(cls, share: float | None, info: ValidationInfo) -> float | None:
        limits = (info.data.get("most") is not None) + (share is not None)
        if limits != (info.data.get("type") == BREAKS_AT_ONCE):
            raise ValueError("breaks-at-once needs most or share, one of them; no other type has it")
        return share

    @field_validator("ladder")
    @classmethod
    def ladder_climbs(cls, ladder: list[RungModel]) -> list[RungModel]:
        order = [RUNGS.index(each.rung) for each in ladder]
        times = [each.after_seconds for each in ladder]
        repeats = [each.on_repeat for each in ladder if each.on_repeat]
        if order != sorted(set(order)) or times != sorted(times) or repeats != sorted(repeats):
            raise ValueError("the ladder climbs: reminder, warning, reported, each once and later than the one before")
        if ladder[0].after_seconds:
            raise ValueError("the first rung is climbed as the breach begins, after 0 seconds")
        return ladder


class MealModel(Part):
    begins_at: Time
    ends_at: Time


class ShiftModel(SettingModel):
    """When an agent is on duty."""

    kind = ConfiguredShift
    prefix = "shf"
    filters = ("agent",)
    name: Annotated[str, Field(max_length=200)] = ""
    agent: Id
    begins_at: Time
    ends_at: Time
    meals: list[MealModel] = Field(default_factory=list, max_length=10)
    night: bool = False

    @field_validator("ends_at")
    @classmethod
    def ends_after_it_begins(cls, ends_at: datetime, info: ValidationInfo) -> datetime:
        begins_at = info.data.get("begins_at")
        if begins_at is not None and not begins_at < ends_at <= begins_at + _LONGEST_SHIFT:
            raise ValueError("a shift ends after it begins, and within 36 hours")
        return ends_at

    @field_validator("meals")
    @classmethod
    def meals_are_in_order(cls, meals: list[MealModel], info: ValidationInfo) -> list[MealModel]:
        moments = [moment for meal in meals for moment in (meal.begins_at, meal.ends_at)]
        whole = [info.data.get("begins_at"), *moments, info.data.get("ends_at")]
        times = [moment for moment in whole if moment is not None]
        if any(later <= earlier for earlier, later in pairwise(times)):
            raise ValueError("meals lie within the shift, apart from each other and in the order of time")
        return meals


FLOOR_MODELS: tuple[type[SettingModel], ...] = (FloorRuleModel, ShiftModel)
