"""Business hours and holidays as people enter them, and the opening hours that a queue has from both."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from services.routing.domain.opening_hours import (
    DAY_MINUTES,
    MONDAY,
    OpeningHours,
    Span,
    SpecialDay,
    WeeklySpan,
)
from services.routing.domain.setting import Setting

_WEEK_MINUTES = 7 * DAY_MINUTES


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessHours(Setting):
    """When work is done in an ordinary week; one span a weekday or several, one after the other."""

    time_zone: str = "UTC"
    weekly: tuple[WeeklySpan, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidayDate:
    """A date that is not like its weekday, and what it is called."""

    day: SpecialDay
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Holidays(Setting):
    """Dates of one's own, which go before those of a country's public calendar.

    A weekend day that is worked in exchange for a holiday (补班) is worked like the weekday `make_up_like`.
    """

    dates: tuple[HolidayDate, ...] = ()
    country: str | None = None
    subdivision: str | None = None
    make_up_like: int = MONDAY


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicDay:
    """A date of a public calendar: a holiday, or with `worked` a weekend day that is worked."""

    date: str
    name: str
    worked: bool = False


def dates_of(holidays: Holidays, public: Iterable[PublicDay]) -> tuple[HolidayDate, ...]:
    """Join the public days with the calendar's own dates, in the order of the dates."""
    joined = {day.date: _holiday(day, holidays.make_up_like) for day in public}
    joined |= {own.day.date: own for own in holidays.dates}
    return tuple(joined[date] for date in sorted(joined))


def opening(hours: BusinessHours, dates: Iterable[HolidayDate]) -> OpeningHours:
    """Give what the engine is told; the dates are in their order."""
    return OpeningHours(time_zone=hours.time_zone, weekly=hours.weekly, special=tuple(each.day for each in dates))


def overlapping_weekly(weekly: Sequence[WeeklySpan]) -> tuple[int, ...]:
    """Name the places of spans that begin, on some weekday, before another has ended."""
    starts = sorted(
        ((day - MONDAY) * DAY_MINUTES + each.span.opens, each.span.closes - each.span.opens, place)
        for place, each in enumerate(weekly)
        for day in each.days
    )
    if not starts:
        return ()
    following = [*starts[1:], (starts[0][0] + _WEEK_MINUTES, *starts[0][1:])]
    found = {later[2] for first, later in zip(starts, following, strict=True) if first[0] + first[1] > later[0]}
    return tuple(sorted(found))


def overlapping_spans(spans: Sequence[Span]) -> tuple[int, ...]:
    """Name the places of a day's spans that begin before another has ended."""
    ordered = sorted((span.opens, span.closes, place) for place, span in enumerate(spans))
    return tuple(sorted(b[2] for a, b in pairwise(ordered) if a[1] > b[0]))


def repeated_dates(dates: Sequence[HolidayDate]) -> tuple[int, ...]:
    """Name the places of dates that stand further ahead already."""
    seen: set[str] = set()
    repeated = []
    for place, each in enumerate(dates):
        if each.day.date in seen:
            repeated.append(place)
        seen.add(each.day.date)
    return tuple(repeated)


def _holiday(day: PublicDay, make_up_like: int) -> HolidayDate:
    special = SpecialDay(date=day.date, like_weekday=make_up_like if day.worked else 0)
    return HolidayDate(day=special, name=day.name)
