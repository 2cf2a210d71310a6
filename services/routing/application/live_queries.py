"""What only the engine that runs a pool can tell: who waits where, now."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.routing.application.live_pool import LivePool
from services.routing.application.ports import Clock, PoolKey
from services.routing.domain.accuracy import Accuracy, accuracy
from services.routing.domain.estimates import Place, expected_of_newcomer, places
from services.routing.domain.expecting import Expected
from services.routing.domain.stays import Parked


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRoom:
    """Who waits in a queue, next first, what the next would be told, and how good such estimates have been.

    `late_seconds` is how old the pool's commands were when the engine last got to some.
    """

    places: list[Place]
    newcomer: Expected | None
    accuracy: Accuracy
    late_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class LiveQueries:
    """Reads the pools between two turns of the loop, so each answer is of one instant."""

    pools: Mapping[PoolKey, LivePool]
    clock: Clock

    def waiting(self, tenant: str, queue_id: str) -> WaitingRoom | None:
        """List who waits in a queue, next first; None where no pool here has that queue."""
        for key, pool in self.pools.items():
            if key.tenant == tenant and queue_id in pool.state.queues:
                now = max(self.clock(), pool.state.now)
                forecast = pool.state.forecasts.get(queue_id)
                return WaitingRoom(
                    places=places(pool.state, queue_id, now),
                    newcomer=expected_of_newcomer(pool.state, queue_id, now),
                    accuracy=accuracy(*([] if forecast is None else [forecast])),
                    late_seconds=pool.late_seconds,
                )
        return None

    def contacts_in(self, key: PoolKey, queue_id: str) -> int | None:
        """Count who is in a queue and has nobody yet; None where the pool does not run here."""
        pool = self.pools.get(key)
        return None if pool is None else pool.state.contacts_in(queue_id)

    def parked(self, tenant: str, queue_id: str) -> list[Parked]:
        """List who is parked in a queue; nobody where no pool here has it."""
        pools = (pool for key, pool in self.pools.items() if key.tenant == tenant)
        return [stay for pool in pools for stay in pool.state.parked_in(queue_id)]
