"""What happened, as counting needs it: one class per kind of event, every instant in epoch milliseconds.

Each fact says all that counting needs, so that the fold joins nothing and keeps no state.
"""

from dataclasses import dataclass
from typing import Literal

OfferOutcome = Literal["accepted", "rejected", "timed_out", "withdrawn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One stay of a contact in a queue; `target` and `short_abandon` are its own bounds in milliseconds.

    With `called` it is the calling back of a customer, who was offered before.
    """

    contact_id: str
    number: int
    queue_id: str
    channel: str
    queued_at: int
    target: int
    short_abandon: int
    called: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    at: int
    entry: Entry
    transferred: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    at: int
    entry: Entry
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferEnded:
    at: int
    entry: Entry
    agent_id: str
    offered_at: int
    outcome: OfferOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Abandoned:
    at: int
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowedOut:
    at: int
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRequested:
    at: int
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackScheduled:
    """`entry` begins when it is due; the one before it, if there was any, is over."""

    at: int
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackNotReached:
    at: int
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackGivenUp:
    at: int
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkEnded:
    """The conversation of one assignment ended, or was passed on (`transferred`); its wrap-up begins."""

    at: int
    entry: Entry
    agent_id: str
    answered_at: int
    transferred: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WrappedUp:
    at: int
    entry: Entry
    agent_id: str
    answered_at: int
    ended_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """`site_id` and `seat` are where the agent has signed in."""

    agent_id: str
    team_id: str
    site_id: str
    seat: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentJoined:
    at: int
    agent: Agent


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLeft:
    at: int
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentShown:
    """An agent's shown state or held units changed; a `..._since` is None where there was nothing before."""

    at: int
    agent: Agent
    state: str
    reason: str
    previous_state: str
    previous_reason: str
    previous_since: int | None
    held_units: int
    capacity_units: int
    previous_held_units: int
    previous_load_since: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyAsked:
    at: int
    queue_id: str
    channel: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyAnswered:
    at: int
    queue_id: str
    channel: str
    agent_id: str
    rating: int
    scale_max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """A contact was scored; `score_hundredths` is the score of 0 to 100 times 100, whole, so that sums are exact."""

    at: int
    queue_id: str
    channel: str
    agent_id: str
    score_hundredths: int
    passed: bool
    flagged: bool
    first_response: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketOpened:
    at: int
    type_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketMoved:
    at: int
    type_id: str
    previous_state: str
    previous_since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketClosed:
    at: int
    type_id: str
    opened_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketReopened:
    at: int
    type_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSet:
    at: int
    queue_id: str
    name: str
    removed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSet:
    at: int
    agent_id: str
    name: str
    queue_ids: tuple[str, ...]
    removed: bool


Fact = (
    Queued
    | Offered
    | OfferEnded
    | Abandoned
    | FlowedOut
    | CallbackRequested
    | CallbackScheduled
    | CallbackNotReached
    | CallbackGivenUp
    | TalkEnded
    | WrappedUp
    | AgentJoined
    | AgentLeft
    | AgentShown
    | SurveyAsked
    | SurveyAnswered
    | Evaluated
    | TicketOpened
    | TicketMoved
    | TicketClosed
    | TicketReopened
    | QueueSet
    | AgentSet
)
