"""The states of a contact in a pool: waiting, offered, connected; and an agent's wrap-up, which outlives the contact.

Each is a value of its own, so that what only an offered contact has cannot be asked of a waiting one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from services.routing.domain.entry import Entry, Holder
from services.routing.domain.events import ContactQueued, OfferMade
from services.routing.domain.moments import Moment
from services.routing.domain.settings import QueueRules, SkillLevel

#: Whose turn it is, lowest first: higher priority, then longer waiting, then the id so that no two are equal.
Rank: TypeAlias = tuple[int, Moment, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A contact that no agent is being asked about; `declined` names who would not have it, in order."""

    entry: Entry
    rank: Rank
    required_skills: tuple[SkillLevel, ...]
    own_priority: int
    own_skills: tuple[SkillLevel, ...]
    declined: tuple[str, ...] = ()

    def declined_by(self, agent_id: str) -> "Waiting":
        """Give it back to its place in the queue, the agent not to be asked again for this entry."""
        return self if agent_id in self.declined else replace(self, declined=(*self.declined, agent_id))

    def under(self, rules: QueueRules) -> "Waiting":
        """Apply a queue's changed rules to who waits in it already."""
        return replace(
            self,
            rank=(-(rules.priority + self.own_priority), self.rank[1], self.rank[2]),
            required_skills=joined_skills(rules.required_skills, self.own_skills),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A contact presented to one agent until `expires_at`; it holds the agent's units from here on."""

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
    """A contact that talks with its agent."""

    waiting: Waiting
    entry: Entry
    offer_id: str
    number: int
    holder: Holder
    units: int
    answered_at: Moment

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
    #: How often the agent was given more time for it.
    extensions: int = 0

    @property
    def due(self) -> Moment | None:
        return self.wrap_up_until


Stay: TypeAlias = Waiting | Offered | Connected
Hold: TypeAlias = Offered | Connected | WrappingUp


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
    )


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
    )


def joined_skills(queue: Iterable[SkillLevel], own: Iterable[SkillLevel]) -> tuple[SkillLevel, ...]:
    """Join what a queue and a contact require: of each skill the higher level, in the skills' order."""
    levels: dict[str, int] = {}
    for skill in (*queue, *own):
        levels[skill.skill_id] = max(skill.level, levels.get(skill.skill_id, 0))
    return tuple(SkillLevel(skill_id=name, level=levels[name]) for name in sorted(levels))
