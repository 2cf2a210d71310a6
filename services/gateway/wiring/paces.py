"""Routing watched from the gateway: every command that goes out, and how long it takes to be answered."""

from dataclasses import replace

from fastapi import FastAPI

from services.gateway.adapters.telemetry import GatewayMetrics
from services.gateway.adapters.watched_publisher import WatchedPublisher
from services.gateway.application.pool_paces import PoolBehind, PoolPaces
from services.gateway.entrypoints.problems import answer_pool_behind
from services.gateway.wiring.door_settings import DoorSettings
from switchyard.service.running import Resources


def watch_routing(settings: DoorSettings, resources: Resources, metrics: GatewayMetrics) -> tuple[PoolPaces, Resources]:
    """Make the paces, and the resources whose publisher tells them of commands."""
    paces = PoolPaces(resources.clock, settings.pool_behind_seconds, metrics.turned_away)
    metrics.watch_routing(paces.most_behind_seconds)
    return paces, replace(resources, publisher=WatchedPublisher(resources.publisher, paces))


def turn_away(app: FastAPI) -> None:
    """Ask whoever comes to a pool that is behind to come again, at every route."""
    app.add_exception_handler(PoolBehind, answer_pool_behind)
