"""Contacts with equal searches, and the agents who meet them: all that one matching needs to look at."""

from functools import partial

from services.routing.domain.agent import Agent
from services.routing.domain.choices import ALL_DECLINED, measure_of, turn_of
from services.routing.domain.entry import ConsideredAgent, Decision
from services.routing.domain.expressions import Expressions
from services.routing.domain.moments import Moment
from services.routing.domain.policies import (
    POLICIES_OF_LAST_RESORT,
    ROUTING_POLICIES,
    RULE_FAILED,
    RULE_NOT_MET,
    first_rejection,
    unsuitable,
)
from services.routing.domain.ready_agents import ReadyAgents, consider
from services.routing.domain.search import Search
from services.routing.domain.stays import Waiting
from services.routing.domain.waiting_line import WaitingLine


class AgentRuleFailed(Exception):
    """The queue's agent rule cannot be worked out for this contact and anybody whom it is asked about."""


class Lane:
    """An index: made of the pool's agents and contacts, and made again after a restart."""

    __slots__ = (
        "_expressions",
        "_ruled_out",
        "_turn",
        "channel",
        "engaged",
        "idle",
        "line",
        "members",
        "queue_id",
        "search",
    )

    def __init__(self, search: Search, expressions: Expressions) -> None:
        self.search = search
        self._expressions = expressions
        self.queue_id, self.channel = search.queue_id, search.channel
        self.line = WaitingLine()
        #: Agents who meet the search, whatever their state.
        self.members: dict[str, Agent] = {}
        #: Whom the agent rule alone rules out, and by which verdict.
        self._ruled_out: dict[str, str] = {}
        self._turn = partial(turn_of, search, measure_of(search.choice))
        self.idle = ReadyAgents(self.members, self._turn, search.choice, engaged=False)
        self.engaged = ReadyAgents(self.members, self._turn, search.choice, engaged=True)

    def admit(self, agent: Agent) -> bool:
        """Take in an agent who can ever serve this lane; False for any other."""
        rejection = unsuitable(self.search, agent, self._expressions)
        if rejection is None:
            self.members[agent.id] = agent
            agent.lanes.append((agent.rank_among(self.search.queues), self))
        elif rejection in {RULE_NOT_MET, RULE_FAILED}:
            self._ruled_out[agent.id] = rejection
        return rejection is None

    def leave(self, agent: Agent) -> None:
        self.members.pop(agent.id, None)
        self._ruled_out.pop(agent.id, None)

    def ready(self, agent: Agent) -> None:
        """Index an available agent; whether there is room is asked when somebody needs it."""
        (self.engaged if agent.holds else self.idle).add(agent)

    def choose(self, waiting: Waiting, now: Moment) -> tuple[Agent, Decision] | None:
        """Find the agent for a contact: whose turn it is among the idle, then among those who have something.

        Raises AgentRuleFailed, and whatever a policy raises.
        """
        if not self._ready():
            self._require_rule()
            return None
        considered: list[ConsideredAgent] = []
        agent = self.idle.best(waiting, ROUTING_POLICIES, now, considered) or self.engaged.best(
            waiting, ROUTING_POLICIES, now, considered
        )
        return None if agent is None else (agent, self._decision(self.search.choice, waiting, considered))

    def choose_again(self, waiting: Waiting, now: Moment) -> tuple[Agent, Decision] | None:
        """Find an agent among those who declined, the longest ago first, provided that nobody else is available."""
        if any(agent.available() and agent.id not in waiting.declined for agent in self.members.values()):
            return None
        considered: list[ConsideredAgent] = []
        for agent in (self.members[agent_id] for agent_id in waiting.declined if agent_id in self.members):
            rejection = first_rejection(POLICIES_OF_LAST_RESORT, waiting, agent)
            consider(considered, agent, self._turn(agent), rejection or "chosen", now)
            if rejection is None:
                return agent, self._decision(ALL_DECLINED, waiting, considered)
        return None

    def _require_rule(self) -> None:
        """Tell a rule that fails from one that nobody meets: a contact must not wait for ever for that."""
        if self._ruled_out and not self.members and set(self._ruled_out.values()) == {RULE_FAILED}:
            raise AgentRuleFailed(self.search.agent_rule)

    def _ready(self) -> int:
        return len(self.idle) + len(self.engaged)

    def _decision(self, rule: str, waiting: Waiting, considered: list[ConsideredAgent]) -> Decision:
        return Decision(
            rule=rule, considered=tuple(considered), candidates=self._ready(), rule_step=waiting.steps_taken
        )
