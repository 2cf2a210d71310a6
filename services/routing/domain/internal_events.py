"""What the state needs and no partner does: kept in the journal, without a number."""

from services.routing.domain.emergency import Emergency
from services.routing.domain.entry import Entry
from services.routing.domain.forecasts import GivenEstimate
from services.routing.domain.moments import Moment
from services.routing.domain.settings import AgentProfile, QueueRules
from services.routing.domain.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPassed:
    """Internal: a rule step's time came and its condition did not hold."""

    at: Moment
    entry: Entry
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentProfiled:
    """Internal: an agent's profile as it holds from now on; where the agent was not there, it is, offline."""

    at: Moment
    profile: AgentProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLeaving:
    """Internal: the agent gets no more offers and leaves the pool when it holds nothing."""

    at: Moment
    agent_id: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRuled:
    """Internal: a queue's rules as they hold from now on, for who waits in it too."""

    at: Moment
    rules: QueueRules


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRemoved:
    """Internal: the queue is gone; whoever waited has flowed out before."""

    at: Moment
    queue_id: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyRuled:
    """Internal: the emergency as it holds from now on, None for none; who was to leave has flowed out before."""

    at: Moment
    emergency: Emergency | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndNoted:
    """Internal: a contact ended that does not wait or talk here; a later entry of it is abandoned at once."""

    at: Moment
    contact_id: str
    ended_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitEstimated:
    """Internal: how long a contact that began to wait was expected to."""

    at: Moment
    given: GivenEstimate
