"""Dead letters on Kafka: each topic has its own topic of them beside it."""

from switchyard.eventing.dead_letters import DeadLetter, dead_letter_headers, dead_letter_topic
from switchyard.kafka.publisher import KafkaPublisher


class KafkaDeadLetters:
    """DeadLetters through the service's publisher."""

    def __init__(self, publisher: KafkaPublisher) -> None:
        self._publisher = publisher

    async def send(self, letter: DeadLetter) -> None:
        record = letter.record
        topic = dead_letter_topic(record.place.topic)
        await self._publisher.publish_raw([(topic, record.key, record.value, dead_letter_headers(letter))])
