"""One day, or whatever the scenario spans, from the first arrival until nobody waits or talks any more."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from functools import partial

from services.routing.domain.commands import ConfigureQueue
from services.routing.domain.moments import Moment, after
from services.routing.domain.pool import PoolState
from services.routing.simulation.agents import Agents
from services.routing.simulation.chance import Streams
from services.routing.simulation.conservation import Conservation
from services.routing.simulation.counting import Counting, QueueKey
from services.routing.simulation.crew import crews, most_agents
from services.routing.simulation.customers import Customers
from services.routing.simulation.floor import Floor, Watch
from services.routing.simulation.places import Places
from services.routing.simulation.scenario import Scenario
from services.routing.simulation.tally import INTERVAL, Tally

#: Told how far a replication is, from 0 to 1.
Progress = Callable[[float], None]


#: Makes a pool in which nothing has happened yet, with all that the engine is given in production.
NewPool = Callable[[], PoolState]


def empty_pool() -> PoolState:
    return PoolState(pool_id="simulation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one replication gave. `customers` came in all, blocked and warm-up ones too; `steps` are the engine's."""

    beginning: Moment
    end: Moment
    customers: int
    steps: int
    acts: int
    queues: Mapping[QueueKey, Tally]
    groups: Mapping[str, Tally]


def beginning_of(scenario: Scenario) -> Moment:
    """Give the scenario's first instant; a local time without a zone is taken as if it were UTC."""
    begins_at = scenario.begins_at
    return round((begins_at if begins_at.tzinfo else begins_at.replace(tzinfo=UTC)).timestamp() * 1000)


def play(
    scenario: Scenario,
    *,
    seed: int,
    replication: int = 1,
    checked: bool = False,
    watches: Sequence[Watch] = (),
    new_pool: NewPool = empty_pool,
    progress: Progress = lambda _: None,
) -> Outcome:
    """Play one replication in a pool that `new_pool` makes.

    `checked` looks after every step whether anybody was lost. Raises ConservationBroken, TimeStandsStill.
    """
    floor = Floor(new_pool(), beginning_of(scenario), agents=most_agents(scenario))
    for watch in (*((Conservation(),) if checked else ()), *watches):
        floor.watch(watch)
    streams = Streams(seed=seed, replication=replication)
    staff = tuple(crews(scenario, streams))
    groups = {worker.profile.agent_id: crew.group for crew in staff for worker in crew.workers}
    counting = Counting(since=after(floor.now, scenario.warm_up_seconds), group_of=lambda agent, _: groups[agent])
    floor.listen(counting.reactions)
    for queue in scenario.queues:
        rules = replace(queue.rules, queue_id=queue.id)
        floor.do(ConfigureQueue(id=floor.command_id(), issued_at=floor.now, rules=rules))
    agenda = floor.agenda
    customers = Customers(scenario, floor, counting, streams)
    agents = Agents(floor, customers, staff, Places(scenario.queues, scenario.period_seconds))
    agenda.put(floor.now, partial(_tick, floor, progress, floor.now, after(floor.now, scenario.open_seconds)))
    return _played(scenario, floor, customers, agents, counting)


def _played(scenario: Scenario, floor: Floor, customers: Customers, agents: Agents, counting: Counting) -> Outcome:
    beginning = floor.now
    closes = after(beginning, scenario.open_seconds)
    ends = after(closes, scenario.closing_seconds)
    while floor.turn(closes):
        pass
    while (len(customers) or agents.busy()) and floor.turn(ends):
        pass
    # Where somebody still waits at the very end, agents are there until then.
    end = ends if len(customers) or agents.busy() else max(closes, floor.now)
    counting.close(end)
    return Outcome(
        beginning=beginning,
        end=end,
        customers=customers.came,
        steps=floor.steps,
        acts=floor.agenda.acts,
        queues=dict(counting.queues),
        groups=dict(counting.groups),
    )


def _tick(floor: Floor, progress: Progress, beginning: Moment, closes: Moment, now: Moment) -> None:
    progress((now - beginning) / (closes - beginning))
    if now + INTERVAL <= closes:
        floor.agenda.put(now + INTERVAL, partial(_tick, floor, progress, beginning, closes))
