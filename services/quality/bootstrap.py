"""Where quality's parts are joined, in production and in tests alike."""

from collections.abc import Awaitable, Callable

from services.quality.adapters.mongo import mongo_stores
from services.quality.adapters.repositories import StoredEvaluations, StoredScorecards
from services.quality.adapters.stores import Stores
from services.quality.adapters.telemetry import QualityMetrics
from services.quality.adapters.transcripts import GatewayTranscripts
from services.quality.application.ports import Ports, Transcripts
from services.quality.entrypoints import problems
from services.quality.entrypoints.consumer import ContactEvents
from services.quality.entrypoints.evaluations_http import evaluations_router
from services.quality.entrypoints.scorecards_http import scorecards_router
from services.quality.settings import Settings
from switchyard.service.http import make_app
from switchyard.service.running import Resources, Service


def build(
    settings: Settings,
    resources: Resources,
    stores: Stores | None = None,
    transcripts: Transcripts | None = None,
) -> Service:
    """Join quality over what the process gives, with MongoDB and the gateway unless others are given."""
    metrics = QualityMetrics(resources.registry)
    stores = stores or mongo_stores(resources.database, resources.publisher, resources.clock)
    on_stop: list[Callable[[], Awaitable[None]]] = []
    if transcripts is None:
        secret = settings.internal_secret.get_secret_value()
        transcripts = gateway = GatewayTranscripts(settings.gateway_url, secret, resources.clock, metrics)
        on_stop.append(gateway.close)
    ports = Ports(
        scorecards=StoredScorecards(stores.scorecards, stores.scorecard_versions),
        evaluations=StoredEvaluations(stores.evaluations, metrics),
        transcripts=transcripts,
        clock=resources.clock,
    )
    app = make_app(
        "quality",
        settings=settings,
        registry=resources.registry,
        health=resources.health,
        tracer_provider=resources.telemetry.provider,
    )
    app.include_router(scorecards_router(ports))
    app.include_router(evaluations_router(ports))
    problems.add_handlers(app)
    return Service(
        name="quality",
        app=app,
        subscriptions=(ContactEvents(ports).subscription(),),
        background=stores.sweeps,
        on_start=(stores.prepare,),
        on_stop=on_stop,
    )
