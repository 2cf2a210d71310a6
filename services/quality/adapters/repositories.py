"""Scorecards and evaluations over any store of aggregates: MongoDB's in production, the memory's in tests."""

from collections.abc import Sequence
from contextlib import suppress
from types import MappingProxyType

from services.quality.adapters.documents import evaluation_body, evaluation_from, scorecard_body, scorecard_from
from services.quality.adapters.telemetry import QualityMetrics
from services.quality.adapters.wire import completed
from services.quality.application.ports import EvaluationQuery, Listed, Recorded
from services.quality.domain.evaluation import Evaluation
from services.quality.domain.scorecard import MOST_SCORECARDS, Scorecard
from switchyard.eventing.aggregates import (
    AggregateConflict,
    AggregateExists,
    Aggregates,
    StoredAggregate,
    cursor_of,
)

SCORECARDS_SOURCE = "quality/scorecards"
SCORECARD_VERSIONS_SOURCE = "quality/scorecard-versions"
EVALUATIONS_SOURCE = "quality/evaluations"
_FILTERS = MappingProxyType(
    {
        "body.contact_id": "contact_id",
        "body.agent_id": "agent_id",
        "body.queue_id": "queue_id",
        "body.scorecard_id": "scorecard_id",
        "body.flagged": "flagged",
    }
)


class StoredScorecards:
    """The current versions in one collection, the former ones in another, where nothing is ever replaced."""

    def __init__(self, current: Aggregates, former: Aggregates) -> None:
        self._current = current
        self._former = former

    async def find(self, tenant: str, id: str) -> Recorded[Scorecard] | None:  # noqa: A002
        stored = await self._current.find(tenant, id)
        return None if stored is None else _scorecard(stored)

    async def find_former(self, tenant: str, id: str, version: int) -> Scorecard | None:  # noqa: A002
        stored = await self._former.find(tenant, f"{id}.{version}")
        return None if stored is None else scorecard_from(stored.body)

    async def add(self, tenant: str, scorecard: Scorecard) -> Recorded[Scorecard]:
        return _scorecard(await self._current.insert(tenant, scorecard.id, scorecard_body(scorecard), ()))

    async def save(self, tenant: str, previous: Recorded[Scorecard], scorecard: Scorecard) -> Recorded[Scorecard]:
        mark = previous.mark
        if not isinstance(mark, StoredAggregate) or mark.tenant != tenant:
            raise AggregateConflict
        return _scorecard(await self._current.replace(mark, scorecard_body(scorecard), ()))

    async def keep_former(self, tenant: str, scorecard: Scorecard) -> None:
        with suppress(AggregateExists):
            await self._former.insert(tenant, f"{scorecard.id}.{scorecard.version}", scorecard_body(scorecard), ())

    async def all(self, tenant: str) -> Sequence[Recorded[Scorecard]]:
        return [_scorecard(stored) for stored in await self._current.page(tenant, {}, limit=MOST_SCORECARDS + 1)]


class StoredEvaluations:
    def __init__(self, aggregates: Aggregates, metrics: QualityMetrics) -> None:
        self._aggregates = aggregates
        self._metrics = metrics

    async def find(self, tenant: str, id: str) -> Evaluation | None:  # noqa: A002
        stored = await self._aggregates.find(tenant, id)
        return None if stored is None else evaluation_from(stored.body)

    async def add(self, tenant: str, evaluation: Evaluation, causation_id: str) -> None:
        event = completed(tenant, evaluation, causation_id)
        await self._aggregates.insert(tenant, evaluation.id, evaluation_body(evaluation), (event,))
        self._metrics.evaluations.labels(str(evaluation.passed).lower(), str(evaluation.flagged).lower()).inc()

    async def page(self, tenant: str, query: EvaluationQuery) -> Listed:
        wanted = {path: getattr(query, name) for path, name in _FILTERS.items() if getattr(query, name) is not None}
        sort = [("body.created_at", -1 if query.newest_first else 1)]
        found = await self._aggregates.page(tenant, wanted, sort=sort, limit=query.limit + 1, cursor=query.after)
        shown = found[: query.limit]
        position = cursor_of(shown[-1], sort) if len(found) > query.limit else None
        return Listed(evaluations=[evaluation_from(stored.body) for stored in shown], position=position)


def _scorecard(stored: StoredAggregate) -> Recorded[Scorecard]:
    return Recorded(value=scorecard_from(stored.body), mark=stored)
