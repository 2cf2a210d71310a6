"""The suite of parked subjects, on memory and on the database."""

from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from switchyard.eventing.envelope import Place
from switchyard.eventing.parking import ParkedMessage, ParkedSubjects, SubjectKey
from switchyard.eventing.records import RawRecord
from switchyard.eventing.replay import NotBlocked, discard_first, request_replay
from switchyard.mongo.client import Database
from switchyard.mongo.parked import MongoParkedSubjects
from switchyard.testing.memory_parked import InMemoryParkedSubjects
from switchyard.testing.messages import TIME

KEY = SubjectKey(group="g", source="/t/test/a", subject="a")


@pytest_asyncio.fixture(params=["memory", "mongo"])
async def parked(request: pytest.FixtureRequest, mongo: Database) -> ParkedSubjects:
    if request.param == "memory":
        return InMemoryParkedSubjects()
    stored = MongoParkedSubjects(mongo)
    await stored.prepare()
    return stored


def message(order: int, *, key: SubjectKey = KEY, partition: int = 0) -> ParkedMessage:
    place = Place(cluster="c", topic="events", partition=partition, offset=order)
    record = RawRecord(place, b"t/a", b"\x00\xff", [("ce_id", b"1"), ("ce_id", b"again")])
    return ParkedMessage(key=key, order=order, record=record)


async def test_the_first_is_the_one_of_the_least_order_and_comes_back_as_it_was(parked: ParkedSubjects) -> None:
    for order in (3, 1, 2):
        await parked.park(message(order))
    assert await parked.first(KEY) == message(1)


async def test_parking_a_message_again_changes_nothing(parked: ParkedSubjects) -> None:
    first = replace(message(1), due=TIME, attempts=3, reason="why")
    await parked.park(first)
    await parked.park(replace(message(1), order=9))
    assert await parked.first(KEY) == first
    assert [subject.waiting for subject in await parked.blocked("g")] == [1]


async def test_what_changed_of_a_message_is_kept(parked: ParkedSubjects) -> None:
    await parked.park(replace(message(1), due=TIME))
    changed = replace(message(1), due=None, poisoned=True, attempts=6, reason="never")
    await parked.change(changed)
    assert await parked.first(KEY) == changed
    assert await parked.due("g", TIME, 10) == []


async def test_a_released_message_stays_gone(parked: ParkedSubjects) -> None:
    await parked.park(message(1))
    await parked.release(message(1))
    await parked.change(replace(message(1), attempts=2))
    assert await parked.first(KEY) is None


async def test_due_subjects_are_named_the_longest_due_first(parked: ParkedSubjects) -> None:
    for number, name in enumerate(("late", "early", "future")):
        key = replace(KEY, subject=name)
        offset = {"late": 2, "early": 1, "future": 60}[name]
        await parked.park(replace(message(number, key=key), due=TIME + timedelta(seconds=offset)))
    await parked.park(replace(message(9, key=replace(KEY, group="other")), due=TIME))
    due = await parked.due("g", TIME + timedelta(seconds=5), 10)
    assert [key.subject for key in due] == ["early", "late"]
    assert len(await parked.due("g", TIME + timedelta(seconds=5), 1)) == 1


async def test_blocked_subjects_are_listed_for_the_partitions_asked_for(parked: ParkedSubjects) -> None:
    other = replace(KEY, subject="b")
    await parked.park(replace(message(1), poisoned=True, reason="bad"))
    await parked.park(message(2))
    await parked.park(message(3, key=other, partition=1))
    assert {subject.key for subject in await parked.blocked("g")} == {KEY, other}
    (only,) = await parked.blocked("g", {("events", 0)})
    assert (only.key, only.waiting, only.last_order, only.poisoned, only.reason) == (KEY, 2, 2, True, "bad")


async def test_a_replay_makes_the_first_due_and_forgets_its_attempts(parked: ParkedSubjects) -> None:
    await parked.park(replace(message(1), poisoned=True, attempts=6))
    await request_replay(parked, KEY, TIME)
    assert await parked.due("g", TIME, 10) == [KEY]
    first = await parked.first(KEY)
    assert first is not None
    assert (first.attempts, first.poisoned) == (0, False)


async def test_a_discarded_message_makes_way_for_the_next(parked: ParkedSubjects) -> None:
    await parked.park(replace(message(1), poisoned=True))
    await parked.park(message(2))
    given_up = await discard_first(parked, KEY, TIME)
    assert given_up.order == 1
    assert await parked.due("g", TIME, 10) == [KEY]


async def test_nothing_can_be_replayed_where_nothing_waits(parked: ParkedSubjects) -> None:
    with pytest.raises(NotBlocked):
        await request_replay(parked, KEY, TIME)
