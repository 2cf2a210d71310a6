"""What is kept of breaches and of breaks that are waited for, for people to list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedBreach:
    """A breach as its last event left it; `rungs` says when each rung was climbed."""

    breach_id: str
    rule_id: str
    kind: str
    agent_id: str
    team_id: str
    site_id: str
    pool_id: str
    rung: str
    since: datetime
    noticed_at: datetime
    limit_seconds: float
    cause: str
    repeat: int
    rungs: Mapping[str, datetime] = field(default_factory=dict)
    ended_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedRequest:
    """A break that is waited for."""

    request_id: str
    agent_id: str
    team_id: str
    site_id: str
    pool_id: str
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachFilter:
    """Which breaches to list; `begins` and `ends` bound when they were noticed, the latter excluded."""

    agent_id: str | None = None
    team_id: str | None = None
    site_id: str | None = None
    rule_id: str | None = None
    rung: str | None = None
    is_open: bool | None = None
    begins: datetime | None = None
    ends: datetime | None = None


class FloorBook(Protocol):
    """Each note carries the number of its event in the pool's stream: one that is not newer changes nothing.

    Every method raises StoreUnavailable.
    """

    async def note_breach(self, tenant: str, breach: NotedBreach, sequence: int) -> bool:
        """Keep a breach as it is now, its rungs added to those known; False where a newer note stands."""

    async def note_request(self, tenant: str, request: NotedRequest, sequence: int, *, waiting: bool) -> bool:
        """Keep that a break is waited for, or no longer; False where a newer note stands."""

    async def breaches(
        self, tenant: str, wanted: BreachFilter, *, limit: int, after: Sequence[str] | None = None
    ) -> list[NotedBreach]:
        """List breaches, the last noticed first; `after` has the time and the id of the last one had."""

    async def requests(self, tenant: str, *, team_id: str | None, agent_id: str | None) -> list[NotedRequest]:
        """List who waits for a break, in the order of asking."""
