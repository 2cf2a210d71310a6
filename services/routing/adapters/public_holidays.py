"""Public holidays of the library `holidays`: some 200 countries, and China's working weekend days (补班)."""

from functools import lru_cache

import holidays

from services.routing.domain.calendars import PublicDay


class LibraryHolidays:
    """PublicHolidays; names are in the country's own language."""

    def unknown(self, country: str | None, subdivision: str | None) -> str | None:
        if country is None:
            return None if subdivision is None else "/subdivision"
        known = _countries().get(country)
        if known is None:
            return "/country"
        return None if subdivision is None or subdivision in known else "/subdivision"

    def days(self, country: str, subdivision: str | None, years: range) -> tuple[PublicDay, ...]:
        return _days(country, subdivision, years)


@lru_cache(maxsize=1)
def _countries() -> dict[str, list[str]]:
    return holidays.list_supported_countries(include_aliases=False)


@lru_cache(maxsize=500)
def _days(country: str, subdivision: str | None, years: range) -> tuple[PublicDay, ...]:
    # Without a language it would be that of the process's environment.
    language = getattr(holidays.country_holidays(country), "default_language", None)
    found = holidays.country_holidays(country, subdiv=subdivision, years=years, language=language, expand=False)
    closed = (PublicDay(date=day.isoformat(), name=name) for day, name in found.items() if day.year in years)
    worked = (
        PublicDay(date=day.isoformat(), name="补班" if country == "CN" else "Working day", worked=True)
        for day in getattr(found, "weekend_workdays", ())
        if day.year in years
    )
    return tuple(sorted((*closed, *worked), key=lambda day: day.date))
