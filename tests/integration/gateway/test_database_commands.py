"""How many database commands a contact costs (G10): counted on the wire, lines of talk aside."""

from collections import Counter
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from services.gateway.application.open_contact import NewContact
from services.gateway.domain.entry_point import EntryPoint, Flow
from services.gateway.wiring.stores import open_stores
from switchyard.testing.memory_bus import InMemoryBus
from switchyard.testing.processes import RunningDatabase
from tests.unit.gateway.desk import TENANT, Desk

#: Routing journals a contact alone in four documents: queued with its offer, accepted, ended, wrapped up.
ROUTINGS = 4
AIM = 12


class Commands(CommandListener):
    """Counts commands by name and collection."""

    def __init__(self) -> None:
        self.counted: Counter[tuple[str, str]] = Counter()

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name in {"find", "insert", "update", "delete", "aggregate", "findAndModify", "getMore"}:
            self.counted[event.command_name, str(event.command[event.command_name])] += 1

    def succeeded(self, event: CommandSucceededEvent) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None: ...

    def beside_lines(self) -> int:
        return sum(count for (_, collection), count in self.counted.items() if collection != "lines")


@pytest.mark.parametrize("channel", ["chat", "sms"])
async def test_a_contact_alone_costs_no_more_than_the_aim(database: RunningDatabase, unique: str, channel: str) -> None:
    commands, bus = Commands(), InMemoryBus()
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
        database.uri, tz_aware=True, event_listeners=[commands]
    )
    desk = Desk()
    stores = open_stores(client[f"g10_{unique}"], bus, desk.clock)
    await stores.prepare()
    desk = await Desk(stores, bus).with_line()
    commands.counted.clear()

    contact_id = await (_chat(desk) if channel == "chat" else _sms(desk))
    await desk.happens("OfferAccepted", contact_id)
    before_talk = commands.beside_lines()
    await desk.reply(contact_id, "Hello")
    await desk.sending.finish(within_seconds=5)
    talk = commands.beside_lines() - before_talk
    if channel == "chat":
        await desk.end(tenant=TENANT, contact_id=contact_id, ended_by="customer", at=desk.clock())
    for name in ("ContactEnded", "WrapUpCompleted"):
        await desk.happens(name, contact_id, ended_by="customer")
    await stores.lines.inserts.finish()
    assert (await desk.contact(contact_id)).state == "closed"
    # The test itself looks at the contact before each event, fresh from the store, and once at the end.
    looks = 4
    cost = commands.beside_lines() - looks - talk + ROUTINGS
    assert cost <= AIM, commands.counted
    await client.drop_database(f"g10_{unique}")
    client.close()


async def _sms(desk: Desk) -> str:
    contact_id = (await desk.receive("SM1")).contact_id
    assert contact_id is not None
    return contact_id


async def _chat(desk: Desk) -> str:
    flow = Flow(version=1, greeting="Hello", queue_id="support", made_at=desk.clock())
    point = EntryPoint(tenant=TENANT, id="site", channel="chat", address="key", name="site", flow=flow)
    new = NewContact(
        tenant=TENANT,
        contact_id="cnt_1",
        channel="chat",
        customer_address="",
        entry_point=point,
        at=desk.clock(),
    )
    return (await desk.open(new)).id
