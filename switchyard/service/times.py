"""Times at the door and in stored bodies: UTC with milliseconds, `2026-11-22T08:00:00.123Z`, so that texts sort."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import PlainSerializer


def to_text(moment: datetime) -> str:
    """Write a time; what is finer than a millisecond is cut off."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_text(text: str) -> datetime:
    """Read what `to_text` wrote. Raises ValueError."""
    return datetime.fromisoformat(text).astimezone(UTC)


#: A pydantic field's time, printed as above.
Timestamp = Annotated[datetime, PlainSerializer(to_text, return_type=str, when_used="json")]
