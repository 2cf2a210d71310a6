"""What the gateway's consumer group reads: routing's decisions and refusals, and other services' deliveries."""

from collections.abc import Callable
from datetime import UTC

import structlog

from services.gateway.adapters.routing_wire import NotRoutings, routing_event
from services.gateway.application.apply_routing_event import Applied, ApplyRoutingEvent
from services.gateway.application.call_back import CallBack
from services.gateway.application.deliver_message import DeliverMessage, DeliverMessages
from services.gateway.application.door.routing_events import RoutingEvent
from services.gateway.application.enqueue_refused import EnqueueRefused
from services.gateway.application.finish_voicemail import FinishVoicemail
from services.gateway.application.messages import SendUnavailable
from services.gateway.application.ports import VoiceProvider
from services.gateway.domain.delivery import Expected
from services.gateway.domain.errors import CallbackMissing, FirstWordsMissing, NotThere
from services.gateway.entrypoints.move_calls import MoveCalls
from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.eventing.envelope import Received
from switchyard.eventing.outcomes import Done, Duplicate, Outcome, Poison, Retry
from switchyard.eventing.ports import Subscription
from switchyard.events.routing.v1 import callback_events_pb2 as callbacks
from switchyard.events.routing.v1 import contact_routing_events_pb2 as routing
from switchyard.events.routing.v1 import supervision_events_pb2 as supervision
from switchyard.internal.delivery.v1.commands_pb2 import DeliverMessage as WireDeliverMessage
from switchyard.internal.routing.v1.outcomes_pb2 import CommandRefused

GROUP = "gateway"
TOPICS = ("routing-events-v1", "routing-outcomes-v1", "delivery-commands-v1")
APPLIED = (
    routing.OfferAccepted,
    routing.ContactTransferred,
    routing.ContactFlowedOut,
    routing.ContactEnded,
    routing.WrapUpCompleted,
    routing.ContactAbandoned,
    routing.WorkInterrupted,
    routing.WorkResumed,
    supervision.ContactPriorityChanged,
    callbacks.CallbackRequested,
    callbacks.CallbackScheduled,
    callbacks.CallbackNotReached,
    callbacks.CallbackGivenUp,
)
_STORE_PAUSE_SECONDS = 1.0
_PROVIDER_PAUSE_SECONDS = 2.0
_WORDS_PAUSE_SECONDS = 0.1

log = structlog.get_logger(__name__)


class RoutingEventsConsumer:
    """Writes routing's decisions into contacts, and has the voice provider follow them."""

    def __init__(
        self,
        apply: ApplyRoutingEvent,
        voice: VoiceProvider | None,
        count: Callable[[str], None],
        finish: FinishVoicemail | None = None,
        call_back: CallBack | None = None,
    ) -> None:
        self._apply = apply
        self._count = count
        self._move = MoveCalls(voice, finish, call_back) if voice is not None else None

    async def handle(self, received: Received, message: object) -> Outcome:
        """Handle an event in its order, in the consumer group."""
        try:
            event = routing_event(received, message)  # type: ignore[arg-type]
        except NotRoutings as error:
            return Poison(reason=f"foreign source {error}")
        try:
            applied = await self._apply(event)
            if self._move is not None and event.channel == "voice" and applied is not Applied.NO_CONTACT:
                await self._move(event)
        except FirstWordsMissing as error:
            return Retry(after_seconds=_WORDS_PAUSE_SECONDS, reason=error.code)
        except CallbackMissing as error:
            return Retry(after_seconds=_STORE_PAUSE_SECONDS, reason=error.code)
        except StoreUnavailable as error:
            return Retry(after_seconds=_STORE_PAUSE_SECONDS, reason=str(error))
        except SendUnavailable as error:
            return Retry(after_seconds=_PROVIDER_PAUSE_SECONDS, reason=str(error))
        return self._outcome(applied, event)

    async def queued(self, received: Received, message: routing.ContactQueued) -> Outcome:
        """Handle the one event of which only callbacks keep something; all others are passed over unread."""
        return await self.handle(received, message) if message.entry.callback_attempt else Done()

    async def apply_now(self, received: Received, message: object) -> Outcome:
        """Apply an event before a request that waits for it is answered; the group applies it again in its turn."""
        applied = await self._apply.before_answering(routing_event(received, message))  # type: ignore[arg-type]
        return Done() if applied is Applied.WRITTEN else Duplicate()

    def _outcome(self, applied: Applied, event: RoutingEvent) -> Outcome:
        if applied is Applied.NO_CONTACT:
            # Not poison: a pool may be asked about contacts by other means, and one stranger must not park a subject.
            log.warning("routing-event-of-unknown-contact", contact=event.contact_id, event_id=event.id)
            self._count(event.name)
        return Done() if applied is Applied.WRITTEN else Duplicate()


class OutcomesConsumer:
    """Takes in refusals of what the gateway itself asked of routing."""

    def __init__(self, refused: EnqueueRefused) -> None:
        self._refused = refused

    async def handle(self, received: Received, message: CommandRefused) -> Outcome:
        envelope = received.message.envelope
        if not envelope.correlation_id.startswith("cnt_"):
            return Done()
        try:
            changed = await self._refused(
                tenant=envelope.tenant,
                contact_id=envelope.correlation_id,
                command_id=message.command_id or envelope.causation_id,
                code=message.code,
                at=envelope.time,
            )
        except StoreUnavailable as error:
            return Retry(after_seconds=_STORE_PAUSE_SECONDS, reason=str(error))
        return Done() if changed else Duplicate()


class DeliveriesConsumer:
    """Takes in what other services want delivered."""

    def __init__(self, deliver: DeliverMessages) -> None:
        self._deliver = deliver

    async def handle(self, received: Received, message: WireDeliverMessage) -> Outcome:
        envelope = received.message.envelope
        if not (message.delivery_id and message.contact_id and message.content_path.startswith("/")):
            return Poison(reason="delivery_id, contact_id or content_path is missing")
        command = DeliverMessage(
            tenant=envelope.tenant,
            delivery_id=message.delivery_id,
            contact_id=message.contact_id,
            content_path=message.content_path,
            at=envelope.time,
            expects=_expected(message),
        )
        try:
            new = await self._deliver(command)
        except NotThere as error:
            return Poison(reason=error.code)
        except StoreUnavailable as error:
            return Retry(after_seconds=_STORE_PAUSE_SECONDS, reason=str(error))
        return Done() if new else Duplicate()


def _expected(message: WireDeliverMessage) -> Expected | None:
    if not message.HasField("expects"):
        return None
    wire = message.expects
    return Expected(survey_id=wire.survey_id, scale_max=wire.scale_max, until=wire.until.ToDatetime(tzinfo=UTC))


def subscription(
    routing_events: RoutingEventsConsumer, outcomes: OutcomesConsumer, deliveries: DeliveriesConsumer
) -> Subscription:
    """The one group of the gateway, and what handles each message."""
    return Subscription(
        group=GROUP,
        topics=TOPICS,
        handlers={
            **dict.fromkeys(APPLIED, routing_events.handle),
            routing.ContactQueued: routing_events.queued,
            CommandRefused: outcomes.handle,
            WireDeliverMessage: deliveries.handle,
        },
    )
