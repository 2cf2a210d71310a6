"""Where adapters and entry points get the time; domain code takes it as an argument."""

from collections.abc import Callable
from datetime import UTC, datetime

#: Gives the current time in UTC.
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Read the system's clock."""
    return datetime.now(UTC)
