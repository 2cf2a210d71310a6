"""Agents who may have room for a contact, the longest idle first: a heap that is allowed to be behind the times.

Each agent is in it at most once, under the `idle_since` it had when it was put in. That only ever moves forward,
so the key kept is a lower bound: an agent that surfaces with an old key sinks to its right place, and one that
has no room any more is dropped, to be put in again when it has. So an assignment looks at a handful of agents,
however many there are, and nothing has to be removed from the middle.
"""

from collections.abc import Mapping
from heapq import heappop, heappush, heapreplace

from services.routing.domain.agent import Agent
from services.routing.domain.entry import ConsideredAgent
from services.routing.domain.moments import Moment, seconds_between
from services.routing.domain.policies import Policy, first_rejection
from services.routing.domain.stays import Waiting

#: How many agents a decision names at most.
MOST_CONSIDERED = 20


class ReadyAgents:
    """`engaged` heaps hold who has something already; whoever has nothing is idle and comes before them."""

    __slots__ = ("_agents", "_engaged", "_heap", "_inside")

    def __init__(self, agents: Mapping[str, Agent], *, engaged: bool) -> None:
        self._agents = agents
        self._engaged = engaged
        self._heap: list[tuple[Moment, str]] = []
        self._inside: set[str] = set()

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, agent: Agent) -> None:
        if agent.id not in self._inside:
            self._inside.add(agent.id)
            heappush(self._heap, (agent.idle_since, agent.id))

    def best(
        self, waiting: Waiting, policies: tuple[Policy, ...], now: Moment, considered: list[ConsideredAgent]
    ) -> Agent | None:
        """Give the longest idle agent whom every policy lets have the contact, and note who was looked at."""
        set_aside: list[tuple[Moment, str]] = []
        try:
            return self._search(waiting, policies, now, considered, set_aside)
        finally:
            # Also where a rule raised: a contact that is parked for it must not take the agents along.
            for key in set_aside:
                heappush(self._heap, key)

    def _search(
        self,
        waiting: Waiting,
        policies: tuple[Policy, ...],
        now: Moment,
        considered: list[ConsideredAgent],
        set_aside: list[tuple[Moment, str]],
    ) -> Agent | None:
        while (agent := self._first()) is not None:
            rejection = first_rejection(policies, waiting, agent)
            _consider(considered, agent, rejection or "chosen", now)
            if rejection is None:
                self._consider_runners_up(waiting, policies, now, considered)
                return agent
            if rejection == "already-declined":
                set_aside.append(heappop(self._heap))
            else:
                self._drop_first()
        return None

    def _first(self) -> Agent | None:
        """Bring an agent with a key of today to the top, without regard to any contact."""
        while self._heap:
            since, agent_id = self._heap[0]
            agent = self._agents.get(agent_id)
            if agent is None or bool(agent.holds) is not self._engaged:
                self._drop_first()
            elif agent.idle_since != since:
                heapreplace(self._heap, (agent.idle_since, agent_id))
            else:
                return agent
        return None

    def _drop_first(self) -> None:
        self._inside.discard(heappop(self._heap)[1])

    def _consider_runners_up(
        self, waiting: Waiting, policies: tuple[Policy, ...], now: Moment, considered: list[ConsideredAgent]
    ) -> None:
        """Name the next two of the heap, one of which is next in line unless its key is old."""
        for _, agent_id in sorted(self._heap[1:3]):
            agent = self._agents.get(agent_id)
            if agent is None or bool(agent.holds) is not self._engaged:
                continue
            if first_rejection(policies, waiting, agent) is None:
                _consider(considered, agent, "idle-less-long", now)


def _consider(considered: list[ConsideredAgent], agent: Agent, verdict: str, now: Moment) -> None:
    if len(considered) >= MOST_CONSIDERED and verdict != "chosen":
        return
    idle = seconds_between(agent.idle_since, now)
    considered.append(ConsideredAgent(agent_id=agent.id, verdict=verdict, idle_seconds=idle))
