"""Contacts with equal searches, and the agents who meet them: all that one matching needs to look at."""

from functools import partial

from services.routing.domain.agent import Agent
from services.routing.domain.choices import measure_of, turn_of
from services.routing.domain.entry import ConsideredAgent, Decision
from services.routing.domain.expressions import Expressions
from services.routing.domain.moments import Moment
from services.routing.domain.policies import (
    POLICIES_OF_LAST_RESORT,
    ROUTING_POLICIES,
    Policy,
    unsuitable,
)
from services.routing.domain.ready_agents import ReadyAgents
from services.routing.domain.search import Search
from services.routing.domain.stays import Waiting
from services.routing.domain.waiting_line import WaitingLine


class Lane:
    """An index: made of the pool's agents and contacts, and made again after a restart."""

    __slots__ = ("_expressions", "channel", "engaged", "idle", "line", "members", "queue_id", "search")

    def __init__(self, search: Search, expressions: Expressions) -> None:
        self.search = search
        self._expressions = expressions
        self.queue_id, self.channel = search.queue_id, search.channel
        self.line = WaitingLine()
        #: Agents who meet the search, whatever their state.
        self.members: dict[str, Agent] = {}
        turn = partial(turn_of, search, measure_of(search.choice))
        self.idle = ReadyAgents(self.members, turn, search.choice, engaged=False)
        self.engaged = ReadyAgents(self.members, turn, search.choice, engaged=True)

    def suits(self, agent: Agent) -> bool:
        """Say whether the agent can ever serve this lane."""
        return unsuitable(self.search, agent, self._expressions) is None

    def enter(self, agent: Agent) -> None:
        self.members[agent.id] = agent
        agent.lanes.append((agent.rank_among(self.search.queues), self))

    def leave(self, agent: Agent) -> None:
        self.members.pop(agent.id, None)

    def ready(self, agent: Agent) -> None:
        """Index an available agent; whether there is room is asked when somebody needs it."""
        (self.engaged if agent.holds else self.idle).add(agent)

    def choose(self, waiting: Waiting, now: Moment) -> tuple[Agent, Decision] | None:
        """Find the agent for a contact: whose turn it is among the idle, then among those who have something."""
        return self._choose(waiting, ROUTING_POLICIES, self.search.choice, now)

    def choose_again(self, waiting: Waiting, now: Moment) -> tuple[Agent, Decision] | None:
        """Find an agent among those who declined, provided that nobody else is available."""
        if any(agent.available() and agent.id not in waiting.declined for agent in self.members.values()):
            return None
        return self._choose(waiting, POLICIES_OF_LAST_RESORT, f"{self.search.choice}-all-declined", now)

    def _choose(
        self, waiting: Waiting, policies: tuple[Policy, ...], rule: str, now: Moment
    ) -> tuple[Agent, Decision] | None:
        candidates = len(self.idle) + len(self.engaged)
        if not candidates:
            return None
        considered: list[ConsideredAgent] = []
        agent = self.idle.best(waiting, policies, now, considered) or self.engaged.best(
            waiting, policies, now, considered
        )
        if agent is None:
            return None
        decision = Decision(
            rule=rule, considered=tuple(considered), candidates=candidates, rule_step=waiting.steps_taken
        )
        return agent, decision
