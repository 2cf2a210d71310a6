"""A clock that moves only when told to."""

from datetime import UTC, datetime, timedelta


class FixedClock:
    """Call it for the current time; `advance` is the only thing that changes it."""

    def __init__(self, now: datetime = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, *, seconds: float) -> datetime:
        """Move on and return the new time."""
        self.now += timedelta(seconds=seconds)
        return self.now
