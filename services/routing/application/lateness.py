"""How late the loop gets to a pool's commands: told before the pool drowns, and told again when it has caught up."""

from collections.abc import Collection, Sequence

import structlog

from services.routing.application.live_pool import LivePool
from services.routing.application.measures import Measures
from services.routing.application.ports import LoggedCommand
from services.routing.domain.moments import Moment, seconds_between

log = structlog.get_logger(__name__)

#: A pool this late answers no request in time any more: 202 instead of what was done.
BEHIND_SECONDS = 5.0
#: It has caught up when it is this late, so that it is not told of again and again around one bound.
CAUGHT_UP_SECONDS = BEHIND_SECONDS / 2


class Lateness:
    def __init__(self, measures: Measures) -> None:
        self._measures = measures

    def reached(self, pool: LivePool, logged: Sequence[LoggedCommand], now: Moment) -> None:
        """Note when the newest command of a batch was sent: where even that is old, all that follow are."""
        sent = [item.command.issued_at for item in logged if not pool.covers(item.received.place)]
        if sent:
            seconds = seconds_between(max(sent), now)
            self._measures.reached(seconds)
            self._note(pool, seconds)

    def idle(self, pools: Collection[LivePool]) -> None:
        """Note that nothing is left to be read."""
        for pool in pools:
            self._note(pool, 0.0)

    def _note(self, pool: LivePool, seconds: float) -> None:
        pool.late_seconds = seconds
        if not pool.is_behind and seconds > BEHIND_SECONDS:
            pool.is_behind = True
            log.warning("pool-falling-behind", pool=str(pool.key), late_seconds=round(seconds, 1))
        elif pool.is_behind and seconds < CAUGHT_UP_SECONDS:
            pool.is_behind = False
            log.info("pool-caught-up", pool=str(pool.key), late_seconds=round(seconds, 1))
