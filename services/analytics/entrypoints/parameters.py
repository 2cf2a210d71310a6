"""Query parameters of figures: times, intervals and zones, refused with the parameter at fault."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from fastapi import Query

from services.analytics.application.statistics import Question
from services.analytics.domain.buckets import LONGEST_RANGE, Interval, bucket_start, buckets, milliseconds
from services.analytics.domain.increments import Kind
from switchyard.service.problems import FieldError, Problem

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)

From = Annotated[str | None, Query(alias="from", description="RFC 3339 time or a date; default: today's midnight")]
To = Annotated[str | None, Query(description="RFC 3339 time or a date, exclusive; default: now")]
IntervalParameter = Annotated[Interval, Query(description="Length of a row")]
ZoneParameter = Annotated[str, Query(alias="time_zone", description="IANA name; days begin at its midnight")]
Filter = Annotated[str | None, Query(min_length=1, max_length=64)]


def zone_of(name: str) -> ZoneInfo:
    """Raises Problem 422."""
    if name not in available_timezones():
        raise _refused("time_zone", f"{name!r} is no IANA time zone.")
    return ZoneInfo(name)


def question(
    tenant: str, kind: Kind, *, begin: str | None, end: str | None, interval: Interval, time_zone: str, now: datetime
) -> Question:
    """Read a range, widened to whole buckets. Raises Problem 422."""
    zone = zone_of(time_zone)
    start = _instant("from", begin, zone, lambda: datetime.combine(now.astimezone(zone).date(), time(), tzinfo=zone))
    stop = _instant("to", end, zone, lambda: now)
    if stop <= start:
        raise _refused("to", "The range ends before it begins.")
    if stop - start > LONGEST_RANGE[interval] + timedelta(days=1):
        raise _refused("from", f"At most {LONGEST_RANGE[interval].days} days may be asked for at {interval}.")
    first = bucket_start(milliseconds(start), interval, zone)
    *_, (_, last) = buckets(first, milliseconds(stop), interval, zone)
    return Question(tenant=tenant, kind=kind, start=first, end=last, interval=interval, zone=zone)


def _instant(name: str, text: str | None, zone: ZoneInfo, default: Callable[[], datetime]) -> datetime:
    if text is None:
        return default()
    try:
        # A plus sign that was not escaped arrives as a space.
        instant = _parsed(text.strip().replace(" ", "+"), zone)
        outside = not _EARLIEST <= instant <= _LATEST
    except (ValueError, OverflowError):
        raise _refused(name, f"{text!r} is neither an RFC 3339 time nor a date.") from None
    if outside:
        raise _refused(name, "Only years from 2000 to 2199 are counted.")
    return instant


def _parsed(text: str, zone: ZoneInfo) -> datetime:
    if len(text) == len("2026-11-22"):
        return datetime.combine(date.fromisoformat(text), time(), tzinfo=zone)
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=zone)


def _refused(parameter: str, detail: str) -> Problem:
    return Problem(422, "invalid-request", detail, errors=(FieldError(f"?{parameter}", detail),))
