"""Times at the door and in stored bodies: UTC with milliseconds, `2026-11-22T08:00:00.123Z`, so that texts sort."""

from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, PlainSerializer

#: Nothing is planned outside; a year more on either side is room to reckon with zones and spans.
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 9998


def to_text(moment: datetime) -> str:
    """Write a time; what is finer than a millisecond is cut off."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_text(text: str) -> datetime:
    """Read what `to_text` wrote. Raises ValueError."""
    return _utc(datetime.fromisoformat(text))


def _sensible(moment: datetime) -> datetime:
    """Raises ValueError for a time that cannot be reckoned with."""
    utc = _utc(moment)
    if not FIRST_YEAR <= utc.year <= LAST_YEAR:
        raise ValueError(f"must be between the years {FIRST_YEAR} and {LAST_YEAR} in UTC")
    return utc


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("is no time in UTC") from error


#: A pydantic field's time, printed as above.
Timestamp = Annotated[datetime, PlainSerializer(to_text, return_type=str, when_used="json")]
#: A time as somebody gives it: with its offset, and read in UTC.
GivenTime = Annotated[AwareDatetime, AfterValidator(_sensible)]
