"""What a journal tells of a day: who came, what it took, how patient they were, who worked; and the real figures."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.routing.domain import commands as c
from services.routing.domain import events as e
from services.routing.domain.engine import Step
from services.routing.domain.entry import Entry
from services.routing.domain.moments import Moment
from services.routing.domain.settings import AgentProfile, QueueRules, SkillLevel
from services.routing.simulation.counting import Counting, QueueKey
from services.routing.simulation.presence import Presence

#: Where agents without a team are counted.
NO_TEAM = "agents"
#: What a contact asks for itself: priority and skills.
Asked = tuple[int, tuple[SkillLevel, ...]]


@dataclass(slots=True)
class RecordedQueue:
    """One queue and channel: arrivals in ms from the beginning, by what they asked for; the rest in seconds."""

    arrivals: dict[Asked, list[int]] = field(default_factory=lambda: defaultdict(list))
    talks: list[float] = field(default_factory=list)
    wrap_ups: list[float] = field(default_factory=list)
    waits: list[tuple[float, bool]] = field(default_factory=list)


@dataclass(slots=True)
class RecordedOffers:
    delays: list[float] = field(default_factory=list)
    ended: int = 0
    rejected: int = 0
    timed_out: int = 0


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
        self.offers = RecordedOffers()
        self.presence = Presence(since, until)
        self.counting = Counting(since=since, group_of=group_of)
        self._flowed_out: set[str] = set()
        self._waiting: dict[tuple[str, int], Entry] = {}
        self._reads: Mapping[type, Callable[[Any], None]] = {
            e.ContactQueued: self._queued,
            e.OfferAccepted: self._accepted,
            e.OfferRejected: self._rejected,
            e.OfferTimedOut: self._timed_out,
            e.ContactAbandoned: self._abandoned,
            e.ContactFlowedOut: self._flowed,
            e.CallbackRequested: self._asked_for_a_call,
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
        """Let what is still open end with the day; who still waits has been patient until then."""
        for entry in tuple(self._waiting.values()):
            self._waited(entry, self.until, left=False)
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
        self._waited(event.entry, event.at, left=False)
        if self._of(event.entry) is not None:
            self.offers.ended += 1
            self.offers.delays.append((event.at - event.offered_at) / 1000)

    def _rejected(self, event: e.OfferRejected) -> None:
        if self._of(event.entry) is not None:
            self.offers.ended += 1
            self.offers.rejected += 1

    def _timed_out(self, event: e.OfferTimedOut) -> None:
        if self._of(event.entry) is not None:
            self.offers.ended += 1
            self.offers.timed_out += 1

    def _abandoned(self, event: e.ContactAbandoned) -> None:
        self._waited(event.entry, event.at, left=True)

    def _flowed(self, event: e.ContactFlowedOut) -> None:
        self._waited(event.entry, event.at, left=False)
        self._flowed_out.add(event.entry.contact_id)

    def _asked_for_a_call(self, event: e.CallbackRequested) -> None:
        self._waited(event.entry, event.at, left=False)

    def _waited(self, entry: Entry, at: Moment, *, left: bool) -> None:
        recorded = self._of(entry)
        if recorded is not None:
            self._waiting.pop((entry.contact_id, entry.number), None)
            recorded.waits.append(((at - entry.queued_at) / 1000, left))

    def _talked(self, event: e.ContactEnded | e.ContactTransferred) -> None:
        recorded = self._of(event.entry)
        if recorded is not None:
            recorded.talks.append((event.at - event.answered_at) / 1000)

    def _wrapped_up(self, event: e.WrapUpCompleted) -> None:
        recorded = self._of(event.entry)
        if recorded is not None:
            recorded.wrap_ups.append((event.at - event.ended_at) / 1000)
