"""The opening hours that a queue has from its business hours and its holidays."""

from services.routing.application.settings.errors import SettingNotFound
from services.routing.application.settings.ports import Ports, SettingT
from services.routing.application.settings.reading import find_setting
from services.routing.domain.calendars import BusinessHours, HolidayDate, Holidays, dates_of, opening
from services.routing.domain.opening_hours import OpeningHours
from services.routing.domain.organisation import Queue
from services.routing.domain.organisation_rules import QueueHours

#: Public calendars are told from last year's, for a night shift of its last day, and so many years ahead. What comes
#: later is told in time, for settings are announced again every hour.
YEARS_AHEAD = 2


async def hours_of(ports: Ports, tenant: str, queue: Queue) -> QueueHours:
    """Give when a queue lets contacts in, and when it calls customers back. Raises StoreUnavailable."""
    return QueueHours(
        opening=await opening_of(ports, tenant, queue.business_hours, queue.holidays),
        calling=await opening_of(ports, tenant, queue.callbacks.business_hours, queue.holidays),
    )


async def opening_of(
    ports: Ports, tenant: str, business_hours: str | None, holidays_id: str | None
) -> OpeningHours | None:
    """Give the hours of a calendar with those of its holidays, None for always. Raises StoreUnavailable.

    A calendar that was removed in the moment in which the queue came to name it says nothing.
    """
    hours = await _named(ports, BusinessHours, tenant, business_hours)
    if hours is None:
        return None
    holidays = await _named(ports, Holidays, tenant, holidays_id)
    if holidays is None:
        return opening(hours, ())
    now = ports.clock().year
    return opening(hours, holiday_dates(ports, holidays, range(now - 1, now + YEARS_AHEAD + 1)))


async def _named(ports: Ports, kind: type[SettingT], tenant: str, id: str | None) -> SettingT | None:  # noqa: A002
    if id is None:
        return None
    try:
        return (await find_setting(ports.store, kind, tenant, id)).value
    except SettingNotFound:
        return None


def holiday_dates(ports: Ports, holidays: Holidays, years: range) -> tuple[HolidayDate, ...]:
    """Join a calendar's own dates with the public ones of some years, in their order."""
    if holidays.country is None:
        return dates_of(holidays, ())
    return dates_of(holidays, ports.public_holidays.days(holidays.country, holidays.subdivision, years))
