"""What only the engine that runs a pool can tell: who waits where, now."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.routing.application.live_pool import LivePool
from services.routing.application.ports import Clock, PoolKey
from services.routing.domain.estimates import Place, places
from services.routing.domain.stays import Parked


@dataclass(frozen=True, slots=True)
class LiveQueries:
    """Reads the pools between two turns of the loop, so each answer is of one instant."""

    pools: Mapping[PoolKey, LivePool]
    clock: Clock

    def waiting(self, tenant: str, queue_id: str) -> list[Place] | None:
        """List who waits in a queue, next first; None where no pool here has that queue."""
        for key, pool in self.pools.items():
            if key.tenant == tenant and queue_id in pool.state.queues:
                return places(pool.state, queue_id, max(self.clock(), pool.state.now))
        return None

    def parked(self, tenant: str, queue_id: str) -> list[Parked]:
        """List who is parked in a queue; nobody where no pool here has it."""
        pools = (pool for key, pool in self.pools.items() if key.tenant == tenant)
        return [stay for pool in pools for stay in pool.state.parked_in(queue_id)]
