"""A tenant's survey settings: the one for all queues, which exists without set-up, and those of single queues."""

from collections.abc import Sequence

from services.notify.application.ports import Recorded, SurveySettings
from services.notify.domain.errors import SurveyExists, SurveyNotFound, TooManySurveys, VersionStale
from services.notify.domain.survey_setting import ALL_QUEUES, BUILT_IN_SETTING, MOST_SURVEYS, SurveySetting
from switchyard.eventing.aggregates import AggregateExists

#: The built-in setting that the tenant never changed.
UNCHANGED = 0


async def find_setting(settings: SurveySettings, tenant: str, id: str) -> Recorded[SurveySetting]:  # noqa: A002
    """Raises SurveyNotFound."""
    stored = await settings.find(tenant, id)
    if stored is not None:
        return stored
    if id == ALL_QUEUES:
        return Recorded(value=BUILT_IN_SETTING, version=UNCHANGED)
    raise SurveyNotFound(id)


async def list_settings(settings: SurveySettings, tenant: str) -> Sequence[Recorded[SurveySetting]]:
    """Return the setting for all queues first, then the others by queue."""
    stored = {recorded.value.id: recorded for recorded in await settings.all(tenant)}
    first = stored.pop(ALL_QUEUES, Recorded(value=BUILT_IN_SETTING, version=UNCHANGED))
    return [first, *(stored[id_] for id_ in sorted(stored))]


async def add_setting(settings: SurveySettings, tenant: str, setting: SurveySetting) -> Recorded[SurveySetting]:
    """Raises SurveyExists, TooManySurveys."""
    if len(await settings.all(tenant)) >= MOST_SURVEYS:
        raise TooManySurveys(MOST_SURVEYS)
    try:
        return await settings.add(tenant, setting)
    except AggregateExists as error:
        raise SurveyExists(setting.id) from error


async def put_setting(
    settings: SurveySettings, tenant: str, wanted: SurveySetting, expected: int | None
) -> tuple[Recorded[SurveySetting], bool]:
    """Make the setting be so; says whether it is new. Raises VersionStale, SurveyNotFound, TooManySurveys."""
    try:
        current = await find_setting(settings, tenant, wanted.id)
    except SurveyNotFound:
        if expected is not None:
            raise
        return await add_setting(settings, tenant, wanted), True
    if expected is not None and expected != current.version:
        raise VersionStale(current.version)
    if current.value == wanted:
        return current, False
    if current.version == UNCHANGED:
        return await settings.add(tenant, wanted), False
    return await settings.save(tenant, current, wanted), False
