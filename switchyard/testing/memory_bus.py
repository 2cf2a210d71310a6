"""A broker in memory: keeps what was published, hands it to consumers, and can be away."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeVar

from google.protobuf.message import Message as ProtobufMessage

from switchyard.eventing.cloudevents import to_headers
from switchyard.eventing.dead_letters import DeadLetter, dead_letter_headers, dead_letter_topic
from switchyard.eventing.envelope import Message, Place, Received
from switchyard.eventing.ports import BrokerUnavailable
from switchyard.eventing.records import RawRecord

ProtobufT = TypeVar("ProtobufT", bound=ProtobufMessage)


class InMemoryBus:
    """One partition a topic; publisher and dead letters in one. Set `available` to False to have it refuse both."""

    def __init__(self, cluster: str = "memory") -> None:
        self.cluster = cluster
        self.available = True
        self.published: list[Message] = []
        self._topics: dict[str, list[RawRecord]] = defaultdict(list)

    async def publish(self, messages: Sequence[Message]) -> None:
        await self.publish_raw([(i.topic, i.key.encode(), i.data, to_headers(i.envelope)) for i in messages])
        self.published.extend(messages)

    async def publish_raw(
        self, records: Sequence[tuple[str, bytes | None, bytes | None, Sequence[tuple[str, bytes]]]]
    ) -> None:
        """Publish (topic, key, value, headers) as they are."""
        if not self.available:
            raise BrokerUnavailable("the broker in memory was told to be away")
        for topic, key, value, headers in records:
            log = self._topics[topic]
            log.append(
                RawRecord(Place(cluster=self.cluster, topic=topic, partition=0, offset=len(log)), key, value, headers)
            )

    async def send(self, letter: DeadLetter) -> None:
        record = letter.record
        topic = dead_letter_topic(record.place.topic)
        await self.publish_raw([(topic, record.key, record.value, dead_letter_headers(letter))])

    def records(self, *topics: str) -> list[RawRecord]:
        """Give what was published to these topics, topic by topic; to all of them where none is named."""
        return [record for topic in topics or tuple(self._topics) for record in self._topics[topic]]

    def received(self, *topics: str) -> list[Received]:
        """Give the same as consumers get it. Raises MalformedEnvelope where one is none of ours."""
        return [record.read() for record in self.records(*topics)]

    def types(self, *topics: str) -> list[str]:
        """Name the types of what was published, without their package: good reading in an assertion."""
        return [received.message.envelope.type.rpartition(".")[2] for received in self.received(*topics)]

    def decoded(self, kind: type[ProtobufT]) -> list[ProtobufT]:
        """Decode everything of one type, in the order in which it was published."""
        name = kind.DESCRIPTOR.full_name
        return [kind.FromString(message.data) for message in self.published if message.envelope.type == name]
