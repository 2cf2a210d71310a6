"""What was decided about contacts: public, and numbered in the pool's stream of contacts."""

from services.routing.domain.callback_rules import CallbackTerms
from services.routing.domain.entry import Decision, Entry, Holder
from services.routing.domain.moments import Moment
from services.routing.domain.settings import Attribute, SkillLevel
from services.routing.domain.values import dataclass
from services.routing.domain.widening import Widening


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactQueued:
    """`priority` and `required_skills` are the queue's and the contact's together; `own_...` the contact's alone.

    `declined` names the agents whom this entry is not offered to at first: whoever has just passed it on. Until
    `kept_until` it is offered to `kept_for` alone, the customer's last agent; empty for everybody. `callable` says
    that the customer can be called back; `callback` belongs to a contact by which that is done. One that was
    `arranged` has nobody's place: it waits since it is due.
    """

    at: Moment
    entry: Entry
    priority: int
    required_skills: tuple[SkillLevel, ...]
    own_priority: int
    own_skills: tuple[SkillLevel, ...]
    transferred_from: str = ""
    declined: tuple[str, ...] = ()
    kept_for: str = ""
    kept_until: Moment = 0
    attributes: tuple[Attribute, ...] = ()
    callable: bool = False
    callback: CallbackTerms | None = None
    arranged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchWidened:
    """A contact still waits, and is looked for more widely: `step` counts its queue's rule steps from 1.

    `widening` is all that holds from now on; `priority` and `required_skills` with it. `step` of the last one that
    was taken, where the contact is only kept for its last agent no more (`reason` kept-over rather than step).
    """

    at: Moment
    entry: Entry
    step: int
    reason: str
    widening: Widening
    priority: int
    required_skills: tuple[SkillLevel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferMade:
    """`number` is the offer's place in the pool's history; `units` the capacity it takes of the agent."""

    at: Moment
    entry: Entry
    offer_id: str
    number: int
    holder: Holder
    units: int
    expires_at: Moment
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferAccepted:
    at: Moment
    entry: Entry
    offer_id: str
    holder: Holder
    offered_at: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRejected:
    at: Moment
    entry: Entry
    offer_id: str
    holder: Holder
    offered_at: Moment
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTimedOut:
    """The agent let it ring: the contact keeps its place and the agent is set not ready, reason `system`."""

    at: Moment
    entry: Entry
    offer_id: str
    holder: Holder
    offered_at: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferWithdrawn:
    """`reason` is customer-left, agent-left, taken, queue-removed, contact-parked, site-closed, emergency,
    assigned-by-hand or presence-lost.

    The contact waits again, or rings on with others who are asked, until another event says more.
    """

    at: Moment
    entry: Entry
    offer_id: str
    holder: Holder
    offered_at: Moment
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkInterrupted:
    """What the agent works on is set aside for a more urgent contact, offered as `by_offer_id`."""

    at: Moment
    entry: Entry
    offer_id: str
    holder: Holder
    by_offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkResumed:
    """The agent has interrupted work back."""

    at: Moment
    entry: Entry
    offer_id: str
    holder: Holder


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAbandoned:
    at: Moment
    entry: Entry
    ended_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFlowedOut:
    """`reason` is transfer, overflow, closed, emergency or queue-removed.

    Without `to_queue` the contact is over for routing; `last_step` (voicemail, message) says what the gateway does
    with it, and `announcement` what the customer is told.
    """

    at: Moment
    entry: Entry
    reason: str
    to_queue: str = ""
    to_pool: str = ""
    last_step: str = ""
    announcement: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactParked:
    """The contact broke a rule and is offered to nobody; `reason` is matching-failed, step-failed or timer-failed."""

    at: Moment
    entry: Entry
    reason: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactTransferred:
    """`wrap_up_until` is when the wrap-up that begins here is over at the latest."""

    at: Moment
    entry: Entry
    offer_id: str
    holder: Holder
    answered_at: Moment
    to_queue: str
    to_pool: str
    wrap_up_until: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactEnded:
    """`wrap_up_until` is when the wrap-up that begins here is over at the latest."""

    at: Moment
    entry: Entry
    offer_id: str
    holder: Holder
    answered_at: Moment
    ended_by: str
    wrap_up_until: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpCompleted:
    at: Moment
    entry: Entry
    offer_id: str
    holder: Holder
    answered_at: Moment
    ended_at: Moment
    disposition: str
    timed_out: bool
    ticket_type: str
    transferred: bool
