"""The opening hours that a queue has from its business hours and its holidays."""

from services.routing.application.settings.ports import Ports
from services.routing.application.settings.reading import find_setting
from services.routing.domain.calendars import BusinessHours, HolidayDate, Holidays, dates_of, opening
from services.routing.domain.opening_hours import OpeningHours
from services.routing.domain.organisation import Queue

#: Public calendars are told from last year's, for a night shift of its last day, and so many years ahead. What comes
#: later is told in time, for settings are announced again every hour.
YEARS_AHEAD = 2


async def opening_of(ports: Ports, tenant: str, queue: Queue) -> OpeningHours | None:
    """Give a queue's hours, None where it is always open. Raises SettingNotFound, StoreUnavailable."""
    if queue.business_hours is None:
        return None
    hours = await find_setting(ports.store, BusinessHours, tenant, queue.business_hours)
    if queue.holidays is None:
        return opening(hours.value, ())
    holidays = await find_setting(ports.store, Holidays, tenant, queue.holidays)
    now = ports.clock().year
    return opening(hours.value, holiday_dates(ports, holidays.value, range(now - 1, now + YEARS_AHEAD + 1)))


def holiday_dates(ports: Ports, holidays: Holidays, years: range) -> tuple[HolidayDate, ...]:
    """Join a calendar's own dates with the public ones of some years, in their order."""
    if holidays.country is None:
        return dates_of(holidays, ())
    return dates_of(holidays, ports.public_holidays.days(holidays.country, holidays.subdivision, years))
