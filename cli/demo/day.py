"""Who calls when: the recorded counts of one day, thinned and spread over the channels."""

import csv
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib import resources

INTERVAL = timedelta(minutes=5)

#: Share of arrivals per channel. Voice leads, as in the bank that was counted; the rest is a usual split.
CHANNEL_MIX: Mapping[str, float] = {"voice": 0.5, "chat": 0.25, "sms": 0.13, "email": 0.12}


class UnknownDayError(Exception):
    """The data has no such day; the message lists those it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One customer: `at_seconds` after the start of the window, in the day's own time."""

    number: int
    at_seconds: float
    channel: str
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The part of a day to replay."""

    day: date
    start: time
    end: time

    @property
    def seconds(self) -> float:
        return (datetime.combine(self.day, self.end) - datetime.combine(self.day, self.start)).total_seconds()


def counts_of(day: date) -> dict[time, int]:
    """Calls per five minutes of `day`, by the interval's start. Raises UnknownDayError."""
    source = resources.files("cli.demo") / "data" / "bank_calls_2003.csv"
    counts: dict[time, int] = {}
    days: set[str] = set()
    with source.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            start = datetime.fromisoformat(row["interval_start"])
            days.add(start.date().isoformat())
            if start.date() == day:
                counts[start.time()] = int(row["calls"])
    if not counts:
        raise UnknownDayError(f"no counts for {day}; the data has {', '.join(sorted(days))}")
    return counts


def busiest_hour(counts: Mapping[time, int]) -> tuple[time, time]:
    """The whole hour with the most calls."""
    hours: dict[int, int] = {}
    for start, calls in counts.items():
        hours[start.hour] = hours.get(start.hour, 0) + calls
    hour = max(hours, key=lambda candidate: (hours[candidate], -candidate))
    return time(hour), time(hour + 1)


def total_in(counts: Mapping[time, int], window: Window) -> int:
    return sum(calls for start, calls in counts.items() if window.start <= start < window.end)


def arrivals(counts: Mapping[time, int], window: Window, *, share: float, seed: int) -> list[Arrival]:
    """Every customer of the window, in order of arrival; the same seed gives the same customers.

    Within five minutes calls fall at random, as a Poisson process given its count does. Thinning keeps each
    call with probability `share`, which leaves a Poisson process with that share of the rate.
    """
    chance = random.Random(seed)  # noqa: S311 - a repeatable crowd, nothing secret
    moments = sorted(_moments(counts, window, share, chance))
    channels = list(CHANNEL_MIX)
    weights = list(CHANNEL_MIX.values())
    return [
        Arrival(
            number=number,
            at_seconds=at,
            channel=chance.choices(channels, weights)[0],
            seed=chance.getrandbits(32),
        )
        for number, at in enumerate(moments, start=1)
    ]


def _moments(counts: Mapping[time, int], window: Window, share: float, chance: random.Random) -> Iterator[float]:
    opening = datetime.combine(window.day, window.start)
    for start, calls in counts.items():
        if not window.start <= start < window.end:
            continue
        offset = (datetime.combine(window.day, start) - opening).total_seconds()
        for _ in range(calls):
            kept, within = chance.random() < share, chance.random()
            if kept:
                yield offset + within * INTERVAL.total_seconds()
