"""Noticing a consumer that has messages to read and reads none."""

from time import monotonic


class ConsumerStuck(Exception):
    """Nothing was handled for long although messages wait: only a new process is known to help."""


class Watchdog:
    """`progressed` is called for every batch, `look` now and then with the lag."""

    def __init__(self, group: str, *, patience: float = 30.0) -> None:
        self._group = group
        self._patience = patience
        self._last = monotonic()

    def progressed(self) -> None:
        self._last = monotonic()

    def look(self, lag: int) -> None:
        """Raises ConsumerStuck."""
        if lag == 0:
            self.progressed()
        elif monotonic() - self._last > self._patience:
            raise ConsumerStuck(f"{self._group}: {lag} messages wait and none was handled for {self._patience:.0f} s")
