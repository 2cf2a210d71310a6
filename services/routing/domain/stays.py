"""The states of a contact in a pool: scheduled, waiting, parked, offered, connected; and an agent's wrap-up after it.

Each is a value of its own, so that what only an offered contact has cannot be asked of a waiting one.
"""

from dataclasses import replace
from typing import TypeAlias

from services.routing.domain.callback_rules import CallbackTerms
from services.routing.domain.entry import Entry, Holder
from services.routing.domain.events import ContactParked, ContactQueued, OfferMade
from services.routing.domain.moments import Moment, after
from services.routing.domain.settings import Attribute, QueueRules, SkillLevel
from services.routing.domain.values import dataclass
from services.routing.domain.widening import NOT_WIDENED, Widening, relaxed_skills

#: Whose turn it is, lowest first: higher priority, then longer waiting, then the id so that no two are equal.
Rank: TypeAlias = tuple[int, Moment, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A contact that no agent is being asked about; `declined` names who would not have it, the latest last.

    `steps_taken` of its queue's steps are behind it, and `widening` is what they added. Until `kept_until` it is kept
    for the agent `kept_for`, empty for nobody.
    """

    entry: Entry
    rank: Rank
    required_skills: tuple[SkillLevel, ...]
    own_priority: int
    own_skills: tuple[SkillLevel, ...]
    declined: tuple[str, ...] = ()
    steps_taken: int = 0
    widening: Widening = NOT_WIDENED
    kept_for: str = ""
    kept_until: Moment = 0
    attributes: tuple[Attribute, ...] = ()
    #: Who is asked just now, while more agents are sought to ring at once.
    asked: tuple[str, ...] = ()
    #: Whether the customer can be called back.
    callable: bool = False
    #: Until when the customer may be called; None where the contact is no callback.
    callback: CallbackTerms | None = None
    #: Whether it is a callback in nobody's place, that waits since it is due.
    arranged: bool = False

    def next_step_at(self, rules: QueueRules) -> Moment | None:
        """Say when the search widens next: the end of being kept for an agent, or the queue's next step."""
        if not (rules.steps or self.kept_for):
            return None
        ahead = rules.steps[self.steps_taken : self.steps_taken + 1]
        due = [after(self.entry.queued_at, step.after_seconds) for step in ahead]
        if self.kept_for:
            due.append(self.kept_until)
        return min(due, default=None)

    def widened(self, widening: Widening, steps_taken: int, rules: QueueRules) -> "Waiting":
        """Go on under a wider search, kept for nobody any more."""
        wider = replace(self, widening=widening, steps_taken=steps_taken, kept_for="", kept_until=0)
        return wider.under(rules)

    def declined_by(self, agent_id: str) -> "Waiting":
        """Give it back to its place in the queue, the agent not to be asked again until all others have been."""
        others = tuple(other for other in self.declined if other != agent_id)
        return replace(self, declined=(*others, agent_id))

    def prioritised(self, own_priority: int, rules: QueueRules) -> "Waiting":
        """Wait with another priority of its own, to which queue and steps add theirs as before."""
        return replace(self, own_priority=own_priority).under(rules)

    def under(self, rules: QueueRules) -> "Waiting":
        """Apply a queue's changed rules to who waits in it already."""
        priority = rules.priority + self.own_priority + self.widening.raised
        required = joined_skills(rules.required_skills, self.own_skills)
        return replace(
            self,
            rank=(-priority, self.rank[1], self.rank[2]),
            required_skills=relaxed_skills(required, self.widening.relaxed),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """A callback whose time has not come: offered to nobody; `queued` is what is told of it then."""

    queued: ContactQueued
    due_at: Moment
    not_after: Moment

    @property
    def entry(self) -> Entry:
        return self.queued.entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A contact that broke a rule while it waited: offered to nobody until somebody takes it out."""

    waiting: Waiting
    entry: Entry
    parked_at: Moment
    reason: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A contact presented to one agent until `expires_at`; it holds the agent's units from here on.

    Where its queue rings several agents at once, each has an offer; the contact's stay is the oldest open one.
    """

    waiting: Waiting
    entry: Entry
    offer_id: str
    number: int
    holder: Holder
    units: int
    offered_at: Moment
    expires_at: Moment

    @property
    def due(self) -> Moment | None:
        return self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """A contact that talks with its agent; while `interrupted_by` names an offer, the agent is busy with that one."""

    waiting: Waiting
    entry: Entry
    offer_id: str
    number: int
    holder: Holder
    units: int
    answered_at: Moment
    interrupted_by: str = ""

    @property
    def due(self) -> Moment | None:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrappingUp:
    """What an agent has yet to write up, until `wrap_up_until` at the latest; its units are still held."""

    entry: Entry
    offer_id: str
    number: int
    holder: Holder
    units: int
    answered_at: Moment
    ended_at: Moment
    wrap_up_until: Moment
    transferred: bool
    interrupted_by: str = ""
    #: How often the agent was given more time for it.
    extensions: int = 0

    @property
    def due(self) -> Moment | None:
        return self.wrap_up_until


Stay: TypeAlias = Scheduled | Waiting | Parked | Offered | Connected
Hold: TypeAlias = Offered | Connected | WrappingUp
#: The word for each state of a contact.
STATES: dict[type, str] = {
    Scheduled: "scheduled",
    Waiting: "waiting",
    Parked: "parked",
    Offered: "offered",
    Connected: "connected",
}


def waiting(queued: ContactQueued) -> Waiting:
    """Begin an entry."""
    entry = queued.entry
    return Waiting(
        entry=entry,
        rank=(-queued.priority, entry.queued_at, entry.contact_id),
        required_skills=queued.required_skills,
        own_priority=queued.own_priority,
        own_skills=queued.own_skills,
        declined=queued.declined,
        kept_for=queued.kept_for,
        kept_until=queued.kept_until,
        attributes=queued.attributes,
        callable=queued.callable,
        callback=queued.callback,
        arranged=queued.arranged,
    )


def as_waiting(stay: Waiting | Parked | Offered | Connected) -> Waiting:
    """Tell how a contact waits, or waited before it was parked, offered or connected."""
    return stay if isinstance(stay, Waiting) else stay.waiting


def parked(stay: Waiting, event: ContactParked) -> Parked:
    return Parked(waiting=stay, entry=event.entry, parked_at=event.at, reason=event.reason, error=event.error)


def offered(stay: Waiting, offer: OfferMade) -> Offered:
    return Offered(
        waiting=stay,
        entry=offer.entry,
        offer_id=offer.offer_id,
        number=offer.number,
        holder=offer.holder,
        units=offer.units,
        offered_at=offer.at,
        expires_at=offer.expires_at,
    )


def connected(offer: Offered, at: Moment) -> Connected:
    return Connected(
        waiting=offer.waiting,
        entry=offer.entry,
        offer_id=offer.offer_id,
        number=offer.number,
        holder=offer.holder,
        units=offer.units,
        answered_at=at,
    )


def wrapping_up(talk: Connected, *, ended_at: Moment, until: Moment, transferred: bool) -> WrappingUp:
    return WrappingUp(
        entry=talk.entry,
        offer_id=talk.offer_id,
        number=talk.number,
        holder=talk.holder,
        units=talk.units,
        answered_at=talk.answered_at,
        ended_at=ended_at,
        wrap_up_until=until,
        transferred=transferred,
        interrupted_by=talk.interrupted_by,
    )


def joined_skills(queue: tuple[SkillLevel, ...], own: tuple[SkillLevel, ...]) -> tuple[SkillLevel, ...]:
    """Join what a queue and a contact require: of each skill the higher level, in the skills' order."""
    if not own and len(queue) < 2:
        return queue
    levels: dict[str, int] = {}
    for skill in (*queue, *own):
        levels[skill.skill_id] = max(skill.level, levels.get(skill.skill_id, 0))
    return tuple(SkillLevel(skill_id=name, level=levels[name]) for name in sorted(levels))
