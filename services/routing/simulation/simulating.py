"""All replications of a scenario, one after the other, and their results."""

from collections.abc import Callable

from services.routing.simulation.arriving import expected
from services.routing.simulation.crew import most_agents
from services.routing.simulation.replication import NewPool, Progress, empty_pool, play
from services.routing.simulation.results import Plain, results
from services.routing.simulation.scenario import Scenario

#: Somebody who calls again at most so often, with a probability p, comes 1 + p + p^2 ... times.
_MOST_AGAIN = 0.99


def simulate(
    scenario: Scenario,
    *,
    seed: int | None = None,
    replications: int | None = None,
    checked: bool = False,
    new_pool: NewPool = empty_pool,
    progress: Progress = lambda _: None,
) -> Plain:
    """Play every replication and sum them up; `seed` and `replications` go before the scenario's own.

    `new_pool` makes the pool of each replication, `progress` is told the share done. Raises TimeStandsStill, and
    ConservationBroken where `checked`.
    """
    seed = scenario.seed if seed is None else seed
    count = replications or scenario.replications
    outcomes = [
        play(
            scenario,
            seed=seed,
            replication=number + 1,
            checked=checked,
            new_pool=new_pool,
            progress=_part(progress, number, count),
        )
        for number in range(count)
    ]
    progress(1.0)
    return results(scenario, seed, outcomes)


def work(scenario: Scenario, replications: int | None = None) -> int:
    """Estimate how much there is to play: customers expected over all replications, and agents to be signed in."""
    customers = 0.0
    for queue in scenario.queues:
        again = queue.again
        share = 0.0 if again is None else max(again.after_abandoned, again.after_blocked, again.after_answered)
        repeated = 1 / (1 - min(share, _MOST_AGAIN))
        customers += repeated * sum(expected(scenario, arrivals) for arrivals in queue.arrivals)
    return round((customers + most_agents(scenario)) * (replications or scenario.replications))


def _part(progress: Progress, number: int, count: int) -> Callable[[float], None]:
    return lambda share: progress((number + min(share, 1.0)) / count)
