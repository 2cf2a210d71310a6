"""How much one simulation may take, of time, of memory and of customers."""

from dataclasses import dataclass

from services.routing.application.simulations.ports import Failure
from services.routing.simulation.crew import most_agents
from services.routing.simulation.reader import Fault
from services.routing.simulation.scenario import Scenario
from services.routing.simulation.simulating import work

#: The exit code of a child that could not even say that its memory is used up.
OUT_OF_MEMORY = 77


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationLimits:
    """`customers` and `agents` are known before; the kernel sees to the rest, `nice` being the child's priority.

    `memory_bytes` is what a simulation may take beyond the program itself.
    """

    customers: int = 1_000_000
    agents: int = 5_000
    cpu_seconds: int = 600
    memory_bytes: int = 1024 * 1024 * 1024
    nice: int = 10


def too_large(scenario: Scenario, replications: int | None, limits: SimulationLimits, root: str) -> Failure | None:
    """Say what is too large about a scenario, if anything is; `root` points to it in the request."""
    faults = []
    agents, customers = most_agents(scenario), work(scenario, replications)
    if agents > limits.agents:
        faults.append(Fault(f"{root}/groups", f"has {agents:,} agents; {limits.agents:,} are allowed here"))
    elif customers > limits.customers:
        told = (
            f"has about {customers:,} customers and agents over all replications; {limits.customers:,} are allowed here"
        )
        faults.append(Fault(f"{root}/queues", told))
    if not faults:
        return None
    detail = "The simulation is too large for the service: ask for less, or play it by `switchyard simulate`."
    return Failure(code="simulation-too-large", detail=detail, faults=tuple(faults))
