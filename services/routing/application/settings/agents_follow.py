"""Agents take site and capacity from team and profile: when those change, the pools are told anew."""

from collections.abc import AsyncIterator

from services.routing.application.settings.ports import Asked, Change, Ports, Recorded
from services.routing.application.settings.reading import placement_of
from services.routing.domain.organisation import ConfiguredAgent, RoutingProfile, Setting, Team
from services.routing.domain.organisation_rules import effects_on_agent
from switchyard.eventing.aggregates import AggregateConflict

_PAGE = 200


async def configure_followers(ports: Ports, asked: Asked, changed: Setting) -> None:
    """Configure every agent who takes something from this team or profile.

    What a crash leaves undone here, the announcing at the next start does. Raises StoreUnavailable.
    """
    field = {Team: "team", RoutingProfile: "routing_profile"}.get(type(changed))
    if field is None:
        return
    async for agent in every_agent(ports, asked.tenant, {field: changed.id}):
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


async def every_agent(ports: Ports, tenant: str, where: dict[str, str]) -> AsyncIterator[Recorded[ConfiguredAgent]]:
    """Walk all pages. Raises StoreUnavailable."""
    after: list[str] | None = None
    while True:
        page = await ports.store.page(ConfiguredAgent, tenant, where=where, limit=_PAGE, after=after)
        for agent in page:
            yield agent
        if len(page) < _PAGE:
            return
        after = [page[-1].value.id]
