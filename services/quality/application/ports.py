"""What quality needs of the world."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from services.quality.domain.conversation import Line
from services.quality.domain.evaluation import Evaluation
from services.quality.domain.scorecard import Scorecard
from switchyard.eventing.clock import Clock

ValueT = TypeVar("ValueT")
#: Where a page of a list ended.
Position = Sequence[str | int | float | bool | None]


class TranscriptUnavailable(Exception):
    """The gateway did not give the transcript now; it may later."""


class TranscriptMissing(Exception):
    """The gateway knows no such contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded(Generic[ValueT]):
    """A thing as stored; `mark` is the store's own and handed back with a change."""

    value: ValueT
    mark: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationQuery:
    """Which evaluations to list, each filter None for any."""

    contact_id: str | None = None
    agent_id: str | None = None
    queue_id: str | None = None
    scorecard_id: str | None = None
    flagged: bool | None = None
    newest_first: bool = True
    limit: int = 50
    after: Position | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One page of evaluations; `position` leads to the next, None on the last."""

    evaluations: Sequence[Evaluation]
    position: Position | None


class Scorecards(Protocol):
    """A tenant's scorecards, each as its current version, with the former ones kept for ever."""

    async def find(self, tenant: str, id: str) -> Recorded[Scorecard] | None: ...  # noqa: A002

    async def find_former(self, tenant: str, id: str, version: int) -> Scorecard | None: ...  # noqa: A002

    async def add(self, tenant: str, scorecard: Scorecard) -> Recorded[Scorecard]:
        """Raises AggregateExists."""

    async def save(self, tenant: str, previous: Recorded[Scorecard], scorecard: Scorecard) -> Recorded[Scorecard]:
        """Raises AggregateConflict."""

    async def keep_former(self, tenant: str, scorecard: Scorecard) -> None:
        """Keep a version that is about to be followed by another; safe to repeat."""

    async def all(self, tenant: str) -> Sequence[Recorded[Scorecard]]: ...


class Evaluations(Protocol):
    async def find(self, tenant: str, id: str) -> Evaluation | None: ...  # noqa: A002

    async def add(self, tenant: str, evaluation: Evaluation, causation_id: str) -> None:
        """Store a new evaluation with its event. Raises AggregateExists."""

    async def page(self, tenant: str, query: EvaluationQuery) -> Listed: ...


class Transcripts(Protocol):
    async def fetch(self, tenant: str, contact_id: str) -> Sequence[Line]:
        """Raises TranscriptUnavailable, TranscriptMissing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    scorecards: Scorecards
    evaluations: Evaluations
    transcripts: Transcripts
    clock: Clock
