"""The parts of the Kafka kit that need no broker."""

from pathlib import Path

import pytest

from switchyard.kafka.publisher import partition_of
from switchyard.kafka.settings import KafkaSettings
from switchyard.kafka.topic_files import load_topics, specs
from switchyard.kafka.watchdog import ConsumerStuck, Watchdog


@pytest.mark.parametrize(
    ("key", "hashed"),
    [(b"21", -973932308), (b"foobar", -790332482), (b"a-little-bit-long-string", -985981536), (b"abc", 479470107)],
)
def test_keys_go_to_the_partition_that_every_kafka_client_chooses(key: bytes, hashed: int) -> None:
    """The hashes are those of Kafka's own UtilsTest.testMurmur2."""
    assert partition_of(key, 12) == (hashed & 0x7FFFFFFF) % 12


def test_a_message_without_a_key_has_a_partition() -> None:
    assert partition_of(None, 12) == 0


def test_only_the_embedded_broker_goes_without_idempotence() -> None:
    assert KafkaSettings().producer()["enable_idempotence"] is True
    assert KafkaSettings(embedded=True).producer()["enable_idempotence"] is False


def test_no_client_setting_may_lose_a_message() -> None:
    producer, consumer = KafkaSettings().producer(), KafkaSettings().consumer()
    assert producer["acks"] == "all"
    assert (consumer["enable_auto_commit"], consumer["auto_offset_reset"]) == (False, "earliest")


def test_every_topic_has_dead_letters_that_are_kept_as_long() -> None:
    topics = load_topics()
    wanted = {spec.name: spec for spec in specs(topics)}
    assert set(wanted) == {topic.name for topic in topics} | {f"{topic.name}-dlq" for topic in topics}
    for topic in topics:
        if topic.retention_hours is not None:
            assert topic.dead_letters >= topic.retention_hours


def test_a_topic_file_with_an_unknown_field_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("name: x\nproducers: []\nconsumers: []\nmessages: []\ncolour: red\n")
    with pytest.raises(ValueError, match=r"x\.yaml"):
        load_topics(tmp_path)


class Clock:
    """Shows what it was set to."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def looked_every_two_seconds(watchdog: Watchdog, clock: Clock, *, until: float, lag: int) -> None:
    while clock.seconds < until:
        clock.seconds += 2
        watchdog.look(lag)


def test_the_watchdog_barks_only_where_messages_wait_and_none_is_handled() -> None:
    clock = Clock()
    watchdog = Watchdog("g", patience=30.0, clock=clock)
    looked_every_two_seconds(watchdog, clock, until=100, lag=0)
    looked_every_two_seconds(watchdog, clock, until=130, lag=5)
    watchdog.progressed()
    looked_every_two_seconds(watchdog, clock, until=160, lag=5)
    with pytest.raises(ConsumerStuck):
        looked_every_two_seconds(watchdog, clock, until=162, lag=5)


def test_the_watchdog_gives_a_process_that_was_held_its_whole_patience() -> None:
    clock = Clock()
    watchdog = Watchdog("g", patience=30.0, clock=clock)
    looked_every_two_seconds(watchdog, clock, until=10, lag=5)
    clock.seconds = 100
    looked_every_two_seconds(watchdog, clock, until=132, lag=5)
    with pytest.raises(ConsumerStuck):
        looked_every_two_seconds(watchdog, clock, until=134, lag=5)
