"""When a queue lets contacts in: weekly hours in a time zone, and days that are not like their weekday.

An interval belongs to the day on which it begins, and may end on the next. Its times are the wall clock's, taken as
RFC 5545, 3.3.5, takes them: a time that the clocks leap over is read with the offset before the leap, and one that
they show twice means the first of the two.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.routing.domain.moments import Moment

DAY_MINUTES = 24 * 60
MONDAY, SUNDAY = 1, 7
#: Every weekly pattern has shown each of its changes after so many days that are like their weekday.
_WHOLE_PATTERN = 9
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Minutes from the midnight that the day begins with; `closes` is above 1,440 where it is on the next day."""

    opens: int
    closes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklySpan:
    """The same interval on several weekdays, from 1 for Monday to 7 for Sunday."""

    days: tuple[int, ...]
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDay:
    """A date (`2027-02-20`) with intervals of its own, none where it is closed; or worked like a given weekday."""

    date: str
    spans: tuple[Span, ...] = ()
    like_weekday: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    """`special` is in the order of its dates, each of which comes once."""

    time_zone: str
    weekly: tuple[WeeklySpan, ...]
    special: tuple[SpecialDay, ...] = ()


def is_open(hours: OpeningHours, at: Moment) -> bool:
    """Say whether contacts are let in at an instant; an interval ends before the instant that closes it."""
    today = _local_date(hours, at)
    days = (today - _ONE_DAY, today, today + _ONE_DAY)
    return any(opens <= at < closes for day in days for opens, closes in _stretches(hours, day))


def next_change(hours: OpeningHours, at: Moment) -> Moment | None:
    """Give the next instant that opens what is closed or closes what is open; None where it stays so for ever."""
    open_until, last = at, _last_day(hours, at)
    for opens, closes in _from_yesterday(hours, at, last):
        if closes <= open_until:
            continue
        if opens > open_until:
            return open_until if open_until > at else opens
        open_until = closes
    never_closes = open_until >= _instant(hours, last, DAY_MINUTES)
    return None if never_closes or open_until == at else open_until


def spans_of(hours: OpeningHours, day: date) -> tuple[Span, ...]:
    """Give the intervals that begin on a day."""
    special = _special(hours, day)
    if special is not None and not special.like_weekday:
        return special.spans
    weekday = special.like_weekday if special is not None else day.isoweekday()
    return tuple(each.span for each in hours.weekly if weekday in each.days)


def _special(hours: OpeningHours, day: date) -> SpecialDay | None:
    wanted = day.isoformat()
    place = bisect_left(hours.special, wanted, key=lambda special: special.date)
    found = hours.special[place] if place < len(hours.special) else None
    return found if found is not None and found.date == wanted else None


def _from_yesterday(hours: OpeningHours, at: Moment, last: date) -> Iterator[tuple[Moment, Moment]]:
    day = _local_date(hours, at) - _ONE_DAY
    while day <= last:
        yield from _stretches(hours, day)
        day += _ONE_DAY


def _last_day(hours: OpeningHours, at: Moment) -> date:
    today = _local_date(hours, at)
    special = date.fromisoformat(hours.special[-1].date) if hours.special else today
    return max(today, special) + _WHOLE_PATTERN * _ONE_DAY


def _stretches(hours: OpeningHours, day: date) -> list[tuple[Moment, Moment]]:
    """Give a day's intervals as instants, in order; one that a leap of the clocks swallows is not there."""
    edges = ((_instant(hours, day, span.opens), _instant(hours, day, span.closes)) for span in spans_of(hours, day))
    return sorted((opens, closes) for opens, closes in edges if opens < closes)


def _instant(hours: OpeningHours, day: date, minutes: int) -> Moment:
    """Adding to an aware time moves the hands of its clock, and asks the zone only afterwards."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(hours.time_zone))
    return round((midnight + timedelta(minutes=minutes)).timestamp() * 1000)


def _local_date(hours: OpeningHours, at: Moment) -> date:
    return datetime.fromtimestamp(at // 1000, UTC).astimezone(ZoneInfo(hours.time_zone)).date()
