"""An emergency as a supervisor declares it for a tenant, and what it is in each pool."""

from dataclasses import dataclass, replace

from services.routing.domain.emergency import STAY, Emergency
from services.routing.domain.queue_steps import WayOut
from services.routing.domain.setting import Setting

#: There is one a tenant.
THE_EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolWay:
    """A pool that the emergency holds in, and its own way out where it has one."""

    pool: str
    then: WayOut | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredEmergency(Setting):
    """`message` is told where a way out has no announcement of its own; no `pools` stands for all."""

    on: bool = False
    message: str = ""
    then: WayOut | None = None
    pools: tuple[PoolWay, ...] = ()
    waiting: str = STAY
    extra_sites: tuple[str, ...] = ()
    extra_queues: tuple[str, ...] = ()
    closed_sites: tuple[str, ...] = ()

    def ways(self) -> tuple[tuple[str, WayOut], ...]:
        """Give every way out with the JSON pointer to it."""
        own = ((f"/pools/{each.pool}", each.then) for each in self.pools)
        return tuple((pointer, way) for pointer, way in (("/then", self.then), *own) if way is not None)

    def in_pool(self, pool: str) -> Emergency | None:
        """Give what holds in a pool; None where nothing does."""
        concerned = {each.pool: each.then for each in self.pools} if self.pools else {pool: None}
        if not self.on or pool not in concerned:
            return None
        return Emergency(
            then=self._told(concerned[pool] or self.then),
            waiting=self.waiting,
            extra_sites=self.extra_sites,
            extra_queues=self.extra_queues,
            closed_sites=self.closed_sites,
        )

    def _told(self, way: WayOut | None) -> WayOut | None:
        return way if way is None or way.announcement else replace(way, announcement=self.message)
