"""What agents ask for their own desk, and supervisors for the floor; beside `commands`, whose union has them too."""

from typing import TypeAlias

from services.routing.domain.moments import Moment
from services.routing.domain.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendWrapUp:
    """Give more time for the oldest open wrap-up of the contact, `seconds` on top of its limit.

    It is the agent's, or without `agent_id` whoever's.
    """

    id: str
    issued_at: Moment
    contact_id: str
    agent_id: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignContact:
    """Offer a waiting contact to this agent, whatever strategy and skills say; `by` is the supervisor who asks.

    `force` offers it above the agent's capacity too, and to one who is not ready.
    """

    id: str
    issued_at: Moment
    contact_id: str
    agent_id: str
    by: str
    force: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePriority:
    """Set a waiting contact's own priority, to which the queue's is added."""

    id: str
    issued_at: Moment
    contact_id: str
    priority: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOver:
    """Connect `agent_id` with a contact that another agent talks with; that one's wrap-up begins."""

    id: str
    issued_at: Moment
    contact_id: str
    agent_id: str
    by: str
    force: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPresence:
    """Tell whether an agent is connected anywhere; of two reports the one with the higher `version` is the newer.

    Without presence the agent has `grace_seconds` to come back.
    """

    id: str
    issued_at: Moment
    agent_id: str
    present: bool
    version: int
    grace_seconds: float


DeskCommand: TypeAlias = ExtendWrapUp | AssignContact | ChangePriority | TakeOver | ReportPresence
