"""One outgoing message, from its request to the customer's device."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.notify.domain.events import DeliverNotice, NoticeFailed, NoticeOutgoing, NoticeRequested, NoticeSent
from services.notify.domain.survey import Survey
from services.notify.domain.template import Rendered, Template


class NoticeState(StrEnum):
    REQUESTED = "requested"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """`template_id` and `template_version` are the first language's; `failure` is a code."""

    id: str
    template_id: str
    template_version: int
    channel: str
    contact_id: str
    survey_id: str
    content: Rendered
    requested_at: datetime
    updated_at: datetime
    state: NoticeState = NoticeState.REQUESTED
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeChanged:
    notice: Notice
    outgoing: tuple[NoticeOutgoing, ...] = ()


def request_survey_notice(survey: Survey, template: Template, content: Rendered) -> NoticeChanged:
    """Ask the gateway to put a survey's question to the customer."""
    notice = Notice(
        id=survey.notice_id,
        template_id=template.id,
        template_version=template.version,
        channel=survey.contact.channel,
        contact_id=survey.contact.contact_id,
        survey_id=survey.id,
        content=content,
        requested_at=survey.asked_at,
        updated_at=survey.asked_at,
    )
    deliver = DeliverNotice(scale_max=survey.scale_max, until=survey.expires_at)
    return NoticeChanged(notice=notice, outgoing=(NoticeRequested(), deliver))


def sent(notice: Notice, at: datetime) -> NoticeChanged:
    """The channel took the message."""
    if notice.state is not NoticeState.REQUESTED:
        return NoticeChanged(notice=notice)
    return NoticeChanged(notice=replace(notice, state=NoticeState.SENT, updated_at=at), outgoing=(NoticeSent(),))


def delivered(notice: Notice, at: datetime) -> NoticeChanged:
    """The customer's device has the message; that announces nothing more than the sending did."""
    if notice.state not in {NoticeState.REQUESTED, NoticeState.SENT}:
        return NoticeChanged(notice=notice)
    announced = (NoticeSent(),) if notice.state is NoticeState.REQUESTED else ()
    return NoticeChanged(notice=replace(notice, state=NoticeState.DELIVERED, updated_at=at), outgoing=announced)


def failed(notice: Notice, code: str, at: datetime) -> NoticeChanged:
    """The message will not arrive; a provider may say so after it took the message."""
    if notice.state not in {NoticeState.REQUESTED, NoticeState.SENT}:
        return NoticeChanged(notice=notice)
    gone = replace(notice, state=NoticeState.FAILED, failure=code, updated_at=at)
    return NoticeChanged(notice=gone, outgoing=(NoticeFailed(code=code),))
