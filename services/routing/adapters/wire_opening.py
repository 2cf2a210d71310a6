"""Opening hours on the command log; the engine meets none that it could not ask a calendar for."""

from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.routing.application.ports import NotACommand
from services.routing.domain.opening_hours import (
    DAY_MINUTES,
    MONDAY,
    SUNDAY,
    OpeningHours,
    Span,
    SpecialDay,
    WeeklySpan,
)
from switchyard.internal.routing.v1 import opening_hours_pb2 as wire


def opening_to_wire(hours: OpeningHours) -> wire.OpeningHours:
    return wire.OpeningHours(
        time_zone=hours.time_zone,
        weekly=[wire.WeeklySpan(days=each.days, span=_span_to_wire(each.span)) for each in hours.weekly],
        special=[
            wire.SpecialDay(
                date=day.date, spans=[_span_to_wire(span) for span in day.spans], like_weekday=day.like_weekday
            )
            for day in hours.special
        ],
    )


def opening_of_wire(message: wire.OpeningHours) -> OpeningHours:
    """Raises NotACommand."""
    special = (
        SpecialDay(
            date=_date(day.date),
            spans=tuple(_span(span) for span in day.spans),
            like_weekday=_weekday(day.like_weekday) if day.like_weekday else 0,
        )
        for day in message.special
    )
    weekly = (
        WeeklySpan(days=tuple(_weekday(day) for day in each.days), span=_span(each.span)) for each in message.weekly
    )
    by_date = {day.date: day for day in special}
    return OpeningHours(
        time_zone=_zone(message.time_zone),
        weekly=tuple(weekly),
        special=tuple(by_date[day] for day in sorted(by_date)),
    )


def _span_to_wire(span: Span) -> wire.Span:
    return wire.Span(opens=span.opens, closes=span.closes)


def _span(message: wire.Span) -> Span:
    if not 0 <= message.opens < min(message.closes, DAY_MINUTES) or message.closes > 2 * DAY_MINUTES:
        raise NotACommand(f"{message.opens} to {message.closes} is no interval of a day")
    return Span(opens=message.opens, closes=message.closes)


def _weekday(day: int) -> int:
    if not MONDAY <= day <= SUNDAY:
        raise NotACommand(f"{day} is no weekday")
    return day


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise NotACommand(f"{text!r} is no date") from error


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise NotACommand(f"{name!r} is no time zone") from error
