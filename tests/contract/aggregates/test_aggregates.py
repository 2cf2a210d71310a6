"""What every store of aggregates must do: compare-and-set, numbering, and an outbox that loses nothing."""

from datetime import UTC, datetime

import pytest

from switchyard.eventing.aggregates import AggregateConflict, AggregateExists
from switchyard.eventing.drafting import command
from switchyard.eventing.envelope import EventDraft, Message
from switchyard.internal.signals.v1.signals_pb2 import LinesRead, TypingChanged
from switchyard.testing.messages import TIME, make_draft
from tests.contract.aggregates.conftest import Shelf


def event(number: int) -> EventDraft:
    return make_draft(LinesRead(through_line=number), subject="a")


def order() -> Message:
    return command(
        TypingChanged(),
        id="cmd_1",
        topic="test-commands",
        key="t/a",
        source="/t/test/things/a",
        subject="a",
        tenant="t",
        time=TIME,
        correlation_id="a",
        causation_id="",
    )


def numbers(shelf: Shelf) -> list[int | None]:
    return [message.envelope.sequence for message in shelf.bus.published]


async def test_what_was_inserted_is_found(shelf: Shelf) -> None:
    body = {"at": datetime(2026, 1, 5, 9, 0, 0, 123456, tzinfo=UTC), "names": ["a", "b"], "open": True, "n": None}
    inserted = await shelf.aggregates.insert("t", "a", body, [])
    found = await shelf.aggregates.find("t", "a")
    assert found is not None
    assert (found.tenant, found.id, found.version, found.sequence) == ("t", "a", 1, 0)
    assert found.body == {**body, "at": datetime(2026, 1, 5, 9, 0, 0, 123000, tzinfo=UTC)}
    assert (inserted.version, inserted.sequence) == (1, 0)


async def test_another_tenants_aggregate_is_not_found(shelf: Shelf) -> None:
    await shelf.aggregates.insert("t", "a", {}, [])
    assert await shelf.aggregates.find("u", "a") is None
    assert await shelf.aggregates.page("u", {}) == []


async def test_an_id_is_given_once(shelf: Shelf) -> None:
    await shelf.aggregates.insert("t", "a", {}, [event(1)])
    with pytest.raises(AggregateExists):
        await shelf.aggregates.insert("t", "a", {}, [event(1)])
    assert numbers(shelf) == [1]


async def test_of_two_changes_of_one_version_one_wins(shelf: Shelf) -> None:
    first = await shelf.aggregates.insert("t", "a", {}, [])
    await shelf.aggregates.replace(first, {"by": "one"}, [event(1)])
    with pytest.raises(AggregateConflict):
        await shelf.neighbour.replace(first, {"by": "two"}, [event(1)])
    found = await shelf.neighbour.find("t", "a")
    assert found is not None
    assert (found.body, found.version, numbers(shelf)) == ({"by": "one"}, 2, [1])


async def test_what_was_never_inserted_cannot_be_changed(shelf: Shelf) -> None:
    stored = await shelf.aggregates.insert("t", "a", {}, [])
    other = await shelf.aggregates.insert("t", "b", {}, [])
    await shelf.aggregates.replace(other, {}, [])
    with pytest.raises(AggregateConflict):
        await shelf.aggregates.replace(other, {}, [])
    assert (await shelf.aggregates.replace(stored, {}, [])).version == 2


async def test_events_are_numbered_without_gaps_and_commands_keep_their_ids(shelf: Shelf) -> None:
    stored = await shelf.aggregates.insert("t", "a", {}, [event(1), order(), event(2)])
    await shelf.aggregates.replace(stored, {}, [event(3)])
    assert numbers(shelf) == [1, None, 2, 3]
    envelopes = [message.envelope for message in shelf.bus.published]
    assert [envelope.id for envelope in envelopes][:3] == ["/t/test/things/a/1", "cmd_1", "/t/test/things/a/2"]
    assert {envelope.source for envelope in envelopes} == {"/t/test/things/a"}


async def test_a_write_stands_while_the_broker_is_away_and_is_published_by_the_sweeper(shelf: Shelf) -> None:
    shelf.bus.available = False
    stored = await shelf.aggregates.insert("t", "a", {}, [event(1)])
    await shelf.aggregates.replace(stored, {"n": 2}, [event(2)])
    await shelf.aggregates.insert("t", "b", {}, [event(1)])
    shelf.clock.advance(seconds=40)
    await shelf.aggregates.outbox.sweep()
    assert numbers(shelf) == []
    assert shelf.aggregates.outbox.oldest_unsent_seconds == 40
    assert shelf.aggregates.outbox.too_old
    shelf.bus.available = True
    assert await shelf.aggregates.outbox.sweep() == 2
    assert sorted(message.envelope.id for message in shelf.bus.published) == [
        "/t/test/things/a/1",
        "/t/test/things/a/2",
        "/t/test/things/b/1",
    ]
    assert shelf.aggregates.outbox.oldest_unsent_seconds == 0
    assert await shelf.aggregates.outbox.sweep() == 0


async def test_the_next_write_publishes_the_whole_unsent_prefix_first(shelf: Shelf) -> None:
    shelf.bus.available = False
    await shelf.aggregates.insert("t", "a", {}, [event(1), order()])
    shelf.bus.available = True
    found = await shelf.neighbour.find("t", "a")
    assert found is not None
    await shelf.neighbour.replace(found, {}, [event(2)])
    assert numbers(shelf) == [1, None, 2]


async def test_what_was_sent_is_not_sent_again_by_later_writes_and_sweeps(shelf: Shelf) -> None:
    stored = await shelf.aggregates.insert("t", "a", {}, [event(1)])
    stored = await shelf.aggregates.replace(stored, {}, [event(2)])
    found = await shelf.aggregates.find("t", "a")
    assert found is not None
    await shelf.aggregates.replace(found, {}, [])
    await shelf.aggregates.outbox.sweep()
    found = await shelf.aggregates.find("t", "a")
    assert found is not None
    await shelf.aggregates.replace(found, {}, [event(3)])
    shelf.clock.advance(seconds=10)
    await shelf.neighbour.outbox.sweep()
    await shelf.aggregates.outbox.sweep()
    assert list(dict.fromkeys(numbers(shelf))) == [1, 2, 3]
    assert shelf.aggregates.outbox.oldest_unsent_seconds == 0


async def test_a_page_filters_sorts_and_goes_on_where_the_last_ended(shelf: Shelf) -> None:
    for number in range(10):
        body = {"state": "open" if number % 2 else "closed", "rank": number // 4, "tags": ["even"] * (number % 2 == 0)}
        await shelf.aggregates.insert("t", f"i{number}", body, [])
    sort = [("body.rank", -1)]
    first = await shelf.aggregates.page("t", {"body.state": "open"}, sort=sort, limit=3)
    assert [item.id for item in first] == ["i9", "i7", "i5"]
    rest = await shelf.aggregates.page("t", {"body.state": "open"}, sort=sort, limit=3, cursor=[1, "i5"])
    assert [item.id for item in rest] == ["i3", "i1"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"body.n": {"$in": [1, 3]}}, ["i1", "i3"]),
        ({"body.n": {"$gte": 1, "$lt": 3}}, ["i1", "i2"]),
        ({"body.n": {"$ne": 0}, "body.m": {"$exists": True}}, ["i1", "i3"]),
        ({"body.tags": "odd"}, ["i1", "i3"]),
        ({"body.parts.name": "p1"}, ["i1"]),
        ({"body.parts.then.to": "p3"}, ["i2"]),
        ({"body.parts.names": "a2"}, ["i2"]),
        ({"id": "i2"}, ["i2"]),
    ],
)
async def test_a_query_means_the_same_everywhere(shelf: Shelf, query: dict[str, object], expected: list[str]) -> None:
    for number in range(4):
        parts = [{"name": "p", "then": None}, {"name": f"p{number}", "names": ["a", f"a{number}"]}]
        parts.append({"then": {"to": f"p{number + 1}"}})
        body: dict[str, object] = {"n": number, "tags": ["odd"] if number % 2 else [], "parts": parts}
        await shelf.aggregates.insert("t", f"i{number}", {**body, "m": 1} if number % 2 else body, [])
    assert [item.id for item in await shelf.aggregates.page("t", query)] == expected


async def test_changing_a_body_that_was_read_changes_nothing_stored(shelf: Shelf) -> None:
    await shelf.aggregates.insert("t", "a", {"names": ["x"]}, [])
    found = await shelf.aggregates.find("t", "a")
    assert found is not None
    found.body["names"].append("y")
    again = await shelf.aggregates.find("t", "a")
    assert again is not None
    assert again.body == {"names": ["x"]}
