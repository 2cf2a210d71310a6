"""The base intervals of 15 minutes UTC, and how a span of time is split at their borders."""

from collections.abc import Iterator

#: Milliseconds of a base interval. Every time zone in use today stands a multiple of 15 minutes from UTC.
INTERVAL = 15 * 60 * 1000

#: No state of an agent, contact or ticket lasts longer; a span beyond it is a broken event, not a figure.
LONGEST_SPAN = 5 * 366 * 24 * 3600 * 1000


class ImplausibleSpan(ValueError):
    """An event tells of a span longer than five years."""


def interval_of(instant: int) -> int:
    """Give the start of the base interval that `instant` lies in; a border belongs to the interval it begins."""
    return instant - instant % INTERVAL


def split(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Give (interval, milliseconds) for every base interval that the span touches; their sum is the span.

    A span that ends before it starts (clocks of two hosts) is empty. Raises ImplausibleSpan.
    """
    if end - start > LONGEST_SPAN:
        raise ImplausibleSpan(f"{end - start} ms from {start}")
    while start < end:
        interval = interval_of(start)
        border = min(interval + INTERVAL, end)
        yield interval, border - start
        start = border
