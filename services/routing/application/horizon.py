"""Up to which instant timers may fire: everything that was sent before it has been read.

An accept that reached the log in time must not be found to be late because the loop was behind. So when a timer is
due the log's ends are asked for, and once they have been passed, what was due when they were asked for may fire.
Waiting for the log to be empty instead would hold timers up for as long as commands keep coming.
"""

from collections.abc import Collection, Mapping

from services.routing.application.ports import CommandLog
from services.routing.domain.moments import Moment

#: How long timers rest where the broker does not answer.
REST_MS = 200
#: Ends that were not passed for so long are asked for again: the log may have begun anew, as a memory-only one does.
STALE_MS = 30_000


class Horizon:
    def __init__(self, commands: CommandLog) -> None:
        self._commands = commands
        self._asked: tuple[Moment, Mapping[int, int]] | None = None
        #: No timer is looked at before this.
        self.rest_until: Moment = 0

    def forget(self) -> None:
        """Ask anew: the partitions have changed hands."""
        self._asked = None

    async def through(self, partitions: Collection[int], now: Moment) -> Moment | None:
        """Give the instant through which timers of these partitions may fire; None for not yet."""
        if self._asked is not None and now - self._asked[0] > STALE_MS:
            self.forget()
        if self._asked is None or not set(partitions) <= set(self._asked[1]):
            ends = await self._commands.ends(partitions)
            if ends is None:
                self.rest_until = now + REST_MS
                return None
            self._asked = (now, ends)
        moment, ends = self._asked
        if not await self._commands.passed(ends):
            return None
        self._asked = None
        return moment
