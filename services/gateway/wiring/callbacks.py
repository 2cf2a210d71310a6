"""Callbacks, joined: their routes, and what calls the customers."""

from dataclasses import dataclass

import uuid_utils

from services.gateway.adapters.known_queues import KnownQueues
from services.gateway.application.call_back import CallBack
from services.gateway.application.callback_offers import CallbackOffers
from services.gateway.application.ports import CallCustomers, CallingHours, WaitingRooms
from services.gateway.application.report_reaching import ReportReaching
from services.gateway.application.wish_callback import WishCallback
from services.gateway.entrypoints.ask_routing import AskRouting
from services.gateway.entrypoints.callbacks_http import CallbackDesk
from services.gateway.wiring.contacts import Contacts
from services.gateway.wiring.stores import Stores
from switchyard.eventing.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Callbacks:
    """`offers` and `reaching` are for the telephone, `call_back` for the consumer of routing's decisions."""

    desk: CallbackDesk
    offers: CallbackOffers
    reaching: ReportReaching
    call_back: CallBack


def open_callbacks(
    *,
    stores: Stores,
    contacts: Contacts,
    queues: KnownQueues,
    ask: AskRouting,
    rooms: WaitingRooms,
    hours: CallingHours,
    ring: CallCustomers,
    clock: Clock,
) -> Callbacks:
    """Join the parts of callbacks."""
    reaching = ReportReaching(stores.contacts)
    wish = WishCallback(contacts=stores.contacts, commands=ask.commands, clock=clock, new_id=_new_id)
    return Callbacks(
        desk=CallbackDesk(
            contacts=stores.contacts,
            queues=queues,
            open_contact=contacts.open,
            ask=ask,
            wish=wish,
            rooms=rooms,
            hours=hours,
            clock=clock,
            new_id=_new_id,
        ),
        offers=CallbackOffers(stores.contacts, queues),
        reaching=reaching,
        call_back=CallBack(
            contacts=stores.contacts, entry_points=stores.entry_points, ring=ring, report=reaching, clock=clock
        ),
    )


def _new_id() -> str:
    return uuid_utils.uuid7().hex
