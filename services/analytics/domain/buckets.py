"""The intervals that rows are asked for, in a time zone: 15, 30 and 60 minutes, days, weeks (from Monday), months."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Interval = Literal["PT15M", "PT30M", "PT1H", "P1D", "P1W", "P1M"]

#: Most rows of one dimension that a question may span: 31 days of quarters of an hour, a century of months.
LONGEST_RANGE: Mapping[Interval, timedelta] = {
    "PT15M": timedelta(days=31),
    "PT30M": timedelta(days=62),
    "PT1H": timedelta(days=124),
    "P1D": timedelta(days=1100),
    "P1W": timedelta(days=1100),
    "P1M": timedelta(days=3700),
}

_MINUTES: Mapping[Interval, int] = {"PT15M": 15, "PT30M": 30, "PT1H": 60}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def milliseconds(instant: datetime) -> int:
    """Cut an aware instant to whole epoch milliseconds."""
    return (instant - _EPOCH) // _MILLISECOND


def instant(epoch_milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=epoch_milliseconds)


def bucket_start(at: int, interval: Interval, zone: ZoneInfo) -> int:
    """Give the start of the bucket that an instant lies in.

    Parts of an hour follow the wall clock by its offset at that instant, so the hour repeated when summer time ends
    is two buckets; days, weeks and months begin at local midnight, so such a day has 25 hours.
    """
    local = instant(at).astimezone(zone)
    if (minutes := _MINUTES.get(interval)) is not None:
        offset = (local.utcoffset() or timedelta()) // _MILLISECOND
        return at - (at + offset) % (minutes * 60_000)
    day = {
        "P1D": local.date(),
        "P1W": local.date() - timedelta(days=local.weekday()),
        "P1M": local.date().replace(day=1),
    }[interval]
    return milliseconds(datetime.combine(day, time(), tzinfo=zone))


def bucket_end(start: int, interval: Interval, zone: ZoneInfo) -> int:
    """Give where the bucket that begins at `start` ends and the next begins."""
    if (minutes := _MINUTES.get(interval)) is not None:
        return start + minutes * 60_000
    beyond: Mapping[str, timedelta] = {"P1D": timedelta(days=1), "P1W": timedelta(days=7), "P1M": timedelta(days=32)}
    return bucket_start(milliseconds(instant(start) + beyond[interval] + timedelta(hours=4)), interval, zone)


def buckets(start: int, end: int, interval: Interval, zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    """Give (start, end) of every bucket that the span touches, whole ones."""
    begin = bucket_start(start, interval, zone)
    while begin < end:
        close = bucket_end(begin, interval, zone)
        yield begin, close
        begin = close
