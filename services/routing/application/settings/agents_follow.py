"""Agents take site and capacity from team and profile: when those change, the pools are told anew."""

from services.routing.application.settings.ports import Asked, Change, Ports, Recorded
from services.routing.application.settings.reading import every, placement_of
from services.routing.domain.organisation import ConfiguredAgent, RoutingProfile, Setting, Team
from services.routing.domain.organisation_rules import effects_on_agent
from switchyard.eventing.aggregates import AggregateConflict


async def configure_followers(ports: Ports, asked: Asked, changed: Setting) -> None:
    """Configure every agent who takes something from this team or profile.

    What a crash leaves undone here, the announcing at the next start does. Raises StoreUnavailable.
    """
    field = {Team: "team", RoutingProfile: "routing_profile"}.get(type(changed))
    if field is None:
        return
    async for agent in every(ports.store, ConfiguredAgent, asked.tenant, {field: changed.id}):
        await configure_again(ports, asked, agent)


async def configure_again(ports: Ports, asked: Asked, agent: Recorded[ConfiguredAgent]) -> None:
    """Send an agent's configuration once more, under the revision it has. Raises StoreUnavailable."""
    placement = await placement_of(ports.store, asked.tenant, agent.value)
    effects = effects_on_agent(agent.value, agent.value, placement)
    change = Change(value=agent.value, revision=agent.revision, effects=effects, cause=asked.cause, at=ports.clock())
    try:
        await ports.store.save(asked.tenant, agent, change)
    except AggregateConflict:
        # Whoever changed it in between has sent it with what team and profile say now.
        return
