"""How a queue chooses among the agents who may have a contact: what each strategy measures, lowest first.

The agent's own rank for the queue goes before the measure, the time of idleness after it, the id last; so no two
agents are equal. A measure may fall only by an event that touches the agent, or an index would keep an old one.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from services.routing.domain.agent import Agent
from services.routing.domain.moments import Moment
from services.routing.domain.search import Search
from services.routing.domain.settings import LEAST_OCCUPIED, LONGEST_IDLE, MOST_SKILLED, ROUND_ROBIN

#: The rule by which somebody is asked again, in place of a strategy: who declined longest ago.
ALL_DECLINED = "all-declined"
#: Rank, measure, idle since, id: whose turn it is, lowest first.
Turn: TypeAlias = tuple[int, int, Moment, str]
Measure: TypeAlias = Callable[[Search, Agent], int]


def turn_of(search: Search, measure: Measure, agent: Agent) -> Turn:
    return agent.rank_among(search.queues), measure(search, agent), agent.idle_since, agent.id


def measure_of(choice: str) -> Measure:
    """Give a strategy's measure; an unknown one of a newer version chooses the longest idle."""
    return _MEASURES.get(choice, _nothing)


def why_later(chosen: Turn, other: Turn, choice: str) -> str:
    """Say why an agent came after the chosen one."""
    if other[0] != chosen[0]:
        return "lower-rank"
    return _LATER.get(choice, "idle-less-long") if other[1] != chosen[1] else "idle-less-long"


def _nothing(_: Search, __: Agent) -> int:
    return 0


def _skill(search: Search, agent: Agent) -> int:
    """Sum the levels of what is required and preferred, and what is not there counts as zero."""
    wanted = {skill.skill_id for skill in (*search.required, *search.preferred)}
    return -sum(agent.levels.get(skill_id, 0) for skill_id in wanted)


def _load(_: Search, agent: Agent) -> int:
    return agent.handled_ms


def _last_offer(_: Search, agent: Agent) -> int:
    return agent.last_offer


_MEASURES: Mapping[str, Measure] = {
    LONGEST_IDLE: _nothing,
    MOST_SKILLED: _skill,
    LEAST_OCCUPIED: _load,
    ROUND_ROBIN: _last_offer,
}
_LATER: Mapping[str, str] = {
    MOST_SKILLED: "less-skilled",
    LEAST_OCCUPIED: "more-occupied",
    ROUND_ROBIN: "had-a-turn-later",
}
