"""Times as somebody gives them: with an offset, in UTC, and such as can be reckoned with."""

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from switchyard.service.times import GivenTime, from_text

GIVEN: TypeAdapter[datetime] = TypeAdapter(GivenTime)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-11-22T16:00:00+08:00", datetime(2026, 11, 22, 8, tzinfo=UTC)),
        ("1970-01-01T00:00:00Z", datetime(1970, 1, 1, tzinfo=UTC)),
        ("9998-12-31T23:59:59.999Z", datetime(9998, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_in_utc(text: str, read: datetime) -> None:
    given = GIVEN.validate_python(text)
    assert (given, given.tzinfo) == (read, UTC)


@pytest.mark.parametrize(
    "text",
    [
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
        *("1970-01-01T00:00:00+14:00", "9998-12-31T23:59:59-14:00", "2026-11-22T08:00:00", "soon"),
    ],
)
def test_a_time_that_cannot_be_reckoned_with_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        GIVEN.validate_python(text)


def test_what_is_no_time_in_utc_is_no_text_of_ours() -> None:
    with pytest.raises(ValueError, match="no time in UTC"):
        from_text("0001-01-01T00:00:00+14:00")
