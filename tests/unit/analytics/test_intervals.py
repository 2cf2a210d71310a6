"""Splitting time at interval borders, and buckets in time zones."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analytics.domain.buckets import Interval, bucket_start, buckets, instant, milliseconds
from services.analytics.domain.intervals import INTERVAL, ImplausibleSpan, interval_of, split

INSTANTS = st.integers(min_value=1_600_000_000_000, max_value=1_900_000_000_000)
SPANS = st.integers(min_value=0, max_value=40 * INTERVAL)
ZONES = st.sampled_from(["UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Asia/Beirut"])
INTERVALS: st.SearchStrategy[Interval] = st.sampled_from(["PT15M", "PT30M", "PT1H", "P1D", "P1W", "P1M"])


@given(start=INSTANTS, span=SPANS)
def test_the_parts_of_a_span_sum_to_the_whole(start: int, span: int) -> None:
    parts = list(split(start, start + span))

    assert sum(amount for _, amount in parts) == span
    assert all(0 < amount <= INTERVAL for _, amount in parts)


@given(start=INSTANTS, first=SPANS, second=SPANS)
def test_cutting_a_span_in_two_changes_no_interval(start: int, first: int, second: int) -> None:
    whole = dict(split(start, start + first + second))
    halves: dict[int, int] = {}
    for interval, amount in [*split(start, start + first), *split(start + first, start + first + second)]:
        halves[interval] = halves.get(interval, 0) + amount

    assert halves == whole


def test_a_border_belongs_to_the_interval_it_begins() -> None:
    border = 1_700_000_000_000 - 1_700_000_000_000 % INTERVAL

    assert interval_of(border) == border
    assert interval_of(border - 1) == border - INTERVAL
    assert list(split(border - 10, border)) == [(border - INTERVAL, 10)]


def test_a_span_that_ends_before_it_starts_is_empty() -> None:
    assert list(split(1_000, 999)) == []


def test_a_span_of_decades_is_refused_rather_than_split_a_million_times() -> None:
    with pytest.raises(ImplausibleSpan):
        list(split(0, 1_700_000_000_000))


@given(at=INSTANTS, interval=INTERVALS, zone=ZONES)
def test_every_instant_lies_in_exactly_one_bucket(at: int, interval: Interval, zone: str) -> None:
    [(start, end)] = buckets(at, at + 1, interval, ZoneInfo(zone))

    assert start <= at < end
    assert bucket_start(start, interval, ZoneInfo(zone)) == start
    assert bucket_start(end - 1, interval, ZoneInfo(zone)) == start
    assert bucket_start(end, interval, ZoneInfo(zone)) == end


@given(at=INSTANTS, interval=INTERVALS, zone=ZONES)
def test_buckets_are_made_of_whole_base_intervals(at: int, interval: Interval, zone: str) -> None:
    [(start, end)] = buckets(at, at + 1, interval, ZoneInfo(zone))

    assert start % INTERVAL == 0
    assert end % INTERVAL == 0


def test_a_day_that_ends_summer_time_has_25_hours() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start = milliseconds(datetime(2026, 10, 24, 22, tzinfo=UTC))

    assert list(buckets(start, start + 1, "P1D", berlin)) == [(start, start + 25 * 3_600_000)]
    assert len(list(buckets(start, start + 25 * 3_600_000, "PT1H", berlin))) == 25


def test_weeks_begin_on_monday_and_months_on_the_first_by_the_wall_clock() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    sunday_evening_utc = milliseconds(datetime(2026, 11, 22, 17, tzinfo=UTC))

    assert instant(bucket_start(sunday_evening_utc, "P1W", shanghai)) == datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert instant(bucket_start(sunday_evening_utc, "P1M", shanghai)) == datetime(2026, 10, 31, 16, tzinfo=UTC)
