"""What business hours, holidays and a queue's hours must not say."""

from services.routing.application.settings.errors import (
    CountryUnknown,
    DateRepeated,
    HolidaysWithoutHours,
    HoursOverlap,
)
from services.routing.application.settings.ports import Ports
from services.routing.domain.calendars import (
    BusinessHours,
    Holidays,
    overlapping_spans,
    overlapping_weekly,
    repeated_dates,
)
from services.routing.domain.organisation import Queue, Setting


def check_calendar(ports: Ports, wanted: Setting) -> None:
    """Raises SettingError where a calendar contradicts itself or names a country that nobody knows."""
    match wanted:
        case BusinessHours():
            _refuse_overlaps([f"/weekly/{place}" for place in overlapping_weekly(wanted.weekly)])
        case Holidays():
            _check_holidays(ports, wanted)
        case Queue(business_hours=None, holidays=str()):
            raise HolidaysWithoutHours("A queue without business hours is always open.", ("/holidays",))
        case _:
            return


def _check_holidays(ports: Ports, wanted: Holidays) -> None:
    repeated = [f"/dates/{place}/date" for place in repeated_dates(wanted.dates)]
    if repeated:
        raise DateRepeated("Each date comes once.", repeated)
    _refuse_overlaps(
        [
            f"/dates/{number}/intervals/{place}"
            for number, each in enumerate(wanted.dates)
            for place in overlapping_spans(each.day.spans)
        ]
    )
    unknown = ports.public_holidays.unknown(wanted.country, wanted.subdivision)
    if unknown is not None:
        raise CountryUnknown("No public holidays are known there; leave it out and give the dates.", (unknown,))


def _refuse_overlaps(pointers: list[str]) -> None:
    if pointers:
        raise HoursOverlap("Two intervals overlap; one that ends after midnight counts on the next day too.", pointers)
