"""Business hours and holidays as documents, and back; times as the clock shows them: from 22:00 to 06:00."""

from collections.abc import Mapping
from typing import Any

from services.routing.domain.calendars import BusinessHours, HolidayDate, Holidays
from services.routing.domain.opening_hours import DAY_MINUTES, Span, SpecialDay, WeeklySpan

Document = dict[str, Any]


def hours_document(hours: BusinessHours) -> Document:
    weekly = [{"days": list(each.days), **span_document(each.span)} for each in hours.weekly]
    return {"id": hours.id, "name": hours.name, "time_zone": hours.time_zone, "weekly": weekly}


def holidays_document(holidays: Holidays) -> Document:
    return {
        "id": holidays.id,
        "name": holidays.name,
        "dates": [date_document(each) for each in holidays.dates],
        "country": holidays.country,
        "subdivision": holidays.subdivision,
        "make_up_like": holidays.make_up_like,
    }


def date_document(each: HolidayDate) -> Document:
    day = each.day
    return {
        "date": day.date,
        "name": each.name,
        "closed": not day.spans and not day.like_weekday,
        "intervals": [span_document(span) for span in day.spans],
        "like_weekday": day.like_weekday or None,
    }


def span_document(span: Span) -> Document:
    """A span that ends at midnight is said to end at 24:00, one that ends later names the next day's time."""
    closes = span.closes if span.closes <= DAY_MINUTES else span.closes - DAY_MINUTES
    return {"from": _clock(span.opens), "to": _clock(closes)}


def read_hours(document: Mapping[str, Any]) -> BusinessHours:
    weekly = (WeeklySpan(days=tuple(sorted(each["days"])), span=read_span(each)) for each in document["weekly"])
    return BusinessHours(
        id=document["id"], name=document["name"], time_zone=document["time_zone"], weekly=tuple(weekly)
    )


def read_holidays(document: Mapping[str, Any]) -> Holidays:
    return Holidays(
        id=document["id"],
        name=document["name"],
        dates=tuple(_read_date(each) for each in document["dates"]),
        country=document["country"],
        subdivision=document["subdivision"],
        make_up_like=document["make_up_like"],
    )


def read_span(document: Mapping[str, Any]) -> Span:
    opens, closes = _minutes(document["from"]), _minutes(document["to"])
    return Span(opens=opens, closes=closes if closes > opens else closes + DAY_MINUTES)


def _read_date(document: Mapping[str, Any]) -> HolidayDate:
    day = SpecialDay(
        date=document["date"],
        spans=tuple(read_span(each) for each in document["intervals"]),
        like_weekday=document["like_weekday"] or 0,
    )
    return HolidayDate(day=day, name=document["name"])


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)
