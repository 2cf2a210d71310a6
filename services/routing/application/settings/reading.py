"""Finding settings, those included that exist without being made."""

from collections.abc import AsyncIterator, Mapping
from typing import Final, cast

from services.routing.application.settings.errors import SettingNotFound
from services.routing.application.settings.ports import Recorded, SettingsStore, SettingT
from services.routing.domain.organisation import KINDS, ConfiguredAgent, RoutingProfile, Team, built_in
from services.routing.domain.organisation_rules import Placement

_PAGE: Final = 200
_NO_CONDITION: Final[Mapping[str, str]] = {}


async def find_setting(store: SettingsStore, kind: type[SettingT], tenant: str, id: str) -> Recorded[SettingT]:  # noqa: A002
    """Raises SettingNotFound, StoreUnavailable."""
    found = await store.find(kind, tenant, id)
    if found is not None and not found.removed:
        return found
    given = built_in(kind, id)
    if given is not None:
        return Recorded(value=cast("SettingT", given), revision=0)
    raise SettingNotFound(f"There is no {KINDS[kind].removesuffix('s')} {id!r}.")


async def has_setting(store: SettingsStore, kind: type[SettingT], tenant: str, id: str) -> bool:  # noqa: A002
    """Raises StoreUnavailable."""
    try:
        await find_setting(store, kind, tenant, id)
    except SettingNotFound:
        return False
    return True


async def every(
    store: SettingsStore, kind: type[SettingT], tenant: str, where: Mapping[str, str] = _NO_CONDITION
) -> AsyncIterator[Recorded[SettingT]]:
    """Walk all pages. Raises StoreUnavailable."""
    after: list[str] | None = None
    while True:
        page = await store.page(kind, tenant, where=where, limit=_PAGE, after=after)
        for found in page:
            yield found
        if len(page) < _PAGE:
            return
        after = [page[-1].value.id]


async def placement_of(store: SettingsStore, tenant: str, agent: ConfiguredAgent) -> Placement:
    """What the agent has from team and profile. Raises SettingNotFound, StoreUnavailable."""
    profile = await find_setting(store, RoutingProfile, tenant, agent.routing_profile)
    team = await find_setting(store, Team, tenant, agent.team) if agent.team else None
    return Placement(site=(team.value.site or "") if team else "", profile=profile.value)
