"""How surveys and notices change: read, decide, compare and set, and again where somebody was faster."""

from collections.abc import Callable

from services.notify.application.ports import Notices, Surveys
from services.notify.domain.errors import NoticeNotFound, ResponseNotFound
from services.notify.domain.notice import Notice, NoticeChanged
from services.notify.domain.survey import Survey, SurveyChanged
from switchyard.eventing.aggregates import AggregateConflict

#: More losses in a row than the few writers of one contact's survey explain.
_MOST_ATTEMPTS = 8


async def change_survey(
    surveys: Surveys,
    tenant: str,
    id: str,  # noqa: A002
    decide: Callable[[Survey], SurveyChanged],
    causation_id: str,
) -> bool:
    """Return whether anything changed. Raises ResponseNotFound, AggregateConflict, and what `decide` raises."""
    for _ in range(_MOST_ATTEMPTS):
        previous = await surveys.find(tenant, id)
        if previous is None:
            raise ResponseNotFound(id)
        changed = decide(previous.value)
        if changed.survey == previous.value:
            return False
        try:
            await surveys.save(tenant, previous, changed, causation_id)
        except AggregateConflict:
            continue
        return True
    raise AggregateConflict


async def change_notice(
    notices: Notices,
    tenant: str,
    id: str,  # noqa: A002
    decide: Callable[[Notice], NoticeChanged],
    causation_id: str,
) -> tuple[Notice, bool]:
    """Return the notice and whether it changed. Raises NoticeNotFound, AggregateConflict."""
    for _ in range(_MOST_ATTEMPTS):
        previous = await notices.find(tenant, id)
        if previous is None:
            raise NoticeNotFound(id)
        changed = decide(previous.value)
        if changed.notice == previous.value:
            return previous.value, False
        try:
            return (await notices.save(tenant, previous, changed, causation_id)).value, True
        except AggregateConflict:
            continue
    raise AggregateConflict
