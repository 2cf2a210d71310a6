"""What ticketing needs of its stores, asked of the memory's and of MongoDB's alike."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry

from services.ticketing.adapters.mongo import mongo_stores
from services.ticketing.adapters.stores import Stores
from services.ticketing.adapters.telemetry import TicketingMetrics
from services.ticketing.adapters.tickets import StoredTickets, StoredTicketTypes
from services.ticketing.application.ports import Cause, Recorded, TicketQuery
from services.ticketing.domain.closing import close_ticket
from services.ticketing.domain.opening import Matter, open_ticket
from services.ticketing.domain.ticket import Act, Changed, Ticket
from services.ticketing.domain.ticket_type import BUILT_IN_TYPES
from services.ticketing.domain.working import add_note
from switchyard.eventing.aggregates import AggregateConflict, AggregateExists
from switchyard.mongo.client import Database
from switchyard.testing.clock import FixedClock
from switchyard.testing.memory_bus import InMemoryBus
from tests.unit.ticketing.conftest import memory_stores

NOON = datetime(2026, 11, 22, 12, 0, 0, 123000, tzinfo=UTC)
CAUSE = Cause(correlation_id="cnt_1", causation_id="cmd_1")


@pytest.fixture(params=["memory", "mongo"])
async def stores(request: pytest.FixtureRequest, mongo: Database) -> Stores:
    bus, clock = InMemoryBus(), FixedClock(NOON)
    made = memory_stores(bus, clock) if request.param == "memory" else mongo_stores(mongo, bus, clock)
    await made.prepare()
    await made.prepare()
    return made


@pytest.fixture
def tickets(stores: Stores) -> StoredTickets:
    return StoredTickets(stores.tickets, TicketingMetrics(CollectorRegistry()))


def opened(number: int, *, owner: str = "ann", after: float = 0) -> Changed:
    act = Act(actor="ann", at=NOON + timedelta(seconds=after))
    matter = Matter(title="灯不亮", description="Seit gestern", owner_id=owner, contact_id=f"cnt_{number}")
    return open_ticket(f"tkt_{number}", f"FR-20261122-{number:06d}", BUILT_IN_TYPES["fault_report"], matter, act)


async def _found(tickets: StoredTickets, tenant: str, id_: str) -> Recorded[Ticket]:
    found = await tickets.find(tenant, id_)
    assert found is not None
    return found


async def test_a_ticket_comes_back_as_it_was_stored(tickets: StoredTickets) -> None:
    await tickets.add("acme", opened(1), CAUSE)
    act = Act(actor="bob", at=NOON + timedelta(minutes=1))
    noted = add_note((await _found(tickets, "acme", "tkt_1")).value, "nte_1", "已派工", act)
    await tickets.save("acme", await _found(tickets, "acme", "tkt_1"), noted, CAUSE)
    closed = close_ticket(noted.ticket, "done", act)
    saved = await tickets.save("acme", await _found(tickets, "acme", "tkt_1"), closed, CAUSE)
    found = await _found(tickets, "acme", "tkt_1")
    assert found.value == closed.ticket
    assert (found.version, saved.version) == (3, 3)


async def test_a_ticket_is_its_tenant_s_alone(tickets: StoredTickets) -> None:
    await tickets.add("acme", opened(1), CAUSE)
    assert await tickets.find("other", "tkt_1") is None
    assert (await tickets.page("other", TicketQuery())).tickets == []
    with pytest.raises(AggregateConflict):
        await tickets.save("other", await _found(tickets, "acme", "tkt_1"), opened(1), CAUSE)


async def test_an_id_is_taken_once(tickets: StoredTickets) -> None:
    await tickets.add("acme", opened(1), CAUSE)
    with pytest.raises(AggregateExists):
        await tickets.add("acme", opened(1), CAUSE)


async def test_a_change_of_what_changed_meanwhile_is_refused(tickets: StoredTickets) -> None:
    await tickets.add("acme", opened(1), CAUSE)
    read = await _found(tickets, "acme", "tkt_1")
    closed = close_ticket(read.value, "done", Act(actor="bob", at=NOON))
    await tickets.save("acme", read, closed, CAUSE)
    with pytest.raises(AggregateConflict):
        await tickets.save("acme", read, closed, CAUSE)


async def test_pages_follow_each_other_without_gap_or_repeat_where_times_are_equal(tickets: StoredTickets) -> None:
    for number in range(1, 6):
        await tickets.add("acme", opened(number, owner="bob" if number == 3 else "ann", after=number // 3), CAUSE)
    seen: list[str] = []
    query = TicketQuery(owner_id="ann", limit=1)
    while True:
        listed = await tickets.page("acme", query)
        seen += [recorded.value.id for recorded in listed.tickets]
        if listed.position is None:
            break
        query = TicketQuery(owner_id="ann", limit=1, after=listed.position)
    assert seen == ["tkt_5", "tkt_4", "tkt_2", "tkt_1"]


async def test_every_filter_narrows_the_list(tickets: StoredTickets) -> None:
    for number in (1, 2):
        await tickets.add("acme", opened(number, after=number), CAUSE)
    first = await _found(tickets, "acme", "tkt_1")
    await tickets.save("acme", first, close_ticket(first.value, "done", Act(actor="bob", at=NOON)), CAUSE)
    for query in (
        TicketQuery(state="closed"),
        TicketQuery(contact_id="cnt_1"),
        TicketQuery(type_id="fault_report", sort="created_at", limit=1),
    ):
        assert [each.value.id for each in (await tickets.page("acme", query)).tickets] == ["tkt_1"]
    assert (await tickets.page("acme", TicketQuery(customer_id="cus_1"))).tickets == []


async def test_types_come_back_as_they_were_stored(stores: Stores) -> None:
    types = StoredTicketTypes(stores.types)
    known = BUILT_IN_TYPES["complaint"]
    await types.add("acme", known)
    assert [recorded.value for recorded in await types.all("acme")] == [known]
    assert await types.all("other") == []
    found = await types.find("acme", "complaint")
    assert found is not None
    assert found.value == known


async def test_numbers_asked_for_at_once_are_all_different_and_each_series_has_its_own(stores: Stores) -> None:
    given = await asyncio.gather(*(stores.numbers.next("acme", "FR-20261122") for _ in range(20)))
    assert sorted(given) == list(range(1, 21))
    assert await stores.numbers.next("acme", "CP-20261122") == 1
    assert await stores.numbers.next("other", "FR-20261122") == 1
