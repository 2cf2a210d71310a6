"""Notify's things over any store of aggregates: MongoDB's in production, the memory's in tests."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Generic, TypeVar

from services.notify.adapters.documents import (
    notice_body,
    notice_from,
    setting_body,
    setting_from,
    survey_body,
    survey_from,
    template_body,
    template_from,
)
from services.notify.adapters.telemetry import NotifyMetrics
from services.notify.adapters.wire import notice_outgoing, survey_drafts
from services.notify.application.ports import Listed, ListQuery, Recorded
from services.notify.domain.notice import Notice, NoticeChanged
from services.notify.domain.survey import Survey, SurveyChanged
from services.notify.domain.survey_setting import SurveySetting
from services.notify.domain.template import Template
from switchyard.eventing.aggregates import (
    AggregateConflict,
    AggregateExists,
    Aggregates,
    StoredAggregate,
    cursor_of,
)

TEMPLATES_SOURCE = "notify/templates"
TEMPLATE_VERSIONS_SOURCE = "notify/template-versions"
SETTINGS_SOURCE = "notify/survey-settings"
SURVEYS_SOURCE = "notify/surveys"
NOTICES_SOURCE = "notify/notices"
#: More than the bounds on a tenant's templates and settings allow.
_MOST = 200

ValueT = TypeVar("ValueT")


class _Reads(Generic[ValueT]):
    """What every repository does alike: find and list."""

    def __init__(self, aggregates: Aggregates, read: Callable[[Mapping[str, Any]], ValueT]) -> None:
        self._aggregates = aggregates
        self._read = read

    async def find(self, tenant: str, id: str) -> Recorded[ValueT] | None:  # noqa: A002
        stored = await self._aggregates.find(tenant, id)
        return None if stored is None else self._recorded(stored)

    async def all(self, tenant: str) -> Sequence[Recorded[ValueT]]:
        return [self._recorded(stored) for stored in await self._aggregates.page(tenant, {}, limit=_MOST)]

    async def page(self, tenant: str, query: ListQuery) -> Listed[ValueT]:
        wanted = {f"body.{name}": value for name, value in query.equal.items()}
        sort = [("body.created_at", -1 if query.newest_first else 1)]
        found = await self._aggregates.page(tenant, wanted, sort=sort, limit=query.limit + 1, cursor=query.after)
        shown = found[: query.limit]
        position = cursor_of(shown[-1], sort) if len(found) > query.limit else None
        return Listed(items=[self._recorded(stored) for stored in shown], position=position)

    def _recorded(self, stored: StoredAggregate) -> Recorded[ValueT]:
        return Recorded(value=self._read(stored.body), version=stored.version, mark=stored)


class StoredTemplates(_Reads[Template]):
    """The current versions in one collection, the former ones in another, where nothing is ever replaced."""

    def __init__(self, current: Aggregates, former: Aggregates) -> None:
        super().__init__(current, template_from)
        self._former = former

    async def find_former(self, tenant: str, id: str, version: int) -> Template | None:  # noqa: A002
        stored = await self._former.find(tenant, f"{id}.{version}")
        return None if stored is None else template_from(stored.body)

    async def add(self, tenant: str, template: Template) -> Recorded[Template]:
        return self._recorded(await self._aggregates.insert(tenant, template.id, template_body(template), ()))

    async def save(self, tenant: str, previous: Recorded[Template], template: Template) -> Recorded[Template]:
        mark = _mark(tenant, previous.mark)
        return self._recorded(await self._aggregates.replace(mark, template_body(template), ()))

    async def keep_former(self, tenant: str, template: Template) -> None:
        with suppress(AggregateExists):
            await self._former.insert(tenant, f"{template.id}.{template.version}", template_body(template), ())


class StoredSettings(_Reads[SurveySetting]):
    def __init__(self, aggregates: Aggregates) -> None:
        super().__init__(aggregates, setting_from)

    async def add(self, tenant: str, setting: SurveySetting) -> Recorded[SurveySetting]:
        return self._recorded(await self._aggregates.insert(tenant, setting.id, setting_body(setting), ()))

    async def save(
        self, tenant: str, previous: Recorded[SurveySetting], setting: SurveySetting
    ) -> Recorded[SurveySetting]:
        mark = _mark(tenant, previous.mark)
        return self._recorded(await self._aggregates.replace(mark, setting_body(setting), ()))


class StoredSurveys(_Reads[Survey]):
    def __init__(self, aggregates: Aggregates, metrics: NotifyMetrics) -> None:
        super().__init__(aggregates, survey_from)
        self._metrics = metrics

    async def add(self, tenant: str, asked: SurveyChanged, causation_id: str) -> Recorded[Survey]:
        survey = asked.survey
        drafts = survey_drafts(tenant, asked, causation_id)
        stored = await self._aggregates.insert(tenant, survey.id, survey_body(survey), drafts)
        _count(self._metrics, asked.events)
        return self._recorded(stored)

    async def save(
        self, tenant: str, previous: Recorded[Survey], changed: SurveyChanged, causation_id: str
    ) -> Recorded[Survey]:
        drafts = survey_drafts(tenant, changed, causation_id)
        stored = await self._aggregates.replace(_mark(tenant, previous.mark), survey_body(changed.survey), drafts)
        _count(self._metrics, changed.events)
        return self._recorded(stored)


class StoredNotices(_Reads[Notice]):
    def __init__(self, aggregates: Aggregates, metrics: NotifyMetrics) -> None:
        super().__init__(aggregates, notice_from)
        self._metrics = metrics

    async def add(self, tenant: str, requested: NoticeChanged, causation_id: str) -> Recorded[Notice]:
        notice = requested.notice
        outgoing = notice_outgoing(tenant, requested, causation_id)
        stored = await self._aggregates.insert(tenant, notice.id, notice_body(notice), outgoing)
        _count(self._metrics, requested.outgoing)
        return self._recorded(stored)

    async def save(
        self, tenant: str, previous: Recorded[Notice], changed: NoticeChanged, causation_id: str
    ) -> Recorded[Notice]:
        outgoing = notice_outgoing(tenant, changed, causation_id)
        stored = await self._aggregates.replace(_mark(tenant, previous.mark), notice_body(changed.notice), outgoing)
        _count(self._metrics, changed.outgoing)
        return self._recorded(stored)


def _count(metrics: NotifyMetrics, announced: Sequence[object]) -> None:
    for item in announced:
        metrics.announced.labels(type(item).__name__).inc()


def _mark(tenant: str, mark: object) -> StoredAggregate:
    """A mark that is not this tenant's own is treated as one that somebody else changed."""
    if not isinstance(mark, StoredAggregate) or mark.tenant != tenant:
        raise AggregateConflict
    return mark
