"""Business hours and holidays as they stand at the REST door; times are the wall clock's, as `09:00`."""

from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from services.routing.domain.calendars import BusinessHours, Holidays
from services.routing.entrypoints.settings_http.models import TimeZone
from services.routing.entrypoints.settings_http.setting_model import Name, Part, SettingModel

_FROM = r"^([01]\d|2[0-3]):[0-5]\d$"
_TO = r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$"
Weekday = Annotated[int, Field(ge=1, le=7)]
#: Dates of ten years in one calendar; more is a mistake.
_MOST_DATES = 500


def _each_once(days: list[int]) -> list[int]:
    if len(set(days)) != len(days):
        raise ValueError("names a weekday twice")
    return days


def _a_date(text: str) -> str:
    if date.fromisoformat(text).isoformat() != text:
        raise ValueError("is not written as 2027-02-20")
    return text


class IntervalModel(Part):
    """From one time to another, the next day's where it is not later; a whole day is 00:00 to 24:00."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)
    from_: Annotated[str, Field(alias="from", pattern=_FROM)]
    to: Annotated[str, Field(pattern=_TO)]

    @model_validator(mode="after")
    def _is_not_empty(self) -> Self:
        if self.to in {self.from_, "00:00"}:
            raise ValueError("is empty; a whole day is 00:00 to 24:00, and midnight ends a day as 24:00")
        return self


class WeeklyModel(IntervalModel):
    days: Annotated[list[Weekday], Field(min_length=1, max_length=7), AfterValidator(_each_once)]


class HolidayDateModel(Part):
    """A date that is closed, has hours of its own, or is worked like a weekday; one of the three."""

    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_a_date)]
    name: Name
    closed: bool = False
    intervals: Annotated[list[IntervalModel], Field(max_length=10)] = Field(default=[])
    like_weekday: Weekday | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if [self.closed, bool(self.intervals), self.like_weekday is not None].count(True) != 1:
            raise ValueError("is one of: closed, with intervals, or like_weekday")
        return self


class BusinessHoursModel(SettingModel):
    kind = BusinessHours
    prefix = "hrs"
    time_zone: TimeZone
    weekly: Annotated[list[WeeklyModel], Field(min_length=1, max_length=50)]


class HolidaysModel(SettingModel):
    kind = Holidays
    prefix = "hol"
    dates: Annotated[list[HolidayDateModel], Field(max_length=_MOST_DATES)] = Field(default=[])
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    subdivision: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    make_up_like: Weekday = 1


CALENDAR_MODELS: tuple[type[SettingModel], ...] = (BusinessHoursModel, HolidaysModel)
