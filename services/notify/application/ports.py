"""What notify needs of the world."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from services.notify.domain.notice import Notice, NoticeChanged
from services.notify.domain.survey import Survey, SurveyChanged
from services.notify.domain.survey_setting import SurveySetting
from services.notify.domain.template import Rendered, Template
from switchyard.eventing.clock import Clock

ValueT = TypeVar("ValueT")
#: Where a page of a list ended.
Position = Sequence[str | int | float | bool | None]
#: What a template may name.
Variables = Mapping[str, str | int | float | bool | Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded(Generic[ValueT]):
    """A thing as stored; `mark` is the store's own and handed back with a change."""

    value: ValueT
    version: int
    mark: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """Which things to list: `equal` by field of the thing; `after` is the last position of the page before."""

    equal: Mapping[str, str]
    newest_first: bool = True
    limit: int = 50
    after: Position | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Generic[ValueT]):
    """One page; `position` leads to the next, None on the last."""

    items: Sequence[Recorded[ValueT]]
    position: Position | None


class Templates(Protocol):
    """A tenant's templates, each as its current version, with the former ones kept for ever."""

    async def find(self, tenant: str, id: str) -> Recorded[Template] | None: ...  # noqa: A002

    async def find_former(self, tenant: str, id: str, version: int) -> Template | None: ...  # noqa: A002

    async def add(self, tenant: str, template: Template) -> Recorded[Template]:
        """Raises AggregateExists."""

    async def save(self, tenant: str, previous: Recorded[Template], template: Template) -> Recorded[Template]:
        """Raises AggregateConflict."""

    async def keep_former(self, tenant: str, template: Template) -> None:
        """Keep a version that is about to be followed by another; safe to repeat."""

    async def all(self, tenant: str) -> Sequence[Recorded[Template]]: ...


class SurveySettings(Protocol):
    async def find(self, tenant: str, id: str) -> Recorded[SurveySetting] | None: ...  # noqa: A002

    async def add(self, tenant: str, setting: SurveySetting) -> Recorded[SurveySetting]:
        """Raises AggregateExists."""

    async def save(
        self, tenant: str, previous: Recorded[SurveySetting], setting: SurveySetting
    ) -> Recorded[SurveySetting]:
        """Raises AggregateConflict."""

    async def all(self, tenant: str) -> Sequence[Recorded[SurveySetting]]: ...


class Surveys(Protocol):
    async def find(self, tenant: str, id: str) -> Recorded[Survey] | None: ...  # noqa: A002

    async def add(self, tenant: str, asked: SurveyChanged, causation_id: str) -> Recorded[Survey]:
        """Raises AggregateExists."""

    async def save(
        self, tenant: str, previous: Recorded[Survey], changed: SurveyChanged, causation_id: str
    ) -> Recorded[Survey]:
        """Raises AggregateConflict."""

    async def page(self, tenant: str, query: ListQuery) -> Listed[Survey]: ...


class DueSurveys(Protocol):
    async def due(self, before: datetime, limit: int) -> Sequence[tuple[str, str]]:
        """Name unanswered surveys, of every tenant, whose time ran out before then: (tenant, id), longest first."""


class Notices(Protocol):
    async def find(self, tenant: str, id: str) -> Recorded[Notice] | None: ...  # noqa: A002

    async def add(self, tenant: str, requested: NoticeChanged, causation_id: str) -> Recorded[Notice]:
        """Raises AggregateExists."""

    async def save(
        self, tenant: str, previous: Recorded[Notice], changed: NoticeChanged, causation_id: str
    ) -> Recorded[Notice]:
        """Raises AggregateConflict."""

    async def page(self, tenant: str, query: ListQuery) -> Listed[Notice]: ...


class Renderer(Protocol):
    def render(self, template: Template, variables: Variables) -> Rendered:
        """Raises TemplateInvalid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    templates: Templates
    settings: SurveySettings
    surveys: Surveys
    due: DueSurveys
    notices: Notices
    renderer: Renderer
    clock: Clock
