"""The gateway's events as quality's own commands."""

from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp

from services.quality.application.ports import Ports, TranscriptMissing, TranscriptUnavailable
from services.quality.application.score_contact import ContactClosed, score_contact
from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.eventing.envelope import Received
from switchyard.eventing.outcomes import Done, Duplicate, Outcome, Poison, Retry
from switchyard.eventing.ports import Subscription
from switchyard.events.gateway.v1 import contact_events_pb2 as pb

GROUP = "quality"
TOPICS = ("contact-events-v1",)
_RETRY_SECONDS = 2.0
_HANDLED = "handled"


class ContactEvents:
    """Handlers of the gateway's contact events."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def subscription(self) -> Subscription:
        return Subscription(group=GROUP, topics=TOPICS, handlers={pb.ContactClosed: self.contact_closed})

    async def contact_closed(self, received: Received, message: pb.ContactClosed) -> Outcome:
        if not message.contact_id or not message.outcome or not message.HasField("opened_at"):
            return Poison(reason="ContactClosed without contact_id, outcome or opened_at")
        try:
            scored = await score_contact(to_command(received, message), self._ports)
        except (TranscriptUnavailable, StoreUnavailable) as error:
            return Retry(after_seconds=_RETRY_SECONDS, reason=str(error))
        except TranscriptMissing as error:
            return Poison(reason=str(error))
        return Duplicate() if message.outcome == _HANDLED and not scored else Done()


def to_command(received: Received, message: pb.ContactClosed) -> ContactClosed:
    envelope = received.message.envelope
    return ContactClosed(
        tenant=envelope.tenant,
        event_id=envelope.id,
        contact_id=message.contact_id,
        outcome=message.outcome,
        channel=message.channel,
        queue_id=message.queue_id,
        agent_id=message.agent_id,
        team_id=message.team_id,
        site_id=message.site_id,
        opened_at=_moment(message.opened_at),
        answered_at=_moment(message.answered_at) if message.HasField("answered_at") else None,
    )


def _moment(stamp: Timestamp) -> datetime:
    """Every figure of the platform is taken from instants cut to the millisecond."""
    return datetime.fromtimestamp(stamp.ToMilliseconds() / 1000, tz=UTC)
