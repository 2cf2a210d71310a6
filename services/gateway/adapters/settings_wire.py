"""Routing's announced settings, off the compacted topic and into the door's projection."""

from typing import Any

from services.gateway.application.door.routing_settings import KnownAgent, KnownQueue, RoutingSettings
from switchyard.eventing.envelope import Received
from switchyard.eventing.outcomes import Done, Outcome
from switchyard.eventing.ports import Handler
from switchyard.events.routing.v1 import settings_events_pb2 as wire


class SettingsReader:
    """Keeps `settings` as the topic says; a repetition changes nothing."""

    def __init__(self, settings: RoutingSettings) -> None:
        self._settings = settings

    def handlers(self) -> dict[type[Any], Handler]:
        return {
            wire.QueueConfigured: self.queue_configured,
            wire.AgentConfigured: self.agent_configured,
            wire.SiteConfigured: self.site_configured,
        }

    async def queue_configured(self, received: Received, message: Any) -> Outcome:
        tenant = received.message.envelope.tenant
        if message.removed:
            self._settings.remove_queue(tenant, message.queue_id)
        else:
            self._settings.set_queue(tenant, _queue(message))
        return Done()

    async def agent_configured(self, received: Received, message: Any) -> Outcome:
        tenant = received.message.envelope.tenant
        if message.removed:
            self._settings.remove_agent(tenant, message.agent_id)
        else:
            self._settings.set_agent(tenant, _agent(message))
        return Done()

    async def site_configured(self, received: Received, message: Any) -> Outcome:
        tenant = received.message.envelope.tenant
        if message.removed:
            self._settings.remove_site(tenant, message.site_id)
        else:
            self._settings.set_site(tenant, message.site_id)
        return Done()


def _queue(message: Any) -> KnownQueue:
    return KnownQueue(
        id=message.queue_id,
        name=message.name,
        pool_id=message.pool_id,
        target_seconds=message.target_seconds,
        short_abandon_seconds=message.short_abandon_seconds,
        callbacks_offered=message.callbacks_offered,
    )


def _agent(message: Any) -> KnownAgent:
    return KnownAgent(
        id=message.agent_id,
        name=message.name,
        pool_id=message.pool_id,
        team_id=message.team_id,
        site_id=message.site_id,
        queue_ids=tuple(message.queue_ids),
    )
