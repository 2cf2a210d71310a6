"""The second half of a move between pools: the old pool has let the agent go, the new one takes them."""

from dataclasses import replace

from services.routing.application.settings.ports import Change, Ports
from services.routing.application.settings.reading import placement_of
from services.routing.domain.organisation import ConfiguredAgent
from services.routing.domain.organisation_rules import effects_on_agent


async def finish_move(ports: Ports, *, tenant: str, agent_id: str, left_pool: str, cause: str) -> bool:
    """Configure the agent in the pool they move to; False where they are not leaving that pool (any more).

    Raises AggregateConflict, StoreUnavailable.
    """
    found = await ports.store.find(ConfiguredAgent, tenant, agent_id)
    if found is None or found.removed or found.value.leaving_pool != left_pool:
        return False
    arrived = replace(found.value, leaving_pool="")
    effects = effects_on_agent(arrived, arrived, await placement_of(ports.store, tenant, arrived))
    change = Change(value=arrived, revision=found.revision, effects=effects, cause=cause, at=ports.clock())
    await ports.store.save(tenant, found, change)
    return True
