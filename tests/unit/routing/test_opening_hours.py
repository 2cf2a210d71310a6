"""When a queue lets contacts in, by calendars, clocks and zones."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.opening_hours import (
    DAY_MINUTES,
    OpeningHours,
    Span,
    SpecialDay,
    WeeklySpan,
    is_open,
    next_change,
    spans_of,
)

WORKDAYS, WHOLE_WEEK = (1, 2, 3, 4, 5), (1, 2, 3, 4, 5, 6, 7)
OFFICE = Span(opens=9 * 60, closes=18 * 60)
NIGHT = Span(opens=22 * 60, closes=30 * 60)
WHOLE_DAY = Span(opens=0, closes=DAY_MINUTES)
ZONES = ("Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe", "UTC")


def at(text: str, zone: str = "Asia/Shanghai", fold: int = 0) -> int:
    wall = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return round(wall.timestamp() * 1000)


def weekly(span: Span, days: tuple[int, ...] = WORKDAYS, zone: str = "Asia/Shanghai") -> OpeningHours:
    return OpeningHours(time_zone=zone, weekly=(WeeklySpan(days=days, span=span),))


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        ("2026-11-25T08:59:59", False),
        ("2026-11-25T09:00:00", True),
        ("2026-11-25T17:59:59", True),
        ("2026-11-25T18:00:00", False),
        ("2026-11-28T12:00:00", False),
    ],
)
def test_a_queue_is_open_from_its_first_minute_until_before_its_last(moment: str, open_: bool) -> None:
    assert is_open(weekly(OFFICE), at(moment)) is open_


def test_hours_are_those_of_their_zone() -> None:
    noon_in_shanghai = at("2026-11-25T12:00")
    assert is_open(weekly(OFFICE), noon_in_shanghai)
    assert not is_open(weekly(OFFICE, zone="America/New_York"), noon_in_shanghai)


def test_a_lunch_break_closes_between_two_intervals() -> None:
    morning, afternoon = Span(opens=540, closes=720), Span(opens=780, closes=1080)
    hours = OpeningHours(
        time_zone="Asia/Shanghai",
        weekly=(WeeklySpan(days=WORKDAYS, span=morning), WeeklySpan(days=WORKDAYS, span=afternoon)),
    )
    assert next_change(hours, at("2026-11-25T10:00")) == at("2026-11-25T12:00")
    assert not is_open(hours, at("2026-11-25T12:30"))
    assert next_change(hours, at("2026-11-25T12:00")) == at("2026-11-25T13:00")


def test_a_night_shift_belongs_to_the_day_on_which_it_begins() -> None:
    hours = weekly(NIGHT, days=(5,))
    assert is_open(hours, at("2026-11-27T23:00"))
    assert is_open(hours, at("2026-11-28T05:59"))
    assert not is_open(hours, at("2026-11-28T06:00"))
    assert not is_open(hours, at("2026-11-27T05:00"))


def test_a_holiday_is_closed_but_for_the_night_shift_of_its_eve() -> None:
    holiday = SpecialDay(date="2026-11-26")
    hours = OpeningHours(
        time_zone="Asia/Shanghai", weekly=(WeeklySpan(days=WHOLE_WEEK, span=NIGHT),), special=(holiday,)
    )
    assert is_open(hours, at("2026-11-26T05:00"))
    assert not is_open(hours, at("2026-11-26T23:00"))
    assert not is_open(hours, at("2026-11-27T05:00"))


def test_a_make_up_saturday_is_worked_like_the_weekday_it_stands_for() -> None:
    short_monday = WeeklySpan(days=(1,), span=Span(opens=600, closes=900))
    hours = OpeningHours(
        time_zone="Asia/Shanghai",
        weekly=(short_monday, WeeklySpan(days=(2, 3, 4, 5), span=OFFICE)),
        special=(SpecialDay(date="2027-02-20", like_weekday=1),),
    )
    assert date(2027, 2, 20).isoweekday() == 6
    assert spans_of(hours, date(2027, 2, 20)) == (Span(opens=600, closes=900),)
    assert not is_open(hours, at("2027-02-20T09:30"))
    assert is_open(hours, at("2027-02-20T10:00"))
    assert not is_open(hours, at("2027-02-21T10:00"))


def test_a_day_with_hours_of_its_own_forgets_its_weekday() -> None:
    eve = SpecialDay(date="2026-12-24", spans=(Span(opens=540, closes=720),))
    hours = OpeningHours(time_zone="UTC", weekly=(WeeklySpan(days=WORKDAYS, span=OFFICE),), special=(eve,))
    assert next_change(hours, at("2026-12-24T10:00", "UTC")) == at("2026-12-24T12:00", "UTC")


def test_what_never_closes_has_no_next_change() -> None:
    assert next_change(weekly(WHOLE_DAY, days=WHOLE_WEEK), at("2026-11-25T10:00")) is None
    assert is_open(weekly(WHOLE_DAY, days=WHOLE_WEEK), at("2026-11-25T00:00"))


def test_what_never_opens_has_no_next_change() -> None:
    closed = OpeningHours(time_zone="UTC", weekly=())
    assert not is_open(closed, at("2026-11-25T10:00"))
    assert next_change(closed, at("2026-11-25T10:00")) is None


def test_the_one_day_of_a_queue_that_opens_once_is_found_far_ahead() -> None:
    day = SpecialDay(date="2028-02-29", spans=(OFFICE,))
    once = OpeningHours(time_zone="UTC", weekly=(), special=(day,))
    assert next_change(once, at("2026-11-25T10:00", "UTC")) == at("2028-02-29T09:00", "UTC")
    assert next_change(once, at("2028-02-29T10:00", "UTC")) == at("2028-02-29T18:00", "UTC")
    assert next_change(once, at("2028-02-29T18:00", "UTC")) is None


def test_an_opening_that_the_clocks_leap_over_is_read_with_the_offset_before() -> None:
    hours = weekly(Span(opens=150, closes=300), days=WHOLE_WEEK, zone="America/New_York")
    leap_day = "2026-03-08"
    assert not is_open(hours, at(f"{leap_day}T03:29", "America/New_York"))
    assert is_open(hours, at(f"{leap_day}T03:30", "America/New_York"))


def test_an_interval_swallowed_by_the_leap_is_not_there_that_day() -> None:
    hours = weekly(Span(opens=150, closes=180), days=WHOLE_WEEK, zone="America/New_York")
    before = at("2026-03-08T01:00", "America/New_York")
    assert next_change(hours, before) == at("2026-03-09T02:30", "America/New_York")


def test_a_closing_that_the_clocks_show_twice_means_the_first() -> None:
    hours = weekly(Span(opens=0, closes=90), days=WHOLE_WEEK, zone="America/New_York")
    assert is_open(hours, at("2026-11-01T01:29", "America/New_York"))
    assert not is_open(hours, at("2026-11-01T01:15", "America/New_York", fold=1))


def test_a_shift_over_a_long_night_lasts_an_hour_longer() -> None:
    hours = weekly(NIGHT, days=(6,), zone="America/New_York")
    opens = at("2026-10-31T22:00", "America/New_York")
    closes = next_change(hours, opens)
    assert closes == at("2026-11-01T06:00", "America/New_York")
    assert closes - opens == 9 * 3_600_000


@st.composite
def day_spans(draw: st.DrawFn) -> tuple[Span, ...]:
    """One interval or two that do not overlap, the second perhaps over midnight."""
    marks = sorted(draw(st.sets(st.integers(0, 95), min_size=2, max_size=4)))
    spans = [Span(opens=15 * a, closes=15 * b) for a, b in zip(marks[::2], marks[1::2], strict=False)]
    if draw(st.booleans()):
        spans[-1] = Span(opens=spans[-1].opens, closes=DAY_MINUTES + 15 * draw(st.integers(1, marks[0] + 1)))
    return tuple(spans)


@st.composite
def calendars(draw: st.DrawFn) -> OpeningHours:
    spans = draw(day_spans())
    days = tuple(sorted(draw(st.sets(st.integers(1, 7), max_size=7))))
    start = date(2026, 3, 1)
    offsets = sorted(draw(st.sets(st.integers(0, 20), max_size=4)))
    kinds = st.sampled_from(["closed", "own", "make-up"])
    special = []
    for offset in offsets:
        kind = draw(kinds)
        special.append(
            SpecialDay(
                date=(start + timedelta(days=offset)).isoformat(),
                spans=draw(day_spans()) if kind == "own" else (),
                like_weekday=draw(st.integers(1, 7)) if kind == "make-up" else 0,
            )
        )
    return OpeningHours(
        time_zone=draw(st.sampled_from(ZONES)),
        weekly=tuple(WeeklySpan(days=days, span=span) for span in spans),
        special=tuple(special),
    )


def plainly_open(hours: OpeningHours, moment: int) -> bool:
    """Look through every day of six weeks, each wall-clock time turned into UTC by the offset of its own zone."""
    zone = ZoneInfo(hours.time_zone)
    special = {day.date: day for day in hours.special}
    for offset in range(-10, 40):
        day = date(2026, 3, 1) + timedelta(days=offset)
        own = special.get(day.isoformat())
        weekday = own.like_weekday if own and own.like_weekday else day.isoweekday()
        spans = own.spans if own and not own.like_weekday else [w.span for w in hours.weekly if weekday in w.days]
        for span in spans:
            edges = []
            for minutes in (span.opens, span.closes):
                wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001 - a wall clock's
                offset_then = zone.utcoffset(wall)
                assert offset_then is not None
                edges.append((wall - offset_then).replace(tzinfo=UTC).timestamp() * 1000)
            if edges[0] <= moment < edges[1]:
                return True
    return False


MOMENTS = st.integers(0, 24 * 60 * 24).map(lambda minutes: 1_772_323_200_000 + minutes * 60_000)


@given(calendars(), MOMENTS)
def test_it_is_open_when_a_plain_look_at_the_calendar_says_so(hours: OpeningHours, moment: int) -> None:
    assert is_open(hours, moment) is plainly_open(hours, moment)


@given(calendars(), MOMENTS)
def test_nothing_changes_before_the_next_change_and_something_does_then(hours: OpeningHours, moment: int) -> None:
    now, change = is_open(hours, moment), next_change(hours, moment)
    until = change if change is not None else moment + 21 * 86_400_000
    assert change is None or (change > moment and is_open(hours, change) is not now)
    step = max(1, (until - moment) // 50)
    assert all(is_open(hours, between) is now for between in range(moment, until, step))
