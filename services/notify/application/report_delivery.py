"""What became of a notice that the gateway was to deliver."""

from dataclasses import dataclass
from datetime import datetime

from services.notify.application.changing import change_notice, change_survey
from services.notify.application.ports import Ports
from services.notify.domain.notice import delivered, failed, sent
from services.notify.domain.survey import expire


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The gateway's event about a delivery, which happened `at`."""

    tenant: str
    event_id: str
    notice_id: str
    at: datetime


async def report_sent(delivery: Delivery, ports: Ports) -> bool:
    """Return whether this was news. Raises NoticeNotFound, AggregateConflict."""
    _, changed = await change_notice(
        ports.notices, delivery.tenant, delivery.notice_id, lambda notice: sent(notice, delivery.at), delivery.event_id
    )
    return changed


async def report_delivered(delivery: Delivery, ports: Ports) -> bool:
    """Return whether this was news. Raises NoticeNotFound, AggregateConflict."""
    _, changed = await change_notice(
        ports.notices,
        delivery.tenant,
        delivery.notice_id,
        lambda notice: delivered(notice, delivery.at),
        delivery.event_id,
    )
    return changed


async def report_failed(delivery: Delivery, code: str, ports: Ports) -> bool:
    """End the notice and, as nobody was asked, its survey; a repeat after a crash does what is missing.

    Returns whether this was news. Raises NoticeNotFound, ResponseNotFound, AggregateConflict.
    """
    notice, notice_changed = await change_notice(
        ports.notices,
        delivery.tenant,
        delivery.notice_id,
        lambda notice: failed(notice, code, delivery.at),
        delivery.event_id,
    )
    survey_changed = await change_survey(
        ports.surveys,
        delivery.tenant,
        notice.survey_id,
        lambda survey: expire(survey, code, delivery.at),
        delivery.event_id,
    )
    return notice_changed or survey_changed
