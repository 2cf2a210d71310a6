"""An engine and the plain rules side by side: what one does is checked by the other, event by event."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from services.routing.application.snapshots import restored, snapshot
from services.routing.domain import commands as c
from services.routing.domain.callback_rules import CallbackRules
from services.routing.domain.engine import Step, begin, replay
from services.routing.domain.events import Event, OfferMade, WorkInterrupted
from services.routing.domain.opening_hours import OpeningHours, Span, WeeklySpan
from services.routing.domain.pool import PoolState
from services.routing.domain.queue_steps import Overflow, RuleStep, WayOut
from services.routing.domain.settings import (
    CHOICES,
    AgentProfile,
    ChannelCapacity,
    ChannelOffers,
    QueueRank,
    SkillLevel,
)
from tests.unit.routing.driver import BLENDED, Driver
from tests.unit.routing.naive_pool import NaivePool

QUEUES = ("billing", "sales")
AGENTS = ("ann", "bob", "cid", "dee")
CHANNELS = ("voice", "chat", "email")
INTERRUPTED = (
    *BLENDED[:2],
    ChannelCapacity(channel="email", units=40, most=2, interruptible_by=("voice", "chat")),
)
CAPACITIES = (BLENDED, (ChannelCapacity(channel="chat", units=50, most=2),), BLENDED[:1], INTERRUPTED)

#: The pool's clock starts at 00:16:40 UTC.
_SOON_OVER = OpeningHours(
    time_zone="UTC", weekly=(WeeklySpan(days=(1, 2, 3, 4, 5, 6, 7), span=Span(opens=0, closes=20)),)
)
#: How a queue chooses and widens its search, at random in the model's walks.
LIKE_ALWAYS: Mapping[str, object] = MappingProxyType({})
MANNERS: tuple[Mapping[str, object], ...] = (
    LIKE_ALWAYS,
    *({"choice": choice, "preferred_skills": (SkillLevel(skill_id="lang", level=1),)} for choice in CHOICES),
    {"sticky_seconds": 8.0},
    {"sites": ("north",), "steps": (RuleStep(after_seconds=4, add_sites=("south",)),)},
    {
        "choice": "most-skilled",
        "steps": (
            RuleStep(after_seconds=3, relax_levels=1, raise_priority=1),
            RuleStep(after_seconds=6, add_queues=("sales",), add_agents=("dee",)),
            RuleStep(after_seconds=30, then=WayOut(to_queue="sales")),
        ),
        "overflows": (Overflow(on="length", limit=4, then=WayOut(to_queue="sales")),),
    },
    {"channel_offers": (ChannelOffers(channel="chat", at_once=3), ChannelOffers(channel="email", auto_accept=True))},
    {"overflows": (Overflow(on="no-staff", then=WayOut(last_step="message")),)},
    {"steps": (RuleStep(after_seconds=12, then=WayOut(last_step="callback")),)},
    {"callbacks": CallbackRules(most_attempts=2, retry_after_seconds=5, give_up_after_seconds=40, hours=_SOON_OVER)},
)
RANKS: tuple[tuple[QueueRank, ...], ...] = (
    (),
    (QueueRank(queue_id="billing", rank=2),),
    (QueueRank(queue_id="billing", rank=1), QueueRank(queue_id="sales", rank=2)),
)

Skills = dict[str, int]


def levels(skills: Skills) -> tuple[SkillLevel, ...]:
    return tuple(SkillLevel(skill_id=name, level=level) for name, level in sorted(skills.items()))


class Play:
    """Two queues, four agents who have all skills at several levels and are available to begin with."""

    def __init__(self) -> None:
        self.pool = Driver()
        self.naive = NaivePool()
        self._contacts = 0
        self._kept: list[object] = []
        self._steps_before = 0
        for queue in QUEUES:
            self.configure_queue(queue, {}, 0, 5)
        for number, agent in enumerate(AGENTS):
            self.configure_agent(agent, QUEUES, {"tech": 3, "lang": 3 - number % 3}, (BLENDED, INTERRUPTED)[number % 2])
            self.set_state(agent, "available")
            self.time_passes(1)

    def configure_queue(
        self, queue: str, skills: Skills, priority: int, wrap_up: int, more: Mapping[str, object] = LIKE_ALWAYS
    ) -> None:
        step = self.pool.queue(
            queue, required_skills=levels(skills), priority=priority, ring_seconds=10, wrap_up_seconds=wrap_up, **more
        )
        self._follow(step.events)

    def configure_agent(
        self,
        agent: str,
        queues: tuple[str, ...],
        skills: Skills,
        channels: tuple[ChannelCapacity, ...],
        ranks: tuple[QueueRank, ...] = (),
    ) -> None:
        version = self.pool.state.versions.get(f"agent/{agent}", 0) + 1
        profile = AgentProfile(
            agent_id=agent,
            site_id="north" if agent < "cid" else "south",
            queue_ids=queues,
            skills=levels(skills),
            channels=channels,
            queue_ranks=ranks,
            version=version,
        )
        known = self.pool.state.agents.get(agent)
        if (
            known is not None and known.holds
        ):  # The plain rules count units by today's profile, the engine by the offer's.
            profile = replace(profile, channels=known.profile.channels)
        self._done(self.pool.do(c.ConfigureAgent(id=self.pool.id(), issued_at=self.pool.now, profile=profile)))

    def set_state(self, agent: str, state: str) -> None:
        self._done(self.pool.set(agent, state))

    def remove_agent(self, agent: str) -> None:
        self._done(self.pool.remove_agent(agent))

    def enqueue(self, queue: str, channel: str, priority: int, skills: Skills, ago: int, *, last: str = "") -> None:
        self._contacts += 1
        self._done(
            self.pool.enqueue(
                f"c{self._contacts:03}",
                queue,
                channel,
                priority=priority,
                required=levels(skills),
                queued_at=self.pool.now - ago * 1000,
                last_agent=last,
                callable=True,
            )
        )

    def arrange_a_call(self, queue: str, in_seconds: int) -> None:
        """Have somebody called who never waited."""
        self._contacts += 1
        plan = self.pool.plan(in_seconds)
        self._done(self.pool.enqueue(f"c{self._contacts:03}", queue, callback=plan))

    def request_callback(self, contact: str, in_seconds: int) -> None:
        self._done(self.pool.request_callback(contact, in_seconds=in_seconds))

    def reschedule(self, contact: str, in_seconds: int) -> None:
        self._done(self.pool.reschedule(contact, in_seconds=in_seconds))

    def not_reached(self, contact: str) -> None:
        self._done(self.pool.not_reached(contact))

    def accept(self, contact: str) -> None:
        self._done(self.pool.accept(contact))

    def reject(self, contact: str) -> None:
        self._done(self.pool.reject(contact))

    def end(self, contact: str) -> None:
        self._done(self.pool.end(contact))

    def transfer(self, contact: str, queue: str, to_pool: str) -> None:
        """Have its agent pass a conversation on; what waits or rings is moved by a supervisor."""
        talks = self.naive.contacts[contact].state == "connected"
        agent_id = self.pool.with_whom(contact) if talks else None
        self._done(self.pool.transfer(contact, queue, agent_id=agent_id or "", to_pool=to_pool))

    def wrap_up(self, contact: str, agent: str) -> None:
        self._done(self.pool.wrap_up(contact, agent))

    def time_passes(self, seconds: int) -> None:
        before = len(self.pool.steps)
        self.pool.later(seconds)
        for _, step in self.pool.steps[before:]:
            self._follow(step.events)

    def restart_from_a_snapshot(self) -> None:
        """Indexes made anew decide the same."""
        self.pool.state = restored(snapshot(self.pool.state))

    def keep_a_snapshot(self) -> None:
        """Have one of this moment, and of what comes the journal alone."""
        self._kept, self._steps_before = list(snapshot(self.pool.state)), len(self.pool.steps)

    def restart_from_the_journal(self) -> None:
        """Events folded anew, behind the kept snapshot if there is one, give the same pool, to the bit.

        And one that goes on as the pool would have done.
        """
        state = restored(self._kept) if self._kept else PoolState(pool_id=self.pool.state.pool_id)
        for now, step in self.pool.steps[self._steps_before :]:
            begin(state, now)
            replay(state, step, now)
        begin(state, self.pool.state.now)
        assert list(snapshot(state)) == list(snapshot(self.pool.state))
        self.pool.state = state

    def contacts(self, *states: str) -> list[str]:
        return sorted(contact for contact, stay in self.naive.contacts.items() if not states or stay.state in states)

    def callbacks(self, *states: str) -> list[str]:
        """List the contacts by which customers are called back, scheduled ones only if asked for."""
        scheduled = self.naive.scheduled if "scheduled" in states else set()
        waiting = {c for c in self.contacts(*states) if self.naive.contacts[c].callback_attempt}
        return sorted(scheduled | waiting)

    def callable(self) -> list[str]:
        """List who may ask to be called back."""
        return sorted({*self.contacts("waiting", "offered")} - {*self.callbacks("waiting", "offered")})

    def open_wrap_ups(self) -> list[tuple[str, str]]:
        return sorted(
            (contact, agent_id)
            for agent_id, agent in self.naive.agents.items()
            for _, state, contact in agent.holds.values()
            if state == "wrapping"
        )

    def check_states(self) -> None:
        """What is shown is what is held."""
        for agent_id, agent in self.naive.agents.items():
            assert self.pool.shown(agent_id) == agent.shown()
        assert sum(len(agent.holds) for agent in self.naive.agents.values()) == len(self.pool.state.holds)

    def check_counters(self) -> None:
        """Every offer and every entry has one end, or is open."""
        count = self.naive.counters.get
        ends = sum(count(n, 0) for n in ("OfferAccepted", "OfferRejected", "OfferTimedOut", "OfferWithdrawn"))
        open_offers = sum(state == "ringing" for a in self.naive.agents.values() for _, state, _ in a.holds.values())
        assert count("OfferMade", 0) == ends + open_offers == self.pool.state.offers_made
        left = ("ContactAbandoned", "ContactFlowedOut", "ContactEnded", "ContactTransferred")
        called_back = ("CallbackRequested", "CallbackNotReached", "put-off")
        assert count("ContactQueued", 0) == sum(count(n, 0) for n in (*left, *called_back)) + len(self.naive.contacts)

    def _done(self, step: Step) -> None:
        self._follow(step.events)

    def _follow(self, events: tuple[Event, ...]) -> None:
        """Check every offer against the plain rule, and that none is owed when the engine rests."""
        self.naive.begin_step()
        interrupted: list[WorkInterrupted] = []
        for event in events:
            if isinstance(event, WorkInterrupted):
                # Told before the offer that it makes room for, which is checked by what was so before.
                interrupted.append(event)
                continue
            if isinstance(event, OfferMade):
                assert self.naive.best_pair() == (event.entry.contact_id, event.holder.agent_id)
                for earlier in interrupted:
                    assert earlier.by_offer_id == event.offer_id
                    self.naive.apply(earlier)
                interrupted.clear()
            self.naive.apply(event)
        assert not interrupted
        assert self.naive.best_pair() is None
