"""The bench with a contact in each state, and the doors for acting on them."""

from typing import Any, cast

from services.gateway.adapters.known_queues import KnownQueues
from services.gateway.application.end_contact import EndContact
from services.gateway.application.monitor_contact import MonitorContact
from services.gateway.application.ports import Cause
from services.gateway.domain.contact import CLOSED, RECORDING, TALKING, WRAP_UP, Contact, Entry, Holder
from services.gateway.entrypoints.ask_routing import AskRouting
from services.gateway.entrypoints.contacts_http import ContactDesk
from services.gateway.entrypoints.interventions_http import InterventionDesk
from services.gateway.entrypoints.monitoring_http import monitoring_router
from services.gateway.entrypoints.wrap_ups_http import WrapUpDesk
from tests.contract.gateway_stores.memory import InMemoryStores
from tests.unit.gateway_door.bench import NOW, TENANT, Bench

STATES = {"cnt_1": "waiting", "cnt_2": TALKING, "cnt_3": WRAP_UP, "cnt_4": RECORDING, "cnt_5": CLOSED}


def contact(identity: str, state: str = "waiting") -> Contact:
    held = Holder(agent_id="agent-1", team_id="t", site_id="s", offer_id="off_default.1")
    return Contact(
        tenant=TENANT,
        id=identity,
        channel="chat",
        direction="in",
        entry_point="",
        entry_address="",
        customer_id="cus_1",
        customer_address="",
        customer_name="",
        service_request_id="",
        previous_contact_id="",
        opened_at=NOW,
        entry=Entry(number=1, queue_id="billing", pool_id="default", queued_at=NOW),
        state=state,
        holder=None if state == "waiting" else held,
    )


async def with_contacts(bench: Bench) -> Bench:
    stores = InMemoryStores(TENANT)
    for identity, state in STATES.items():
        await stores.contacts.add(contact(identity, state), (), Cause(id=identity, at=NOW))
    ask, settings = AskRouting(stores.contacts, bench.door.commands), bench.door.routing_settings
    bench.app.include_router(InterventionDesk(contacts=stores.contacts, ask=ask, settings=settings).router())
    bench.app.include_router(contact_desk(stores, bench, ask).router())
    wrap_ups = WrapUpDesk(contacts=stores.contacts, ask=ask, settings=settings, clock=bench.clock)
    bench.app.include_router(wrap_ups.router())
    bench.app.include_router(
        monitoring_router(MonitorContact(stores.contacts, NoTelephone(), EndContact(stores.contacts), bench.clock))
    )
    return bench


def contact_desk(stores: InMemoryStores, bench: Bench, ask: AskRouting) -> ContactDesk:
    """Have a desk for what these tests do: moving and ending."""
    return ContactDesk(
        contacts=stores.contacts,
        queues=KnownQueues(bench.door.routing_settings),
        ask=ask,
        clock=bench.clock,
        new_id=lambda: "new",
        **dict.fromkeys(("lines", "open_contact", "append", "reply", "attachments"), cast("Any", None)),
    )


class NoTelephone:
    """Stands for the voice provider, which written conversations never ask."""

    async def follow(self, *, tenant: str, contact_id: str, supervisor_id: str, mode: str) -> None:
        raise AssertionError("a chat has no telephone")

    async def leave(self, *, tenant: str, contact_id: str, supervisor_id: str) -> None:
        raise AssertionError("a chat has no telephone")
