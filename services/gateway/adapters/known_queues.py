"""Where queues are, by what routing announces."""

from services.gateway.application.door.routing_settings import RoutingSettings


class KnownQueues:
    def __init__(self, settings: RoutingSettings) -> None:
        self._settings = settings

    def pool_of(self, tenant: str, queue_id: str) -> str | None:
        queue = self._settings.queue(tenant, queue_id)
        return queue.pool_id if queue else None

    async def find_pool_of(self, tenant: str, queue_id: str) -> str | None:
        queue = await self._settings.find_queue(tenant, queue_id)
        return queue.pool_id if queue else None

    def offers_callbacks(self, tenant: str, queue_id: str | None = None) -> bool:
        return self._settings.offers_callbacks(tenant, queue_id)

    def name_of_agent(self, tenant: str, agent_id: str) -> str:
        """Return the name to show a customer; the id where the agent is not announced."""
        agent = self._settings.agent(tenant, agent_id)
        return (agent.name if agent else "") or agent_id
