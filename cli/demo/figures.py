"""The platform's own figures, read at the REST door before and after the run."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from cli.demo.recount import TICKETS, Figure, service_levels
from cli.demo.stage import expect

#: One row in this many counts of a share's disagreement is a rounding of floating point, not of people.
SHARE_TOLERANCE = 1e-9


@dataclass(slots=True)
class PlatformFigures:
    """Counts and milliseconds per queue and channel, and milliseconds per agent and state."""

    counts: Counter[Figure] = field(default_factory=Counter)
    milliseconds: Counter[Figure] = field(default_factory=Counter)
    agent_milliseconds: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong_shares: list[str] = field(default_factory=list)

    def says_anything(self) -> bool:
        """Anything but agents' open states, which grow as the clock goes."""
        grown = {state for _, state in self.agent_milliseconds}
        return bool(self.counts or self.milliseconds or grown - {"offline", "capacity_units"})

    def less(self, before: "PlatformFigures") -> "PlatformFigures":
        """What the run added. A run within a quarter of an hour of another shares its intervals."""
        return PlatformFigures(
            counts=_difference(self.counts, before.counts),
            milliseconds=_difference(self.milliseconds, before.milliseconds),
            agent_milliseconds=_difference(self.agent_milliseconds, before.agent_milliseconds),
            wrong_shares=self.wrong_shares,
        )


def _difference(after: Counter[Any], before: Counter[Any]) -> Counter[Any]:
    left = Counter(after)
    left.subtract(before)
    return Counter({figure: amount for figure, amount in left.items() if amount})


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsDoor:
    """The statistics routes, for the quarters of an hour that a span touches."""

    http: httpx.AsyncClient
    api: str
    token: str
    start: datetime
    end: datetime

    async def rows(self, what: str) -> list[dict[str, Any]]:
        """Every row of `/v1/statistics/<what>`. Raises DoorRefusedError."""
        rows: list[dict[str, Any]] = []
        query = self._query()
        while True:
            response = await self.http.get(
                f"{self.api}/v1/statistics/{what}", params=query, headers={"Authorization": f"Bearer {self.token}"}
            )
            page = expect(response, 200)
            rows.extend(page["items"])
            if not page.get("next"):
                return rows
            query = query | {"cursor": page["next"]}

    def _query(self) -> dict[str, str]:
        quarter = timedelta(minutes=15)
        floor = self.start - (self.start - datetime.min.replace(tzinfo=self.start.tzinfo)) % quarter
        return {
            "from": _text(floor),
            "to": _text(floor + quarter * ((self.end - floor) // quarter + 1)),
            "interval": "PT15M",
            "limit": "200",
        }


async def read_figures(door: StatisticsDoor) -> PlatformFigures:
    """Everything of the quarters of an hour that the span touches. Raises DoorRefusedError."""
    figures = PlatformFigures()
    for row in await door.rows("queues"):
        _take_queue(figures, row)
    for row in await door.rows("tickets"):
        for name, amount in row["counters"].items():
            figures.counts[(name, row["type"], TICKETS)] += amount
    for row in await door.rows("agents"):
        for name, seconds in row["time_seconds"].items():
            figures.agent_milliseconds[(row["agent"], name)] += round(seconds * 1000)
    return figures


def _take_queue(figures: PlatformFigures, row: Mapping[str, Any]) -> None:
    line = (row["queue"], row["channel"])
    for name, amount in row["counters"].items():
        figures.counts[(name, *line)] += amount
    for name, seconds in row["time_seconds"].items():
        figures.milliseconds[(name, *line)] += round(seconds * 1000)
    for variant, share in service_levels(row["counters"]).items():
        shown = row["service_level"].get(variant)
        if not _same_share(share, shown):
            figures.wrong_shares.append(f"{row['start']} {line} {variant}: platform {shown}, formula {share}")


def _same_share(ours: float | None, theirs: float | None) -> bool:
    if ours is None or theirs is None:
        return ours is theirs
    return abs(ours - theirs) <= SHARE_TOLERANCE


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
