"""Instants and spans: whole milliseconds since the epoch in UTC, exact in BSON, in protobuf and as a heap's key."""

from typing import TypeAlias

Moment: TypeAlias = int


def after(moment: Moment, seconds: float) -> Moment:
    """Give the instant so many seconds later."""
    return moment + round(seconds * 1000)


def seconds_between(earlier: Moment, later: Moment) -> float:
    """Give the span in seconds, never negative: clocks of other machines write some of our instants."""
    return (later - earlier) / 1000 if later > earlier else 0.0
