"""Contacts with the same requirements, and the agents who meet them: all that one matching needs to look at."""

from typing import TypeAlias

from services.routing.domain.agent import Agent
from services.routing.domain.entry import ConsideredAgent, Decision
from services.routing.domain.moments import Moment
from services.routing.domain.policies import (
    POLICIES_OF_LAST_RESORT,
    ROUTING_POLICIES,
    Policy,
)
from services.routing.domain.ready_agents import ReadyAgents
from services.routing.domain.settings import SkillLevel
from services.routing.domain.stays import Waiting
from services.routing.domain.waiting_line import WaitingLine

#: Queue, channel, skills required by queue and contact together.
LaneKey: TypeAlias = tuple[str, str, tuple[SkillLevel, ...]]


def key_of(waiting: Waiting) -> LaneKey:
    return (waiting.entry.queue_id, waiting.entry.channel, waiting.required_skills)


class Lane:
    """An index: made of the pool's agents and contacts, and made again after a restart."""

    __slots__ = ("channel", "engaged", "idle", "key", "line", "members", "queue_id")

    def __init__(self, key: LaneKey, agents: dict[str, Agent]) -> None:
        self.key = key
        self.queue_id, self.channel, _ = key
        self.line = WaitingLine()
        #: Agents with the queue, the channel and the skills, whatever their state.
        self.members: dict[str, Agent] = {}
        self.idle = ReadyAgents(agents, engaged=False)
        self.engaged = ReadyAgents(agents, engaged=True)

    def suits(self, agent: Agent) -> bool:
        """Say whether the agent can ever serve this lane."""
        queue_id, channel, required = self.key
        capacity = agent.capacities.get(channel)
        return (
            agent.serves(queue_id)
            and capacity is not None
            and capacity.most > 0
            and all(agent.levels.get(skill.skill_id, 0) >= skill.level for skill in required)
        )

    def enter(self, agent: Agent) -> None:
        self.members[agent.id] = agent
        agent.lanes.append(self)

    def leave(self, agent: Agent) -> None:
        self.members.pop(agent.id, None)

    def ready(self, agent: Agent) -> None:
        """Index an available agent; whether there is room is asked when somebody needs it."""
        (self.engaged if agent.holds else self.idle).add(agent)

    def choose(self, waiting: Waiting, now: Moment) -> tuple[Agent, Decision] | None:
        """Find the agent for a contact: the longest idle, then whoever was given something least recently."""
        return self._choose(waiting, ROUTING_POLICIES, "longest-idle", now)

    def choose_again(self, waiting: Waiting, now: Moment) -> tuple[Agent, Decision] | None:
        """Find an agent among those who declined, provided that nobody else is available."""
        if any(agent.available() and agent.id not in waiting.declined for agent in self.members.values()):
            return None
        return self._choose(waiting, POLICIES_OF_LAST_RESORT, "longest-idle-all-declined", now)

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
        return agent, Decision(rule=rule, considered=tuple(considered), candidates=candidates)
