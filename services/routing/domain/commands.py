"""What may be asked of a pool: one class for each message of `internal/routing/v1/commands.proto`.

`id` names the command for ever; `issued_at` is when it was sent, and decides whether it is still worth doing.
"""

from typing import TypeAlias

from services.routing.domain.callback_commands import CallbackCommand
from services.routing.domain.callback_rules import CallbackPlan
from services.routing.domain.desk_commands import DeskCommand
from services.routing.domain.emergency import Emergency
from services.routing.domain.floor.rules import FloorRule
from services.routing.domain.floor.shifts import Shift
from services.routing.domain.moments import Moment
from services.routing.domain.settings import AgentProfile, Attribute, QueueRules, SkillLevel
from services.routing.domain.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class EnqueueContact:
    """Let a contact wait in a queue; `queued_at` is when the customer began to wait for this entry.

    `last_agent_id` is who served the customer last, empty for nobody; `attributes` are for the queue's expressions.
    `callable` says that the customer can be called back; with `callback` the contact is the calling back itself.
    """

    id: str
    issued_at: Moment
    contact_id: str
    entry: int
    queue_id: str
    channel: str
    queued_at: Moment
    priority: int = 0
    required_skills: tuple[SkillLevel, ...] = ()
    transferred_from: str = ""
    last_agent_id: str = ""
    attributes: tuple[Attribute, ...] = ()
    callable: bool = False
    callback: CallbackPlan | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndContact:
    """End a contact wherever it is, now and for every later entry; with `agent_id`, only if that agent holds it."""

    id: str
    issued_at: Moment
    contact_id: str
    ended_by: str
    agent_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptOffer:
    id: str
    issued_at: Moment
    offer_id: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectOffer:
    id: str
    issued_at: Moment
    offer_id: str
    agent_id: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferContact:
    """Pass a contact on; without `agent_id` a supervisor moves it, and an empty `to_pool` is this pool."""

    id: str
    issued_at: Moment
    contact_id: str
    to_queue: str
    to_pool: str = ""
    agent_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteWrapUp:
    """End the oldest open wrap-up of the contact; without `agent_id`, whoever has it."""

    id: str
    issued_at: Moment
    contact_id: str
    agent_id: str = ""
    disposition: str = ""
    ticket_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAgentState:
    """Set what an agent wants; `forced_by` is the supervisor who sets it for them, empty for the agent itself.

    `site` and `seat` say where the agent sits, empty for not said. `force` signs out an agent who holds contacts.
    """

    id: str
    issued_at: Moment
    agent_id: str
    state: str
    reason: str = ""
    #: For a break that cannot be now: wait for it, and work on meanwhile.
    queue: bool = False
    forced_by: str = ""
    force: bool = False
    site: str = ""
    seat: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigureAgent:
    id: str
    issued_at: Moment
    profile: AgentProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveAgent:
    id: str
    issued_at: Moment
    agent_id: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigureQueue:
    id: str
    issued_at: Moment
    rules: QueueRules


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveQueue:
    id: str
    issued_at: Moment
    queue_id: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigureEmergency:
    """Declare an emergency in place of the one that holds; None lifts it."""

    id: str
    issued_at: Moment
    version: int
    emergency: Emergency | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigureFloorRule:
    id: str
    issued_at: Moment
    rule: FloorRule


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveFloorRule:
    id: str
    issued_at: Moment
    rule_id: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanShift:
    id: str
    issued_at: Moment
    shift: Shift


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelShift:
    id: str
    issued_at: Moment
    shift_id: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelBreak:
    """Give up the place among those who wait for a break."""

    id: str
    issued_at: Moment
    agent_id: str


Command: TypeAlias = (
    EnqueueContact
    | EndContact
    | AcceptOffer
    | RejectOffer
    | TransferContact
    | CompleteWrapUp
    | SetAgentState
    | ConfigureAgent
    | RemoveAgent
    | ConfigureQueue
    | RemoveQueue
    | ConfigureEmergency
    | ConfigureFloorRule
    | RemoveFloorRule
    | PlanShift
    | CancelShift
    | CancelBreak
    | DeskCommand
    | CallbackCommand
)
