"""Where ticketing's parts are joined, in production and in tests alike."""

from services.ticketing.adapters.mongo import mongo_stores
from services.ticketing.adapters.stores import Stores
from services.ticketing.adapters.telemetry import TicketingMetrics
from services.ticketing.adapters.tickets import StoredTickets, StoredTicketTypes
from services.ticketing.application.ports import Ports
from services.ticketing.entrypoints import problems
from services.ticketing.entrypoints.consumer import ContactEvents
from services.ticketing.entrypoints.ticket_types_http import ticket_types_router
from services.ticketing.entrypoints.tickets_http import tickets_router
from services.ticketing.settings import Settings
from switchyard.service.http import make_app
from switchyard.service.running import Resources, Service


def build(settings: Settings, resources: Resources, stores: Stores | None = None) -> Service:
    """Join ticketing over what the process gives; the stores are MongoDB's unless others are given."""
    metrics = TicketingMetrics(resources.registry)
    stores = stores or mongo_stores(resources.database, resources.publisher, resources.clock)
    ports = Ports(
        tickets=StoredTickets(stores.tickets, metrics),
        types=StoredTicketTypes(stores.types),
        numbers=stores.numbers,
        clock=resources.clock,
    )
    app = make_app(
        "ticketing",
        settings=settings,
        registry=resources.registry,
        health=resources.health,
        tracer_provider=resources.telemetry.provider,
    )
    app.include_router(tickets_router(ports))
    app.include_router(ticket_types_router(ports))
    problems.add_handlers(app)
    return Service(
        name="ticketing",
        app=app,
        subscriptions=(ContactEvents(ports, metrics).subscription(),),
        background=stores.sweeps,
        on_start=(stores.prepare,),
    )
