"""The gateway's events as notify's own commands."""

from collections.abc import Awaitable
from types import MappingProxyType

from services.notify.adapters.telemetry import NotifyMetrics
from services.notify.application.answer_survey import Answered, answer_survey
from services.notify.application.ask_survey import ContactClosed, ask_survey
from services.notify.application.ports import Ports
from services.notify.application.report_delivery import Delivery, report_delivered, report_failed, report_sent
from services.notify.domain.errors import (
    AnswerTooLate,
    NoticeNotFound,
    RatingOutsideScale,
    ResponseNotFound,
    TemplateInvalid,
)
from services.notify.domain.survey import HandledContact
from switchyard.eventing.aggregates import AggregateConflict, StoreUnavailable
from switchyard.eventing.envelope import Received
from switchyard.eventing.outcomes import Done, Duplicate, Outcome, Poison, Retry
from switchyard.eventing.ports import Handler, Subscription
from switchyard.events.gateway.v1 import contact_events_pb2, delivery_events_pb2

GROUP = "notify"
TOPICS = ("contact-events-v1",)
_RETRY_SECONDS = 1.0
_HANDLED = "handled"
#: What no repetition mends.
_POISON = (NoticeNotFound, ResponseNotFound, RatingOutsideScale, TemplateInvalid)


class ContactEvents:
    """Handlers of the gateway's events about contacts and deliveries."""

    def __init__(self, ports: Ports, metrics: NotifyMetrics) -> None:
        self._ports = ports
        self._metrics = metrics

    def subscription(self) -> Subscription:
        handlers: dict[type, Handler] = {
            contact_events_pb2.ContactClosed: self.contact_closed,
            delivery_events_pb2.DeliverySent: self.delivery_sent,
            delivery_events_pb2.DeliveryConfirmed: self.delivery_confirmed,
            delivery_events_pb2.DeliveryFailed: self.delivery_failed,
            delivery_events_pb2.DeliveryAnswered: self.delivery_answered,
        }
        return Subscription(group=GROUP, topics=TOPICS, handlers=MappingProxyType(handlers))

    async def contact_closed(self, received: Received, message: contact_events_pb2.ContactClosed) -> Outcome:
        if not message.contact_id or not message.outcome:
            return Poison(reason="ContactClosed without contact_id or outcome")
        if message.outcome != _HANDLED:
            return Done()
        return await _outcome(ask_survey(_closed(received, message), self._ports))

    async def delivery_sent(self, received: Received, message: delivery_events_pb2.DeliverySent) -> Outcome:
        return await _outcome(report_sent(_delivery(received, message.delivery_id), self._ports))

    async def delivery_confirmed(self, received: Received, message: delivery_events_pb2.DeliveryConfirmed) -> Outcome:
        return await _outcome(report_delivered(_delivery(received, message.delivery_id), self._ports))

    async def delivery_failed(self, received: Received, message: delivery_events_pb2.DeliveryFailed) -> Outcome:
        delivery = _delivery(received, message.delivery_id)
        return await _outcome(report_failed(delivery, message.code or "unknown", self._ports))

    async def delivery_answered(self, received: Received, message: delivery_events_pb2.DeliveryAnswered) -> Outcome:
        envelope = received.message.envelope
        answered = Answered(
            tenant=envelope.tenant,
            event_id=envelope.id,
            survey_id=message.survey_id,
            rating=message.rating,
            at=envelope.time,
        )
        try:
            return await _outcome(answer_survey(answered, self._ports))
        except AnswerTooLate:
            self._metrics.late_answers.inc()
            return Done()


async def _outcome(effect: Awaitable[bool]) -> Outcome:
    try:
        return Done() if await effect else Duplicate()
    except (StoreUnavailable, AggregateConflict) as error:
        return Retry(after_seconds=_RETRY_SECONDS, reason=str(error))
    except _POISON as error:
        return Poison(reason=str(error))


def _closed(received: Received, message: contact_events_pb2.ContactClosed) -> ContactClosed:
    envelope = received.message.envelope
    contact = HandledContact(
        contact_id=message.contact_id,
        channel=message.channel,
        queue_id=message.queue_id,
        agent_id=message.agent_id,
        team_id=message.team_id,
        site_id=message.site_id,
        customer_id=message.customer_id,
    )
    return ContactClosed(tenant=envelope.tenant, event_id=envelope.id, outcome=message.outcome, contact=contact)


def _delivery(received: Received, delivery_id: str) -> Delivery:
    envelope = received.message.envelope
    return Delivery(tenant=envelope.tenant, event_id=envelope.id, notice_id=delivery_id, at=envelope.time)
