"""What became of agents in a pool: public, and numbered in the pool's stream of agents."""

from services.routing.domain.entry import Holder
from services.routing.domain.moments import Moment
from services.routing.domain.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentJoinedPool:
    at: Moment
    agent_id: str
    team_id: str
    site_id: str
    pool_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLeftPool:
    at: Moment
    agent_id: str
    pool_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStateChanged:
    """The state shown, the state set or the units held have changed; `previous_since` is the change before this one.

    `contact_id` names the contact that the change follows from, empty where a person made it; `forced_by` that
    person, where it is not the agent. `at_site` and `seat` say where the agent has signed in, empty for not said.
    """

    at: Moment
    holder: Holder
    pool_id: str
    state: str
    reason: str
    set_state: str
    set_reason: str
    previous_state: str
    previous_reason: str
    previous_since: Moment
    held_units: int
    capacity_units: int
    previous_held_units: int = 0
    contact_id: str = ""
    forced_by: str = ""
    at_site: str = ""
    seat: str = ""
