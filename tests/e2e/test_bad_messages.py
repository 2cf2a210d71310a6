"""What a stranger writes to the topics stops nobody: it is put aside or skipped, told and counted."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.floor import Floor
from tests.e2e.platform import Platform
from tests.e2e.polling import eventually
from tests.e2e.whole_contact import whole_contact

FIVE_MEGABYTES = 5 * 1024 * 1024
#: Who reads contact events as a group, and so puts aside what is none.
READERS = {"ticketing", "quality", "notify", "analytics"}
Headers = list[tuple[str, bytes]]


@asynccontextmanager
async def _producer(platform: Platform) -> AsyncIterator[AIOKafkaProducer]:
    """A plain client, without any of the platform's code."""
    producer = AIOKafkaProducer(
        bootstrap_servers=platform.endpoints["kafka"], max_request_size=FIVE_MEGABYTES + 64 * 1024
    )
    async with producer:
        yield producer


def _envelope(platform: Platform, type_name: str) -> Headers:
    """The headers of an event as a partner might copy them."""
    word = uuid.uuid4().hex
    texts = {
        "ce_specversion": "1.0",
        "ce_id": f"/{platform.tenant}/stranger/{word}/1",
        "ce_type": type_name,
        "ce_source": f"/{platform.tenant}/stranger/{word}",
        "ce_subject": word,
        "ce_time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "ce_tenant": platform.tenant,
        "ce_sequence": "1",
        "content-type": "application/protobuf",
    }
    return [(name, text.encode()) for name, text in texts.items()]


@pytest.mark.parametrize("topic", ["contact-events-v1", "routing-commands-v1"])
async def test_five_megabytes_of_garbage_become_a_dead_letter_and_nobody_stops(floor: Floor, topic: str) -> None:
    mark = uuid.uuid4().bytes
    key = f"{floor.platform.tenant}/{floor.pool}".encode()
    async with _producer(floor.platform) as producer:
        await producer.send_and_wait(topic, mark + b"\xff" * (FIVE_MEGABYTES - len(mark)), key=key)
        await producer.send_and_wait(topic, mark + b"{}", key=key)
    await whole_contact(floor)
    readers = READERS if topic == "contact-events-v1" else {"routing-engine"}
    letters = await _letters(floor.platform, f"{topic}-dlq", mark, readers)
    assert sorted(letters) == sorted([*readers, *readers])


async def _letters(platform: Platform, topic: str, mark: bytes, readers: set[str]) -> list[str]:
    """Who put aside the messages that begin with the mark; waits until all of the readers did."""
    found: list[str] = []
    consumer = AIOKafkaConsumer(
        bootstrap_servers=platform.endpoints["kafka"], auto_offset_reset="earliest", fetch_max_bytes=FIVE_MEGABYTES * 4
    )
    async with consumer:
        consumer.assign([TopicPartition(topic, 0)])
        await consumer.seek_to_beginning()

        async def look() -> bool:
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    if record.value.startswith(mark):
                        headers = dict(record.headers)
                        assert headers["dlq-error"]
                        found.append(headers["dlq-group"].decode())
            return len(found) >= 2 * len(readers)

        await eventually(look, f"the dead letters of {', '.join(sorted(readers))}, not only {sorted(found)}")
    return found


async def test_events_of_an_unknown_type_are_skipped_and_counted(floor: Floor) -> None:
    groups, sent = ("ticketing", "quality", "notify"), 25
    before = {group: await _skipped(floor, group) for group in groups}
    async with _producer(floor.platform) as producer:
        for _ in range(sent):
            headers = _envelope(floor.platform, "switchyard.events.gateway.v9.ContactSang")
            await producer.send_and_wait("contact-events-v1", b"\x0a\x01x", key=b"demo/x", headers=headers)

    async def counted() -> bool:
        return all([await _skipped(floor, group) >= before[group] + sent for group in groups])

    await eventually(counted, f"{', '.join(groups)} to count {sent} that they skipped")
    await whole_contact(floor)


async def _skipped(floor: Floor, service: str) -> float:
    """How many messages of types that it does not handle a service has passed over."""
    page = await floor.http.get(f"{floor.platform.endpoints['services'][service]}/metrics")
    return sum(
        sample.value
        for family in text_string_to_metric_families(page.text)
        for sample in family.samples
        if sample.name == "switchyard_consumed_messages_total" and sample.labels["outcome"] == "unknown"
    )
