"""What is said to contacts that leave a queue, and where an emergency may send them: never out of their pool."""

from services.routing.application.settings.emergency_effects import pools_of
from services.routing.application.settings.errors import (
    AnnouncementMissing,
    CrossesPools,
    EmergencyUnclear,
)
from services.routing.application.settings.ports import SettingsStore
from services.routing.domain.declared_emergency import DeclaredEmergency
from services.routing.domain.emergency import LEAVE
from services.routing.domain.organisation import Queue, Setting
from services.routing.domain.queue_steps import MESSAGE


async def check_ways_out(store: SettingsStore, tenant: str, wanted: Setting) -> None:
    """Raises SettingError, StoreUnavailable; what the setting names is there."""
    match wanted:
        case Queue():
            _check_words(wanted)
        case DeclaredEmergency():
            _check_sense(wanted)
            await _check_pools(store, tenant, wanted)
        case _:
            return


def _check_words(queue: Queue) -> None:
    way = queue.when_closed
    if way is not None and way.last_step == MESSAGE and not way.announcement:
        raise AnnouncementMissing("A message needs words.", ("/when_closed/announcement",))


def _check_sense(wanted: DeclaredEmergency) -> None:
    ways = wanted.ways()
    if wanted.message and not ways:
        raise EmergencyUnclear("A message is told to who takes a way out; name one.", ("/then",))
    if wanted.waiting == LEAVE and not ways:
        raise EmergencyUnclear("Who waits can leave only by a way out; name one.", ("/waiting",))
    silent = [pointer for pointer, way in ways if way.last_step == MESSAGE and not (way.announcement or wanted.message)]
    if silent:
        raise AnnouncementMissing("A message needs words.", [f"{pointer}/announcement" for pointer in silent])
    both = [f"/sites_closed/{place}" for place, site in enumerate(wanted.closed_sites) if site in wanted.extra_sites]
    if both:
        raise EmergencyUnclear("A site that is closed cannot send extra staff.", both)


async def _check_pools(store: SettingsStore, tenant: str, wanted: DeclaredEmergency) -> None:
    own = {each.pool: each.then for each in wanted.pools}
    concerned = tuple(own) or await pools_of(store, tenant)
    crossing = set()
    for pool in concerned:
        pointer, way = (f"/pools/{pool}", own[pool]) if own.get(pool) else ("/then", wanted.then)
        if way is None or not way.to_queue:
            continue
        found = await store.find(Queue, tenant, way.to_queue)
        if found is not None and found.value.pool != pool:
            crossing.add(f"{pointer}/to_queue")
    if crossing:
        raise CrossesPools("A contact stays in its pool; give each pool a queue of its own.", sorted(crossing))
