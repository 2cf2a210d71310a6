"""Breaches and waiting breaks in memory: what tests use, held to the same contract as MongoDB's."""

from collections.abc import Sequence
from dataclasses import replace

from services.routing.application.floor_book import BreachFilter, NotedBreach, NotedRequest
from switchyard.service.times import to_text


class InMemoryFloorBook:
    def __init__(self) -> None:
        self._breaches: dict[tuple[str, str], tuple[int, NotedBreach]] = {}
        self._requests: dict[tuple[str, str], tuple[int, NotedRequest, bool]] = {}

    async def note_breach(self, tenant: str, breach: NotedBreach, sequence: int) -> bool:
        key = (tenant, breach.breach_id)
        before, known = self._breaches.get(key, (0, breach))
        if sequence <= before:
            return False
        self._breaches[key] = (sequence, replace(breach, rungs={**known.rungs, **breach.rungs}))
        return True

    async def note_request(self, tenant: str, request: NotedRequest, sequence: int, *, waiting: bool) -> bool:
        key = (tenant, request.request_id)
        if key in self._requests and sequence <= self._requests[key][0]:
            return False
        self._requests[key] = (sequence, request, waiting)
        return True

    async def breaches(
        self, tenant: str, wanted: BreachFilter, *, limit: int, after: Sequence[str] | None = None
    ) -> list[NotedBreach]:
        mine = [each for (owner, _), (_, each) in self._breaches.items() if owner == tenant and _is(each, wanted)]
        ordered = sorted(mine, key=_place, reverse=True)
        return [each for each in ordered if after is None or _place(each) < tuple(after)][:limit]

    async def requests(self, tenant: str, *, team_id: str | None, agent_id: str | None) -> list[NotedRequest]:
        waiting = [each for (owner, _), (_, each, waits) in self._requests.items() if owner == tenant and waits]
        mine = [r for r in waiting if team_id in {None, r.team_id} and agent_id in {None, r.agent_id}]
        return sorted(mine, key=lambda request: (request.asked_at, request.request_id))


def _place(breach: NotedBreach) -> tuple[str, str]:
    return to_text(breach.noticed_at), breach.breach_id


def _is(breach: NotedBreach, wanted: BreachFilter) -> bool:
    named = ("agent_id", "team_id", "site_id", "rule_id", "rung")
    return (
        all(getattr(wanted, name) in {None, getattr(breach, name)} for name in named)
        and wanted.is_open in {None, breach.ended_at is None}
        and (wanted.begins is None or breach.noticed_at >= wanted.begins)
        and (wanted.ends is None or breach.noticed_at < wanted.ends)
    )
