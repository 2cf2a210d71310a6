"""Making, changing and removing entry points; an address belongs to at most one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.gateway.application.entry_points import EntryPoints, Queues
from services.gateway.application.ports import Cause, Conflict, EntryPointStore, Exists, Stored
from services.gateway.domain import entry_point as entry_points
from services.gateway.domain.entry_point import EntryPoint, Flow, place_of
from services.gateway.domain.errors import Invalid, NotThere, StateConflict


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPointSettings:
    channel: str
    address: str
    queue_id: str
    greeting: str
    name: str


class StaleVersion(Exception):
    """The entry point is at another version than the client insists on."""

    def __init__(self, current: int) -> None:
        super().__init__(f"version {current}")
        self.current = current


class ConfigureEntryPoint:
    def __init__(
        self, *, store: EntryPointStore, entry_points: EntryPoints, queues: Queues, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._entry_points = entry_points
        self._queues = queues
        self._clock = clock

    async def make(self, tenant: str, id: str, settings: EntryPointSettings) -> Stored[EntryPoint]:  # noqa: A002
        """Raises StateConflict (entry-point-exists, address-taken), Invalid (queue-unknown)."""
        before = await self._store.find(tenant, id, fresh=True)
        if before is not None and not before.thing.removed:
            raise StateConflict("entry-point-exists", f"There is an entry point {id} already.")
        return (await self.put(tenant, id, settings, version=None))[0]

    async def put(
        self,
        tenant: str,
        id: str,  # noqa: A002
        settings: EntryPointSettings,
        *,
        version: int | None,
    ) -> tuple[Stored[EntryPoint], bool]:
        """Make or replace; tells whether it was made. Raises as `make`, and StaleVersion."""
        await self._check_queue(tenant, settings.queue_id)
        await self._check_address(tenant, id, settings)
        before = await self._store.find(tenant, id, fresh=True)
        _check_version(before, version)
        after = _configured(before, tenant, id, settings, self._clock())
        stored = await self._written(before, after)
        self._entry_points.forget(tenant, after.place, before.thing.place if before else None)
        return stored, before is None or before.thing.removed

    async def remove(self, tenant: str, id: str, *, version: int | None) -> None:  # noqa: A002
        """Raises NotThere, StaleVersion."""
        before = await self._store.find(tenant, id, fresh=True)
        if before is None or before.thing.removed:
            raise NotThere("entry-point-unknown", f"There is no entry point {id}.")
        _check_version(before, version)
        await self._written(before, entry_points.remove(before.thing))
        self._entry_points.forget(tenant, before.thing.place)

    async def _written(self, before: Stored[EntryPoint] | None, after: EntryPoint) -> Stored[EntryPoint]:
        cause = Cause(id=after.id, at=self._clock())
        if before is not None and before.thing == after:
            return before
        try:
            if before is None:
                return await self._store.add(after, (), cause)
            return await self._store.change(before, after, (), cause)
        except (Exists, Conflict) as error:
            raise StateConflict("entry-point-changed", "Somebody else changes this entry point now.") from error

    async def _check_queue(self, tenant: str, queue_id: str) -> None:
        if await self._queues.find_pool_of(tenant, queue_id) is None:
            raise Invalid("queue-unknown", f"There is no queue {queue_id}.", pointer="/queue")

    async def _check_address(self, tenant: str, id: str, settings: EntryPointSettings) -> None:  # noqa: A002
        place = place_of(settings.channel, settings.address)
        taken = await self._store.at(tenant, place)
        if taken is not None and taken.thing.id != id:
            raise StateConflict(
                "address-taken", f"{settings.address} is entry point {taken.thing.id}.", pointer="/address"
            )
        if settings.channel == "chat":
            other = await self._store.of_site_key(place)
            if other is not None and (other.tenant, other.id) != (tenant, id):
                raise StateConflict("address-taken", "This site key is taken.", pointer="/address")


def _check_version(before: Stored[EntryPoint] | None, version: int | None) -> None:
    if version is not None and (before is None or before.version != version):
        raise StaleVersion(before.version if before else 0)


def _configured(
    before: Stored[EntryPoint] | None,
    tenant: str,
    id: str,  # noqa: A002
    settings: EntryPointSettings,
    at: datetime,
) -> EntryPoint:
    if before is None:
        return EntryPoint(
            tenant=tenant,
            id=id,
            channel=settings.channel,
            address=settings.address,
            name=settings.name or id,
            flow=Flow(version=1, greeting=settings.greeting, queue_id=settings.queue_id, made_at=at),
            place=place_of(settings.channel, settings.address),
        )
    if before.thing.channel != settings.channel:
        raise Invalid("channel-fixed", "An entry point keeps its channel.", pointer="/channel")
    return entry_points.configure(
        before.thing,
        address=settings.address,
        name=settings.name or id,
        greeting=settings.greeting,
        queue_id=settings.queue_id,
        at=at,
    )
