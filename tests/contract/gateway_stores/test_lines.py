"""Lines: one suite for the store in memory and the one in MongoDB."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from services.gateway.adapters.mongo_lines import MongoLines
from services.gateway.application.ports import Lines
from services.gateway.domain.errors import TranscriptClosed
from services.gateway.domain.line import CLOSING, NewLine
from switchyard.events.gateway.v1.contact_events_pb2 import LineAdded
from switchyard.mongo.client import Database
from switchyard.testing.memory_bus import InMemoryBus
from tests.contract.gateway_stores.memory import InMemoryLines, at


@pytest.fixture
def bus() -> InMemoryBus:
    return InMemoryBus()


@pytest_asyncio.fixture(params=["memory", "mongo"])
async def lines(request: pytest.FixtureRequest, bus: InMemoryBus, mongo: Database) -> AsyncIterator[Lines]:
    if request.param == "memory":
        yield InMemoryLines(bus)
        return
    store = MongoLines(mongo["lines"], bus)
    await store.prepare()
    yield store
    await store.inserts.finish()


def said(client_id: str, **more: Any) -> NewLine:
    same = {"tenant": "t", "contact_id": "cnt_1", "channel": "sms", "author": "customer", "text": client_id}
    return NewLine(**{**same, "client_id": client_id, "at": at(), **more})


async def test_lines_are_numbered_from_one_without_gaps(lines: Lines) -> None:
    appended = await asyncio.gather(*(lines.append(said(f"m{n}")) for n in range(20)))
    assert sorted(each.line.number for each in appended) == list(range(1, 21))
    read = await lines.read("t", "cnt_1")
    assert [line.number for line in read] == list(range(1, 21))
    assert [line.number for line in await lines.read("t", "cnt_1", after=3, limit=2)] == [4, 5]


async def test_a_repeated_line_is_one_line_and_leaves_no_gap(lines: Lines) -> None:
    first = await lines.append(said("a"))
    again, other = await asyncio.gather(lines.append(said("a", text="changed")), lines.append(said("b")))
    assert (again.duplicate, again.line) == (True, first.line)
    assert (other.duplicate, other.line.number) == (False, 2)


async def test_the_same_client_id_of_another_author_is_another_line(lines: Lines) -> None:
    await lines.append(said("a"))
    assert (await lines.append(said("a", author="agent"))).line.number == 2


async def test_nothing_follows_the_closing_line_but_repeats_are_known(lines: Lines) -> None:
    await lines.append(said("a"))
    await lines.append(said("closing", author="system", kind=CLOSING, text=""))
    with pytest.raises(TranscriptClosed):
        await lines.append(said("b"))
    assert (await lines.append(said("a"))).duplicate
    assert (await lines.append(said("closing", author="system", kind=CLOSING, text=""))).duplicate


async def test_contacts_and_tenants_do_not_share_lines(lines: Lines) -> None:
    for tenant, contact in (("t", "cnt_1"), ("t", "cnt_2"), ("u", "cnt_1")):
        appended = await lines.append(said("a", tenant=tenant, contact_id=contact, provider_message_id="SM1"))
        assert appended.line.number == 1
    found = await lines.of_provider_message("u", "sms", ["SM0", "SM1"])
    assert found is not None
    assert (found.tenant, found.text) == ("u", "a")
    assert await lines.of_provider_message("u", "email", ["SM1"]) is None
    assert await lines.of_provider_message("v", "sms", ["SM1"]) is None


async def test_a_line_on_its_way_out_is_found_until_it_has_left(lines: Lines) -> None:
    line = (await lines.append(said("a", author="agent", deliver=True))).line
    assert [each.number for each in await lines.undelivered(limit=10)] == [line.number]
    assert await lines.delivered(line, state="sent", provider_message_id="SM9")
    assert await lines.undelivered(limit=10) == []
    found = await lines.of_provider_message("t", "sms", ["SM9"])
    assert found is not None
    assert found.delivery == "sent"


async def test_a_receipt_that_comes_late_takes_nothing_back(lines: Lines) -> None:
    line = (await lines.append(said("a", author="agent", deliver=True))).line
    assert await lines.delivered(line, state="delivered")
    assert not await lines.delivered(line, state="sent", provider_message_id="SM9")
    assert not await lines.delivered(line, state="delivered")
    assert (await lines.read("t", "cnt_1"))[0].delivery == "delivered"


async def test_every_line_is_announced_under_its_number(lines: Lines, bus: InMemoryBus) -> None:
    await asyncio.gather(*(lines.append(said(f"m{n}")) for n in range(5)))
    if isinstance(lines, MongoLines):
        await lines.inserts.finish()
    assert [event.line for event in bus.decoded(LineAdded)] == [1, 2, 3, 4, 5]
    assert [each.envelope.sequence for each in bus.published] == [1, 2, 3, 4, 5]


async def test_lines_wait_for_the_broker_and_leave_in_order(mongo: Database, bus: InMemoryBus) -> None:
    lines = MongoLines(mongo["lines"], bus)
    await lines.prepare()
    bus.available = False
    for n in range(3):
        await lines.append(said(f"m{n}"))
    await lines.inserts.finish()
    bus.available = True
    assert await lines.outbox.sweep() == 3
    assert [event.line for event in bus.decoded(LineAdded)] == [1, 2, 3]


async def test_what_an_ended_process_left_unpublished_goes_out_before_the_next_line(
    mongo: Database, bus: InMemoryBus
) -> None:
    away = InMemoryBus()
    away.available = False
    before = MongoLines(mongo["lines"], away)
    await before.prepare()
    for n in range(2):
        await before.append(said(f"m{n}"))
    await before.inserts.finish()
    after = MongoLines(mongo["lines"], bus)
    await after.append(said("m2"))
    await after.inserts.finish()
    assert [event.line for event in bus.decoded(LineAdded)] == [1, 2, 3]


async def test_two_replicas_writing_one_contact_leave_no_gap(mongo: Database, bus: InMemoryBus) -> None:
    replicas = [MongoLines(mongo["lines"], bus) for _ in range(2)]
    await replicas[0].prepare()
    appended = await asyncio.gather(*(replicas[n % 2].append(said(f"m{n}")) for n in range(30)))
    assert sorted(each.line.number for each in appended) == list(range(1, 31))
    await replicas[0].append(said("closing", author="system", kind=CLOSING, text=""))
    with pytest.raises(TranscriptClosed):
        await replicas[1].append(said("late"))
    for replica in replicas:
        await replica.inserts.finish()
