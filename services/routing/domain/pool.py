"""Everything that a pool's engine knows, and the indexes over it.

Mutable for speed: a pool of 15,000 agents and half a million contacts cannot be copied for each event. It changes
only in `evolve` (by events) and `remember` (by answers), so equal events make equal pools. What is kept is values;
lanes, heaps and timers are made of them, and made again by `indexed` after a restart. Every order that matters is
total, so neither the way a heap lies nor the order of a dict shows in a decision.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from services.routing.domain.agent import Agent
from services.routing.domain.lane import Lane, LaneKey, key_of
from services.routing.domain.moments import Moment
from services.routing.domain.refusals import Refusal
from services.routing.domain.settings import QueueRules
from services.routing.domain.stays import Hold, Stay, Waiting
from services.routing.domain.timers import HOLD, PRESENCE, Timers

#: Lanes without anybody waiting are forgotten above this number: contacts may require whatever they like.
MOST_LANES = 2_000


@dataclass(frozen=True, slots=True)
class Kept:
    """Something remembered for a while: a command's answer, or who ended a contact."""

    at: Moment
    id: str
    value: Refusal | str | None


@dataclass(slots=True, kw_only=True)
class PoolState:
    """One pool of one tenant."""

    pool_id: str
    #: Last journalled instant: time never runs backwards in a pool, whatever the clocks say.
    now: Moment = 0
    contact_sequence: int = 0
    agent_sequence: int = 0
    offers_made: int = 0
    queues: dict[str, QueueRules] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    contacts: dict[str, Stay] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    #: Settings versions of queues and agents, also of those removed: an older command must not bring one back.
    versions: dict[str, int] = field(default_factory=dict)
    #: When contacts of each queue were last answered, for the estimated wait.
    answered: dict[str, tuple[Moment, ...]] = field(default_factory=dict)
    ends: dict[str, Kept] = field(default_factory=dict)
    answers: dict[str, Kept] = field(default_factory=dict)
    # From here on indexes and notes, made of the above.
    lanes: dict[LaneKey, Lane] = field(default_factory=dict)
    timers: Timers = field(default_factory=Timers)
    #: Who has signed in at which site and seat.
    seats: dict[tuple[str, str], str] = field(default_factory=dict)
    fading_ends: deque[Kept] = field(default_factory=deque)
    fading_answers: deque[Kept] = field(default_factory=deque)
    #: Whom the last events gave or took something: the only ones that a matching can be new for.
    touched_agents: dict[str, None] = field(default_factory=dict)
    touched_contacts: dict[str, None] = field(default_factory=dict)

    def queue(self, queue_id: str) -> QueueRules:
        """Give a queue's rules; the defaults where it was removed while somebody still talks."""
        return self.queues.get(queue_id) or QueueRules(queue_id=queue_id)

    def lane(self, waiting: Waiting) -> Lane:
        """Give the lane of a contact, made where it is the first of its kind."""
        key = key_of(waiting)
        lane = self.lanes.get(key)
        return self._new_lane(key) if lane is None else lane

    def put(self, waiting: Waiting) -> None:
        """Let a contact wait, and be looked at by the next matching."""
        self.contacts[waiting.entry.contact_id] = waiting
        self.lane(waiting).line.add(waiting)
        self.touched_contacts[waiting.entry.contact_id] = None

    def take(self, contact_id: str) -> Waiting:
        """Take a waiting contact out of its lane."""
        waiting = self.contacts.pop(contact_id)
        if not isinstance(waiting, Waiting):
            raise TypeError(f"contact {contact_id} does not wait")
        self.lane(waiting).line.remove(contact_id)
        return waiting

    def waiting_in(self, queue_id: str) -> list[Waiting]:
        """List who waits in a queue, next first; over all lanes, so for people and settings, not for matching."""
        waiting = (w for lane in self.lanes.values() if lane.queue_id == queue_id for w in lane.line.members.values())
        return sorted(waiting, key=lambda w: w.rank)

    def place(self, agent: Agent) -> None:
        """Put an agent into every lane that suits its profile, and into no other."""
        self.displace(agent)
        for lane in self.lanes.values():
            if lane.suits(agent):
                lane.enter(agent)

    def displace(self, agent: Agent) -> None:
        """Take an agent out of its lanes; who waits there for want of others may be offered again."""
        for lane in agent.lanes:
            lane.leave(agent)
            self.touched_contacts.update(dict.fromkeys(lane.line.declined))
        agent.lanes = []

    def time(self, hold: Hold) -> None:
        """Set the deadline of an offer or a wrap-up; a conversation has none."""
        self.timers.set((HOLD, hold.offer_id), hold.due, hold.number)

    def next_due(self) -> Moment | None:
        """Say when the next timer fires."""
        first = self.timers.first()
        return None if first is None else first[0]

    def _new_lane(self, key: LaneKey) -> Lane:
        if len(self.lanes) >= MOST_LANES:
            self._forget_empty_lanes()
        lane = self.lanes[key] = Lane(key, self.agents)
        for agent in self.agents.values():
            if lane.suits(agent):
                lane.enter(agent)
                if agent.available():
                    lane.ready(agent)
        return lane

    def _forget_empty_lanes(self) -> None:
        self.lanes = {key: lane for key, lane in self.lanes.items() if len(lane.line)}
        for agent in self.agents.values():
            agent.lanes = [lane for lane in agent.lanes if lane.key in self.lanes]


def indexed(state: PoolState) -> PoolState:
    """Make the indexes of a pool that was read from a snapshot."""
    for stay in state.contacts.values():
        if isinstance(stay, Waiting):
            state.lane(stay).line.add(stay)
    for hold in state.holds.values():
        state.agents[hold.holder.agent_id].hold(hold)
        state.time(hold)
    for lane in state.lanes.values():
        for agent in _available(lane):
            lane.ready(agent)
    for agent in state.agents.values():
        state.timers.set((PRESENCE, agent.id), agent.presence_due)
        if agent.seat:
            state.seats[agent.at_site, agent.seat] = agent.id
    state.fading_ends = deque(sorted(state.ends.values(), key=_age))
    state.fading_answers = deque(sorted(state.answers.values(), key=_age))
    return state


def _available(lane: Lane) -> Iterator[Agent]:
    return (agent for agent in lane.members.values() if agent.available())


def _age(kept: Kept) -> tuple[Moment, str]:
    return kept.at, kept.id
