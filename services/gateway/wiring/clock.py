"""The gateway's clock."""

from datetime import datetime

from switchyard.eventing.clock import Clock


class Milliseconds:
    """The clock as the database keeps it, so that what is read back equals what was written."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self) -> datetime:
        now = self._clock()
        return now.replace(microsecond=now.microsecond // 1000 * 1000)
