"""Notify's events and its command to the gateway as protobuf; the texts stay here and are fetched from here."""

from datetime import datetime
from typing import assert_never

from google.protobuf.message import Message as ProtobufMessage
from google.protobuf.timestamp_pb2 import Timestamp

from services.notify.domain import events
from services.notify.domain.notice import Notice, NoticeChanged
from services.notify.domain.survey import Survey, SurveyChanged
from switchyard.eventing.drafting import command, draft
from switchyard.eventing.envelope import EventDraft, Message
from switchyard.events.notify.v1 import notice_events_pb2, survey_events_pb2
from switchyard.internal.delivery.v1 import commands_pb2

SURVEY_TOPIC = "survey-events-v1"
NOTICE_TOPIC = "notice-events-v1"
DELIVERY_TOPIC = "delivery-commands-v1"


def content_path(notice_id: str) -> str:
    """Say where this service gives a notice's text to the gateway."""
    return f"/internal/notices/{notice_id}/content"


def survey_drafts(tenant: str, changed: SurveyChanged, causation_id: str) -> list[EventDraft]:
    """Draft what is to be announced of a survey."""
    survey = changed.survey
    return [
        draft(
            survey_to_protobuf(survey, event),
            topic=SURVEY_TOPIC,
            key=f"{tenant}/{survey.id}",
            subject=f"{tenant}/{survey.id}",
            time=survey.updated_at,
            correlation_id=survey.contact.contact_id,
            causation_id=causation_id,
        )
        for event in changed.events
    ]


def notice_outgoing(tenant: str, changed: NoticeChanged, causation_id: str) -> list[EventDraft | Message]:
    """Draft what is to be announced of a notice, and make the command to deliver it."""
    return [_outgoing(tenant, changed.notice, item, causation_id) for item in changed.outgoing]


def _outgoing(tenant: str, notice: Notice, item: events.NoticeOutgoing, causation_id: str) -> EventDraft | Message:
    if isinstance(item, events.DeliverNotice):
        return _deliver(tenant, notice, item, causation_id)
    return draft(
        notice_to_protobuf(notice, item),
        topic=NOTICE_TOPIC,
        key=f"{tenant}/{notice.id}",
        subject=f"{tenant}/{notice.id}",
        time=notice.updated_at,
        correlation_id=notice.contact_id,
        causation_id=causation_id,
    )


def _deliver(tenant: str, notice: Notice, item: events.DeliverNotice, causation_id: str) -> Message:
    """The command's id is made of the notice's, so that delivering twice is one delivery."""
    expects = commands_pb2.Expects(survey_id=notice.survey_id, scale_max=item.scale_max, until=_timestamp(item.until))
    message = commands_pb2.DeliverMessage(
        delivery_id=notice.id,
        contact_id=notice.contact_id,
        channel=notice.channel,
        content_path=content_path(notice.id),
        expects=expects,
    )
    return command(
        message,
        id=f"cmd_{notice.id}",
        topic=DELIVERY_TOPIC,
        key=f"{tenant}/{notice.contact_id}",
        source=f"/{tenant}/notify",
        subject=f"{tenant}/{notice.contact_id}",
        tenant=tenant,
        time=notice.requested_at,
        correlation_id=notice.contact_id,
        causation_id=causation_id,
    )


def survey_to_protobuf(survey: Survey, event: events.SurveyEvent) -> ProtobufMessage:
    match event:
        case events.SurveyAsked():
            return _asked(survey)
        case events.SurveyAnswered():
            return _answered(survey, event)
        case events.SurveyExpired():
            return survey_events_pb2.SurveyExpired(
                survey_id=survey.id, contact_id=survey.contact.contact_id, reason=event.reason
            )
        case _:
            assert_never(event)


def notice_to_protobuf(
    notice: Notice, event: events.NoticeRequested | events.NoticeSent | events.NoticeFailed
) -> ProtobufMessage:
    match event:
        case events.NoticeRequested():
            return notice_events_pb2.NoticeRequested(
                notice_id=notice.id,
                template_id=notice.template_id,
                template_version=notice.template_version,
                channel=notice.channel,
                contact_id=notice.contact_id,
                survey_id=notice.survey_id,
            )
        case events.NoticeSent():
            return notice_events_pb2.NoticeSent(notice_id=notice.id, contact_id=notice.contact_id)
        case events.NoticeFailed():
            return notice_events_pb2.NoticeFailed(notice_id=notice.id, contact_id=notice.contact_id, code=event.code)
        case _:
            assert_never(event)


def _asked(survey: Survey) -> survey_events_pb2.SurveyAsked:
    contact = survey.contact
    return survey_events_pb2.SurveyAsked(
        survey_id=survey.id,
        kind=survey.kind,
        contact_id=contact.contact_id,
        channel=contact.channel,
        queue_id=contact.queue_id,
        agent_id=contact.agent_id,
        team_id=contact.team_id,
        site_id=contact.site_id,
        scale_max=survey.scale_max,
    )


def _answered(survey: Survey, event: events.SurveyAnswered) -> survey_events_pb2.SurveyAnswered:
    contact = survey.contact
    return survey_events_pb2.SurveyAnswered(
        survey_id=survey.id,
        kind=survey.kind,
        contact_id=contact.contact_id,
        channel=contact.channel,
        queue_id=contact.queue_id,
        agent_id=contact.agent_id,
        team_id=contact.team_id,
        site_id=contact.site_id,
        rating=event.rating,
        scale_max=survey.scale_max,
    )


def _timestamp(moment: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp
