"""Settings over aggregates, one collection a kind."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from services.routing.adapters.settings_documents import from_document, to_document
from services.routing.adapters.settings_wire import messages_of
from services.routing.application.settings.ports import Change, Recorded, SettingT
from services.routing.domain.organisation import Setting
from switchyard.eventing.aggregates import Aggregates, StoredAggregate

TenantsOf = Callable[[type[Setting]], Awaitable[list[str]]]


class StoredSettings:
    """SettingsStore; `tenants_of` reads across tenants, which aggregates do not offer."""

    def __init__(self, aggregates: Mapping[type[Setting], Aggregates], tenants_of: TenantsOf) -> None:
        self._aggregates = aggregates
        self._tenants_of = tenants_of

    async def find(self, kind: type[SettingT], tenant: str, id: str) -> Recorded[SettingT] | None:  # noqa: A002
        stored = await self._aggregates[kind].find(tenant, id)
        return None if stored is None else _read(kind, stored)

    async def page(
        self,
        kind: type[SettingT],
        tenant: str,
        *,
        where: Mapping[str, str],
        limit: int,
        after: Sequence[Any] | None = None,
    ) -> list[Recorded[SettingT]]:
        conditions: dict[str, Any] = {f"body.{name}": value for name, value in where.items()}
        conditions["body.removed"] = False
        found = await self._aggregates[kind].page(tenant, conditions, limit=limit, cursor=after)
        return [_read(kind, stored) for stored in found]

    async def save(
        self, tenant: str, previous: Recorded[SettingT] | None, change: Change[SettingT]
    ) -> Recorded[SettingT]:
        kind = type(change.value)
        body = {**to_document(change.value), "revision": change.revision, "removed": change.removed}
        if previous is None:
            outgoing = messages_of(tenant, change, version=1)
            return _read(kind, await self._aggregates[kind].insert(tenant, change.value.id, body, outgoing))
        mark: StoredAggregate = previous.mark
        outgoing = messages_of(tenant, change, version=mark.version + 1)
        return _read(kind, await self._aggregates[kind].replace(mark, body, outgoing))

    async def tenants(self, kind: type[Setting]) -> list[str]:
        return await self._tenants_of(kind)


def _read(kind: type[SettingT], stored: StoredAggregate) -> Recorded[SettingT]:
    return Recorded(
        value=from_document(kind, stored.body),
        revision=stored.body["revision"],
        removed=stored.body["removed"],
        mark=stored,
    )
