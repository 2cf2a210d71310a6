"""Events as routing and the others announce them, made in one line each."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from google.protobuf.message import Message as ProtobufMessage
from google.protobuf.timestamp_pb2 import Timestamp

from switchyard.eventing.envelope import Envelope, Message, Place, Received, event_id
from switchyard.events.routing.v1 import agent_events_pb2 as agents
from switchyard.events.routing.v1 import contact_routing_events_pb2 as contacts

#: A Monday at a quarter past nine.
MORNING = datetime(2026, 11, 16, 9, 15, tzinfo=UTC)


def moment(seconds: float) -> datetime:
    """So many seconds after the morning began."""
    return MORNING + timedelta(seconds=seconds)


def stamp(seconds: float) -> Timestamp:
    timestamp = Timestamp()
    timestamp.FromDatetime(moment(seconds))
    return timestamp


def entry(contact: str, queued: float, *, queue: str = "billing", channel: str = "chat") -> contacts.Entry:
    return contacts.Entry(
        contact_id=contact,
        number=1,
        queue_id=queue,
        channel=channel,
        pool_id="default",
        queued_at=stamp(queued),
        target_seconds=20,
        short_abandon_seconds=5,
    )


def holder(agent: str) -> contacts.Holder:
    return contacts.Holder(agent_id=agent, team_id="red", site_id="north")


@dataclass
class Log:
    """Numbers events per source and gives them places, as a broker would."""

    tenant: str = "acme"
    cluster: str = "one"
    sequences: dict[str, int] = field(default_factory=dict)
    offsets: dict[tuple[str, int], int] = field(default_factory=dict)
    events: list[Received] = field(default_factory=list)

    def add(
        self,
        message: ProtobufMessage,
        at: float,
        *,
        contact: str = "",
        topic: str = "routing-events-v1",
        stream: str = "routing/pools/default/contacts",
        partition: int = 0,
    ) -> Received:
        source = f"/{self.tenant}/{stream}"
        sequence = self.sequences[source] = self.sequences.get(source, 0) + 1
        envelope = Envelope(
            id=event_id(source, sequence),
            type=message.DESCRIPTOR.full_name,
            source=source,
            subject=contact or source,
            time=moment(at),
            tenant=self.tenant,
            correlation_id=contact,
            causation_id="cmd_1",
            sequence=sequence,
        )
        key = f"{self.tenant}/default"
        sent = Message(topic=topic, key=key, envelope=envelope, data=message.SerializeToString())
        return self.publish(sent, partition)

    def publish(self, message: Message, partition: int = 0) -> Received:
        """Give a message the next place; publishing the same again is what a restarted relay does."""
        place = (message.topic, partition)
        offset = self.offsets[place] = self.offsets.get(place, -1) + 1
        received = Received(
            message=message,
            place=Place(cluster=self.cluster, topic=message.topic, partition=partition, offset=offset),
        )
        self.events.append(received)
        return received

    def contact(
        self, name: str, agent: str, *, queued: float, wait: float, talk: float, wrap_up: float, ring: float = 2
    ) -> None:
        """A contact from its first moment to the end of wrap-up."""
        stay, held = entry(name, queued), holder(agent)
        answered, ended = queued + wait, queued + wait + talk
        self.add(contacts.ContactQueued(entry=stay), queued, contact=name)
        self.add(contacts.OfferMade(entry=stay, offer_id="o", holder=held), answered - ring, contact=name)
        self.add(
            contacts.OfferAccepted(entry=stay, offer_id="o", holder=held, offered_at=stamp(answered - ring)),
            answered,
            contact=name,
        )
        self.add(
            contacts.ContactEnded(entry=stay, offer_id="o", holder=held, answered_at=stamp(answered)),
            ended,
            contact=name,
        )
        self.add(
            contacts.WrapUpCompleted(
                entry=stay, offer_id="o", holder=held, answered_at=stamp(answered), ended_at=stamp(ended)
            ),
            ended + wrap_up,
            contact=name,
        )

    def abandoned(self, name: str, *, queued: float, wait: float) -> None:
        self.add(contacts.ContactQueued(entry=entry(name, queued)), queued, contact=name)
        self.add(contacts.ContactAbandoned(entry=entry(name, queued)), queued + wait, contact=name)

    def shows(self, agent: str, state: str, at: float, *, since: float, before: str, reason: str = "") -> None:
        self.add(
            agents.AgentStateChanged(
                agent_id=agent,
                team_id="red",
                site_id="north",
                pool_id="default",
                state=state,
                reason=reason,
                previous_state=before,
                previous_since=stamp(since),
                capacity_units=100,
            ),
            at,
            topic="agent-state-events-v1",
            stream="routing/pools/default/agents",
        )
