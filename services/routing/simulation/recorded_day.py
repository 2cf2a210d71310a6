"""What a journal tells of a day: who came, what it took, how patient they were, who worked; and the real figures."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from services.routing.domain import commands as c
from services.routing.domain import events as e
from services.routing.domain.callback_events import ASKED_FOR
from services.routing.domain.engine import Step
from services.routing.domain.entry import Entry
from services.routing.domain.moments import Moment
from services.routing.domain.settings import AgentProfile, QueueRules, SkillLevel
from services.routing.simulation.counting import Counting, QueueKey
from services.routing.simulation.kaplan_meier import Seen
from services.routing.simulation.presence import Presence

#: Where agents without a team are counted.
NO_TEAM = "agents"
#: What a contact asks for itself: priority and skills.
Asked = tuple[int, tuple[SkillLevel, ...]]


#: How a wait ended: the customer left, or asked to be called back, or something else came before either.
Ending: TypeAlias = Literal["left", "asked", "other"]


@dataclass(slots=True)
class RecordedOffers:
    """How long each offer rang, and whether an agent answered it; `rejected` of those answered were rejected."""

    rang: list[Seen] = field(default_factory=list)
    rejected: int = 0

    def add(self, other: "RecordedOffers") -> None:
        self.rang += other.rang
        self.rejected += other.rejected


@dataclass(slots=True)
class RecordedQueue:
    """One queue and channel: arrivals in ms from the beginning, by what they asked for; the rest in seconds.

    Of a talk or a wrap-up that was open at the end of the day, no end was seen. `called` are customers whom an agent
    called back.
    """

    arrivals: dict[Asked, list[int]] = field(default_factory=lambda: defaultdict(list))
    talks: list[Seen] = field(default_factory=list)
    wrap_ups: list[Seen] = field(default_factory=list)
    waits: list[tuple[float, Ending]] = field(default_factory=list)
    offers: RecordedOffers = field(default_factory=RecordedOffers)
    called: int = 0
    not_reached: int = 0


def group_of(_agent_id: str, team_id: str) -> str:
    """Count recorded agents by team."""
    return team_id or NO_TEAM


class RecordedDay:
    """Reads steps in the journal's order, those before `since` too: they tell rules, profiles and who was there."""

    def __init__(self, since: Moment, until: Moment) -> None:
        self.since, self.until = since, until
        self.rules: dict[str, QueueRules] = {}
        self.profiles: dict[str, AgentProfile] = {}
        self.queues: dict[QueueKey, RecordedQueue] = defaultdict(RecordedQueue)
        self.presence = Presence(since, until)
        self.counting = Counting(since=since, group_of=group_of)
        self._flowed_out: set[str] = set()
        self._waiting: dict[tuple[str, int], Entry] = {}
        self._talking: dict[str, tuple[RecordedQueue, Moment]] = {}
        self._wrapping_up: dict[str, tuple[RecordedQueue, Moment]] = {}
        self._reads: Mapping[type, Callable[[Any], None]] = {
            e.ContactQueued: self._queued,
            e.OfferAccepted: self._accepted,
            e.OfferRejected: self._rejected,
            e.OfferTimedOut: self._unanswered,
            e.OfferWithdrawn: self._unanswered,
            e.ContactAbandoned: self._abandoned,
            e.ContactFlowedOut: self._flowed,
            e.CallbackRequested: self._to_be_called,
            e.CallbackNotReached: self._not_reached,
            e.ContactEnded: self._talked,
            e.ContactTransferred: self._talked,
            e.WrapUpCompleted: self._wrapped_up,
            e.AgentStateChanged: self.presence.changed,
        }

    def read(self, steps: Iterable[Step]) -> "RecordedDay":
        """Take steps in; what happened after `until` is left out."""
        counts = self.counting.reactions
        for step in steps:
            self._configured(step.command)
            for event in step.events:
                if event.at > self.until:
                    continue
                for reactions in (self._reads, counts):
                    reaction = reactions.get(type(event))
                    if reaction is not None:
                        reaction(event)
        return self

    def close(self) -> "RecordedDay":
        """Take what is still open for as long as it lasted; who still waits has been patient until then."""
        for entry in tuple(self._waiting.values()):
            self._waited(entry, self.until, "other")
        for offer_id in tuple(self._talking):
            self._talk_over(offer_id, self.until, seen=False)
        for offer_id in tuple(self._wrapping_up):
            self._wrap_up_over(offer_id, self.until, seen=False)
        self.presence.close()
        self.counting.close(self.until)
        return self

    def _configured(self, command: object) -> None:
        match command:
            case c.ConfigureQueue(rules=rules):
                self.rules[rules.queue_id] = rules
            case c.ConfigureAgent(profile=profile):
                self.profiles[profile.agent_id] = profile

    def _of(self, entry: Entry) -> RecordedQueue | None:
        """Give where an entry is recorded; who is called back was recorded as they came."""
        within = self.since <= entry.queued_at <= self.until and not entry.callback_attempt
        return self.queues[entry.queue_id, entry.channel] if within else None

    def _queued(self, event: e.ContactQueued) -> None:
        """A conversation passed on comes again; who flowed out comes by the rules, which are played anew."""
        recorded = self._of(event.entry)
        moved = event.entry.contact_id in self._flowed_out
        self._flowed_out.discard(event.entry.contact_id)
        if recorded is not None:
            self._waiting[event.entry.contact_id, event.entry.number] = event.entry
        if recorded is not None and not moved:
            asked = (event.own_priority, event.own_skills)
            recorded.arrivals[asked].append(event.entry.queued_at - self.since)

    def _accepted(self, event: e.OfferAccepted) -> None:
        entry = event.entry
        if entry.callback_attempt and event.at >= self.since:
            self.queues[entry.queue_id, entry.channel].called += 1
        self._waited(entry, event.at, "other")
        recorded = self._rang(event, answered=True)
        if recorded is not None:
            self._talking[event.offer_id] = recorded, event.at

    def _rejected(self, event: e.OfferRejected) -> None:
        recorded = self._rang(event, answered=True)
        if recorded is not None:
            recorded.offers.rejected += 1

    def _unanswered(self, event: e.OfferTimedOut | e.OfferWithdrawn) -> None:
        self._rang(event, answered=False)

    def _rang(
        self, event: e.OfferAccepted | e.OfferRejected | e.OfferTimedOut | e.OfferWithdrawn, *, answered: bool
    ) -> RecordedQueue | None:
        recorded = self._of(event.entry)
        if recorded is not None:
            recorded.offers.rang.append(((event.at - event.offered_at) / 1000, answered))
        return recorded

    def _abandoned(self, event: e.ContactAbandoned) -> None:
        self._waited(event.entry, event.at, "left")

    def _flowed(self, event: e.ContactFlowedOut) -> None:
        self._waited(event.entry, event.at, "other")
        self._flowed_out.add(event.entry.contact_id)

    def _to_be_called(self, event: e.CallbackRequested) -> None:
        """What a rule arranges comes by the rules; only who asked is to ask again."""
        self._waited(event.entry, event.at, "asked" if event.reason == ASKED_FOR else "other")

    def _not_reached(self, event: e.CallbackNotReached) -> None:
        if event.answered_at >= self.since:
            self.queues[event.entry.queue_id, event.entry.channel].not_reached += 1

    def _waited(self, entry: Entry, at: Moment, ending: Ending) -> None:
        recorded = self._of(entry)
        if recorded is not None:
            self._waiting.pop((entry.contact_id, entry.number), None)
            recorded.waits.append(((at - entry.queued_at) / 1000, ending))

    def _talked(self, event: e.ContactEnded | e.ContactTransferred) -> None:
        recorded = self._talk_over(event.offer_id, event.at, seen=True)
        if recorded is not None:
            self._wrapping_up[event.offer_id] = recorded, event.at

    def _wrapped_up(self, event: e.WrapUpCompleted) -> None:
        self._wrap_up_over(event.offer_id, event.at, seen=True)

    def _talk_over(self, offer_id: str, at: Moment, *, seen: bool) -> RecordedQueue | None:
        recorded, began = self._talking.pop(offer_id, (None, at))
        if recorded is not None:
            recorded.talks.append(((at - began) / 1000, seen))
        return recorded

    def _wrap_up_over(self, offer_id: str, at: Moment, *, seen: bool) -> None:
        recorded, began = self._wrapping_up.pop(offer_id, (None, at))
        if recorded is not None:
            recorded.wrap_ups.append(((at - began) / 1000, seen))
