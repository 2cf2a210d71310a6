"""Noticing a consumer that has messages to read and reads none."""

from collections.abc import Callable
from time import monotonic

#: Looks are some seconds apart. Where two are further apart than this, the process itself was held, and stood still
#: with the consumer: what waits has only to be read now.
_LONGEST_GAP_SECONDS = 10.0


class ConsumerStuck(Exception):
    """Nothing was handled for long although messages wait: only a new process is known to help."""


class Watchdog:
    """`progressed` is called for every batch, `look` every few seconds with the lag. `clock` gives seconds."""

    def __init__(self, group: str, *, patience: float = 30.0, clock: Callable[[], float] = monotonic) -> None:
        self._group = group
        self._patience = patience
        self._clock = clock
        self._last = self._looked = clock()

    def progressed(self) -> None:
        self._last = self._clock()

    def look(self, lag: int) -> None:
        """Raises ConsumerStuck."""
        now = self._clock()
        if lag == 0 or now - self._looked > _LONGEST_GAP_SECONDS:
            self._last = now
        self._looked = now
        if now - self._last > self._patience:
            raise ConsumerStuck(f"{self._group}: {lag} messages wait and none was handled for {self._patience:.0f} s")
