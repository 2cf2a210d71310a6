"""Agents of a lane who may have room for a contact, in the order of their turns: a heap allowed to be behind the times.

Each agent is in it under the turn it had when it was last put in. Turns come later by themselves, and sooner only by
events that touch the agent, which put it in again; so the first entry that still holds is the next agent. An agent
that surfaces with an old turn sinks to its right place, and one that has no room any more is dropped, to be put in
again when it has. So an assignment looks at a handful of agents, however many there are, and nothing has to be
removed from the middle.
"""

from collections.abc import Callable, Mapping
from heapq import heapify, heappop, heappush, heapreplace

from services.routing.domain.agent import Agent
from services.routing.domain.choices import Turn, why_later
from services.routing.domain.entry import ConsideredAgent
from services.routing.domain.moments import Moment, seconds_between
from services.routing.domain.policies import OF_THIS_CONTACT, Policy, first_rejection
from services.routing.domain.stays import Waiting

#: How many agents a decision names at most.
MOST_CONSIDERED = 20
#: Below this many entries a heap is not worth tidying.
_SMALL = 32


class ReadyAgents:
    """`engaged` heaps hold who has something already; whoever has nothing is idle and comes before them."""

    __slots__ = ("_choice", "_engaged", "_heap", "_members", "_turn_of", "_turns")

    def __init__(
        self, members: Mapping[str, Agent], turn_of: Callable[[Agent], Turn], choice: str, *, engaged: bool
    ) -> None:
        self._members = members
        self._turn_of = turn_of
        self._choice = choice
        self._engaged = engaged
        self._heap: list[Turn] = []
        self._turns: dict[str, Turn] = {}

    def __len__(self) -> int:
        return len(self._turns)

    def add(self, agent: Agent) -> None:
        turn, known = self._turn_of(agent), self._turns.get(agent.id)
        if known is None or turn < known:
            self._turns[agent.id] = turn
            heappush(self._heap, turn)
            if len(self._heap) > 2 * len(self._turns) + _SMALL:
                self._heap = list(self._turns.values())
                heapify(self._heap)

    def best(
        self, waiting: Waiting, policies: tuple[Policy, ...], now: Moment, considered: list[ConsideredAgent]
    ) -> Agent | None:
        """Give the first agent whom every policy lets have the contact, and note who was looked at."""
        set_aside: list[Turn] = []
        try:
            return self._search(waiting, policies, now, considered, set_aside)
        finally:
            # Also where a rule raised: a contact that is parked for it must not take the agents along.
            for turn in set_aside:
                heappush(self._heap, turn)

    def _search(
        self,
        waiting: Waiting,
        policies: tuple[Policy, ...],
        now: Moment,
        considered: list[ConsideredAgent],
        set_aside: list[Turn],
    ) -> Agent | None:
        while (agent := self._first()) is not None:
            rejection = first_rejection(policies, waiting, agent)
            consider(considered, agent, self._heap[0], rejection or "chosen", now)
            if rejection is None:
                self._consider_runners_up(waiting, policies, now, considered)
                return agent
            if rejection in OF_THIS_CONTACT:
                set_aside.append(heappop(self._heap))
            else:
                self._drop_first()
        return None

    def _first(self) -> Agent | None:
        """Bring an agent with a turn of today to the top, without regard to any contact."""
        while self._heap:
            turn = self._heap[0]
            agent = self._members.get(turn[3])
            if self._turns.get(turn[3]) != turn:
                heappop(self._heap)
            elif agent is None or bool(agent.holds) is not self._engaged:
                self._drop_first()
            elif (today := self._turn_of(agent)) != turn:
                self._turns[agent.id] = today
                heapreplace(self._heap, today)
            else:
                return agent
        return None

    def _drop_first(self) -> None:
        self._turns.pop(heappop(self._heap)[3], None)

    def _consider_runners_up(
        self, waiting: Waiting, policies: tuple[Policy, ...], now: Moment, considered: list[ConsideredAgent]
    ) -> None:
        """Name the next two of the heap, one of which is next in line unless its turn is old."""
        chosen = self._heap[0]
        for turn in sorted(self._heap[1:3]):
            agent = self._members.get(turn[3])
            if agent is None or agent.id == chosen[3] or bool(agent.holds) is not self._engaged:
                continue
            if first_rejection(policies, waiting, agent) is None:
                consider(considered, agent, turn, why_later(chosen, turn, self._choice), now)


def consider(considered: list[ConsideredAgent], agent: Agent, turn: Turn, verdict: str, now: Moment) -> None:
    """Note an agent that a decision looks at, and how it stands."""
    if len(considered) >= MOST_CONSIDERED and verdict != "chosen":
        return
    considered.append(
        ConsideredAgent(
            agent_id=agent.id,
            verdict=verdict,
            idle_seconds=seconds_between(agent.idle_since, now),
            rank=turn[0],
            measure=turn[1],
        )
    )
