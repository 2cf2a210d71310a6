"""Reading topics whole on real brokers."""

from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry

from switchyard.eventing.envelope import Received
from switchyard.eventing.outcomes import Done, Outcome
from switchyard.eventing.ports import Tail
from switchyard.internal.signals.v1.signals_pb2 import LinesRead
from switchyard.kafka.settings import KafkaSettings
from switchyard.kafka.tail import TailReader
from switchyard.testing.polling import running, until
from switchyard.testing.stage import Stage


@dataclass(slots=True)
class Seen:
    numbers: list[int] = field(default_factory=list)

    async def note(self, _received: Received, message: LinesRead) -> Outcome:
        if message.through_line == 2:
            raise ValueError("this one fails")
        self.numbers.append(message.through_line)
        return Done()


def make_reader(kafka: KafkaSettings, topic: str, seen: Seen, *, from_beginning: bool) -> TailReader:
    tail = Tail(topics=(topic,), handlers={LinesRead: seen.note}, from_beginning=from_beginning)
    return TailReader(kafka, tail, registry=CollectorRegistry())


async def test_a_tail_from_the_beginning_is_caught_up_when_all_that_was_there_is_read(
    kafka: KafkaSettings, kafka_stage: Stage
) -> None:
    await kafka_stage.publish(kafka_stage.events("s", 1, 2, 3))
    seen = Seen()
    reader = make_reader(kafka, kafka_stage.topic, seen, from_beginning=True)
    async with running(reader):
        await until(reader.caught_up.is_set, what="caught up")
        assert seen.numbers == [1, 3]


async def test_a_live_tail_misses_nothing_after_it_is_caught_up_and_sees_nothing_from_before(
    kafka: KafkaSettings, kafka_stage: Stage
) -> None:
    await kafka_stage.publish(kafka_stage.events("s", 1))
    seen = Seen()
    reader = make_reader(kafka, kafka_stage.topic, seen, from_beginning=False)
    async with running(reader):
        await until(reader.caught_up.is_set, what="caught up")
        await kafka_stage.publish(kafka_stage.events("s", 3, 4))
        await until(lambda: len(seen.numbers) == 2, what="both read")
    assert seen.numbers == [3, 4]


async def test_an_empty_topic_is_caught_up_at_once(kafka: KafkaSettings, kafka_stage: Stage) -> None:
    reader = make_reader(kafka, kafka_stage.topic, Seen(), from_beginning=True)
    async with running(reader):
        await until(reader.caught_up.is_set, what="caught up")
