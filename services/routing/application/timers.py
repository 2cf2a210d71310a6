"""Firing what is due; a timer that breaks costs its contact the queue, not the pool its timers."""

from collections.abc import Awaitable, Callable, Mapping

import structlog

from services.routing.application.horizon import Horizon
from services.routing.application.live_pool import Draft, LivePool
from services.routing.application.ports import Clock, PoolKey
from services.routing.application.recording import Recording
from services.routing.domain.engine import TimerBroke
from services.routing.domain.moments import Moment

log = structlog.get_logger(__name__)

#: Reads a pool of a partition from the journal anew.
Claim = Callable[[PoolKey, int], Awaitable[LivePool]]


class Timers:
    def __init__(
        self,
        *,
        pools: Mapping[PoolKey, LivePool],
        claim: Claim,
        recording: Recording,
        horizon: Horizon,
        clock: Clock,
    ) -> None:
        self._pools = pools
        self._claim = claim
        self._recording = recording
        self._horizon = horizon
        self._clock = clock

    async def fire(self) -> None:
        """Fire due timers, as far as everything sent before them has been read. Raises Stopping."""
        now = self._clock()
        due = [pool for pool in self._pools.values() if (at := pool.due()) is not None and at <= now]
        if not due or now < self._horizon.rest_until:
            return
        through = await self._horizon.through({pool.partition for pool in due}, now)
        if through is None:
            return
        drafts = {pool.key: await self._fired(pool, now, through) for pool in due}
        for key in sorted(await self._recording.conclude(drafts)):
            await self._claim(key, self._pools[key].partition)

    async def _fired(self, pool: LivePool, now: Moment, through: Moment) -> Draft:
        """Fire a pool's timers; where one breaks, read the pool again and park its contact instead."""
        draft = pool.begin(now)
        try:
            pool.timers(draft, through)
        except TimerBroke as error:
            log.exception("timer-failed", pool=str(pool.key))
            return await self._parked(pool, now, error)
        return draft

    async def _parked(self, pool: LivePool, now: Moment, broke: TimerBroke) -> Draft:
        fresh = await self._claim(pool.key, pool.partition)
        draft = fresh.begin(now)
        try:
            fresh.park(draft, broke)
        except TimerBroke:
            log.exception("parking-failed", pool=str(pool.key))
            fresh = await self._claim(pool.key, pool.partition)
            draft = fresh.begin(now)
            fresh.rest()
        return draft
