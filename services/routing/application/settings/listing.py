"""Lists of settings; the default floor rules stand among them, for they hold without being made."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from services.routing.application.settings.ports import Recorded, SettingsStore, SettingT
from services.routing.domain.organisation import BUILT_IN, ConfiguredFloorRule


async def list_settings(
    store: SettingsStore,
    kind: type[SettingT],
    tenant: str,
    *,
    where: Mapping[str, str],
    limit: int,
    after: Sequence[Any] | None = None,
) -> list[Recorded[SettingT]]:
    """List by id, as the store does. Raises StoreUnavailable."""
    found = await store.page(kind, tenant, where=where, limit=limit, after=after)
    if kind is not ConfiguredFloorRule:
        return found
    given = [
        Recorded(value=cast("SettingT", rule), revision=0)
        for rule in BUILT_IN
        if isinstance(rule, ConfiguredFloorRule) and _is_wanted(rule, where, after)
    ]
    unmade = [rule for rule in given if not await _is_made(store, kind, tenant, rule.value.id)]
    return sorted([*found, *unmade], key=lambda each: each.value.id)[:limit]


def _is_wanted(rule: ConfiguredFloorRule, where: Mapping[str, str], after: Sequence[Any] | None) -> bool:
    """The default rules hold for everybody, so no site and no team finds them."""
    return set(where) <= {"type"} and where.get("type") in {None, rule.rule.kind} and (not after or rule.id > after[0])


async def _is_made(store: SettingsStore, kind: type[SettingT], tenant: str, id: str) -> bool:  # noqa: A002
    found = await store.find(kind, tenant, id)
    return found is not None and not found.removed
