"""Where notify's parts are joined, in production and in tests alike."""

from services.notify.adapters.liquid_renderer import LiquidRenderer
from services.notify.adapters.mongo import mongo_stores
from services.notify.adapters.repositories import StoredNotices, StoredSettings, StoredSurveys, StoredTemplates
from services.notify.adapters.stores import Stores
from services.notify.adapters.telemetry import NotifyMetrics
from services.notify.application.ports import Ports
from services.notify.entrypoints import problems
from services.notify.entrypoints.consumer import ContactEvents
from services.notify.entrypoints.notices_http import internal_router, notices_router
from services.notify.entrypoints.responses_http import responses_router
from services.notify.entrypoints.surveys_http import surveys_router
from services.notify.entrypoints.sweep import ExpirySweep
from services.notify.entrypoints.templates_http import templates_router
from services.notify.settings import Settings
from switchyard.service.http import make_app
from switchyard.service.running import Resources, Service


def build(settings: Settings, resources: Resources, stores: Stores | None = None) -> Service:
    """Join notify over what the process gives; the stores are MongoDB's unless others are given."""
    metrics = NotifyMetrics(resources.registry)
    stores = stores or mongo_stores(resources.database, resources.publisher, resources.clock)
    ports = _ports(stores, metrics, resources)
    app = make_app(
        "notify",
        settings=settings,
        registry=resources.registry,
        health=resources.health,
        tracer_provider=resources.telemetry.provider,
    )
    for router in (templates_router, surveys_router, responses_router, notices_router, internal_router):
        app.include_router(router(ports))
    problems.add_handlers(app)
    sweep = ExpirySweep(ports, metrics, resources.health.heartbeat("survey-expiry"))
    return Service(
        name="notify",
        app=app,
        subscriptions=(ContactEvents(ports, metrics).subscription(),),
        background=(*stores.sweeps, sweep.run),
        on_start=(stores.prepare,),
    )


def _ports(stores: Stores, metrics: NotifyMetrics, resources: Resources) -> Ports:
    return Ports(
        templates=StoredTemplates(stores.templates, stores.template_versions),
        settings=StoredSettings(stores.settings),
        surveys=StoredSurveys(stores.surveys, metrics),
        due=stores.due,
        notices=StoredNotices(stores.notices, metrics),
        renderer=LiquidRenderer(),
        clock=resources.clock,
    )
