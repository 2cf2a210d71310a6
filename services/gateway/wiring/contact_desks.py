"""The doors through which people and integrations act on contacts, joined."""

from collections.abc import Sequence

import uuid_utils
from fastapi import APIRouter

from services.gateway.adapters.known_queues import KnownQueues
from services.gateway.application.monitor_contact import MonitorContact
from services.gateway.entrypoints.ask_routing import AskRouting
from services.gateway.entrypoints.contact_attributes_http import ContactAttributesDesk
from services.gateway.entrypoints.contacts_http import ContactDesk
from services.gateway.entrypoints.interventions_http import InterventionDesk
from services.gateway.entrypoints.monitoring_http import monitoring_router
from services.gateway.entrypoints.wrap_ups_http import WrapUpDesk
from services.gateway.wiring.channels import Channels
from services.gateway.wiring.contacts import Contacts
from services.gateway.wiring.door import Door
from services.gateway.wiring.stores import Stores
from switchyard.eventing.clock import Clock


def contact_routers(
    *,
    stores: Stores,
    contacts: Contacts,
    channels: Channels,
    queues: KnownQueues,
    door: Door,
    ask: AskRouting,
    clock: Clock,
) -> Sequence[APIRouter]:
    """Return the routes under /v1/contacts."""
    desk = ContactDesk(
        contacts=stores.contacts,
        lines=stores.lines,
        queues=queues,
        open_contact=contacts.open,
        append=contacts.append,
        reply=contacts.reply,
        ask=ask,
        attachments=channels.attachments,
        clock=clock,
        new_id=lambda: uuid_utils.uuid7().hex,
    )
    monitor = MonitorContact(stores.contacts, channels.monitors, contacts.end, clock)
    settings = door.routing_settings
    return (
        desk.router(),
        WrapUpDesk(contacts=stores.contacts, ask=ask, settings=settings, clock=clock).router(),
        InterventionDesk(contacts=stores.contacts, ask=ask, settings=settings).router(),
        monitoring_router(monitor),
        ContactAttributesDesk(contacts=stores.contacts, clock=clock).router(),
    )
