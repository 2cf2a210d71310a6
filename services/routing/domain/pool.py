"""Everything that a pool's engine knows, and the indexes over it.

Mutable for speed: a pool of 15,000 agents and half a million contacts cannot be copied for each event. It changes
only in `evolve` (by events) and `remember` (by answers), so equal events make equal pools. What is kept is values;
lanes, heaps and timers are made of them, and made again by `indexed` after a restart. Every order that matters is
total, so neither the way a heap lies nor the order of a dict shows in a decision.
"""

from collections import Counter, deque
from dataclasses import field

from services.routing.domain.agent import Agent
from services.routing.domain.emergency import Emergency
from services.routing.domain.expressions import NO_EXPRESSIONS, Expressions
from services.routing.domain.floor.breaches import FloorState
from services.routing.domain.forecaster import Forecaster
from services.routing.domain.forecasts import GivenEstimate
from services.routing.domain.lane import Lane
from services.routing.domain.moments import Moment
from services.routing.domain.policies import unsuitable
from services.routing.domain.refusals import Refusal
from services.routing.domain.search import Search, search_of
from services.routing.domain.settings import QueueRules
from services.routing.domain.stays import Hold, Offered, Parked, Scheduled, Stay, Waiting
from services.routing.domain.timers import CALLBACK, HOLD, STEP, Timers
from services.routing.domain.values import dataclass

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
    #: The language of agent rules and conditions; no part of what is kept.
    expressions: Expressions = NO_EXPRESSIONS
    #: Last journalled instant: time never runs backwards in a pool, whatever the clocks say.
    now: Moment = 0
    contact_sequence: int = 0
    agent_sequence: int = 0
    offers_made: int = 0
    emergency: Emergency | None = None
    queues: dict[str, QueueRules] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    contacts: dict[str, Stay] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    #: Settings versions of queues and agents, also of those removed: an older command must not bring one back.
    versions: dict[str, int] = field(default_factory=dict)
    #: By queue, what the estimated wait is made from; by contact, the estimate it was given.
    forecasts: dict[str, Forecaster] = field(default_factory=dict)
    given: dict[str, GivenEstimate] = field(default_factory=dict)
    ends: dict[str, Kept] = field(default_factory=dict)
    answers: dict[str, Kept] = field(default_factory=dict)
    floor: FloorState = field(default_factory=FloorState)
    # From here on indexes and notes, made of the above.
    lanes: dict[Search, Lane] = field(default_factory=dict)
    lane_of: dict[str, Lane] = field(default_factory=dict)
    lanes_in: dict[str, list[Lane]] = field(default_factory=dict)
    #: The open offers of each offered contact, oldest first.
    rings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    #: Contacts of each queue that nobody has accepted yet, offered ones included.
    unanswered: Counter[str] = field(default_factory=Counter)
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

    def put(self, waiting: Waiting) -> None:
        """Let a contact wait, and be looked at by the next matching."""
        self.contacts[waiting.entry.contact_id] = waiting
        self.line_up(waiting)
        self.touched_contacts[waiting.entry.contact_id] = None

    def line_up(self, waiting: Waiting) -> None:
        """Index a waiting contact: its lane, made where it is the first of its kind, and its next step's deadline."""
        entry, rules = waiting.entry, self.queue(waiting.entry.queue_id)
        search = search_of(waiting, rules)
        lane = self.lanes.get(search) or self._new_lane(search)
        lane.line.add(waiting)
        self.lane_of[entry.contact_id] = lane
        self.timers.set((STEP, entry.contact_id), waiting.next_step_at(rules))
        if waiting.callback is not None:
            self.timers.set((CALLBACK, entry.contact_id), waiting.callback.until)

    def take(self, contact_id: str) -> Waiting:
        """Take a waiting contact out of its lane, or a parked one from where it stands."""
        waiting = self.contacts.pop(contact_id)
        if isinstance(waiting, Parked):
            return waiting.waiting
        if not isinstance(waiting, Waiting):
            raise TypeError(f"contact {contact_id} does not wait")
        self.lane_of.pop(contact_id).line.remove(contact_id)
        self.timers.cancel((STEP, contact_id))
        if waiting.callback is not None:
            self.timers.cancel((CALLBACK, contact_id))
        return waiting

    def schedule(self, callback: Scheduled) -> None:
        """Let a callback rest until it is due."""
        contact_id = callback.entry.contact_id
        self.contacts[contact_id] = callback
        self.timers.set((CALLBACK, contact_id), callback.due_at)

    def unschedule(self, contact_id: str) -> None:
        """Take a callback from where it rests."""
        del self.contacts[contact_id]
        self.timers.cancel((CALLBACK, contact_id))

    def suits(self, search: Search, agent: Agent) -> bool:
        return unsuitable(search, agent, self.expressions) is None

    def is_staffed(self, search: Search) -> bool:
        """Say whether anybody who suits a search is signed in; over all agents, so for what happens now and then."""
        lane = self.lanes.get(search)
        if lane is not None:
            return any(agent.signed_in() for agent in lane.members.values())
        return any(agent.signed_in() and self.suits(search, agent) for agent in self.agents.values())

    def offers_of(self, contact_id: str) -> list[Offered]:
        """List the open offers of a contact, oldest first."""
        holds = (self.holds[offer_id] for offer_id in self.rings.get(contact_id, ()))
        return [hold for hold in holds if isinstance(hold, Offered)]

    def waiting_in(self, queue_id: str) -> list[Waiting]:
        """List who waits in a queue, next first; for people and settings, not for matching."""
        waiting = (w for lane in self.lanes_in.get(queue_id, ()) for w in lane.line.members.values())
        return sorted(waiting, key=lambda w: w.rank)

    def scheduled_in(self, queue_id: str) -> list[Scheduled]:
        """List the callbacks of a queue whose time has not come, next first."""
        scheduled = (s for s in self.contacts.values() if isinstance(s, Scheduled) and s.entry.queue_id == queue_id)
        return sorted(scheduled, key=lambda s: (s.due_at, s.entry.contact_id))

    def parked_in(self, queue_id: str) -> list[Parked]:
        """List who is parked in a queue, in the order in which they would wait."""
        parked = (s for s in self.contacts.values() if isinstance(s, Parked) and s.entry.queue_id == queue_id)
        return sorted(parked, key=lambda p: p.waiting.rank)

    def contacts_in(self, queue_id: str) -> int:
        """Count who is in a queue and has nobody yet: waiting, offered, parked, or resting until a callback is due."""
        kinds = Waiting | Offered | Parked | Scheduled
        return sum(isinstance(stay, kinds) and stay.entry.queue_id == queue_id for stay in self.contacts.values())

    def stand(self, agent: Agent) -> None:
        """Let the emergency, or its end, show in what an agent is asked for."""
        emergency = self.emergency
        agent.everywhere = emergency is not None and emergency.adds(agent.profile)
        agent.barred = emergency is not None and emergency.bars(agent.holder.site_id)

    def place(self, agent: Agent) -> None:
        """Put an agent into every lane that suits its profile, and into no other."""
        self.displace(agent)
        for lane in self.lanes.values():
            lane.admit(agent)

    def displace(self, agent: Agent) -> None:
        """Take an agent out of its lanes; who waits there for want of others may be offered again."""
        for _, lane in agent.lanes:
            self.touched_contacts.update(dict.fromkeys(lane.line.declined))
        for lane in self.lanes.values():
            lane.leave(agent)
        agent.lanes = []

    def dismantle(self) -> None:
        """Let go of what refers to each other, so that a pool nobody uses any more is freed at once, and whole."""
        for agent in self.agents.values():
            agent.lanes = []

    def time(self, hold: Hold) -> None:
        """Set the deadline of an offer or a wrap-up; a conversation has none."""
        self.timers.set((HOLD, hold.offer_id), hold.due, hold.number)

    def next_due(self) -> Moment | None:
        """Say when the next timer fires."""
        first = self.timers.first()
        return None if first is None else first[0]

    def _new_lane(self, search: Search) -> Lane:
        if len(self.lanes) >= MOST_LANES:
            self._forget_empty_lanes()
        lane = self.lanes[search] = Lane(search, self.expressions)
        self.lanes_in.setdefault(search.queue_id, []).append(lane)
        for agent in self.agents.values():
            if lane.admit(agent) and agent.available():
                lane.ready(agent)
        return lane

    def _forget_empty_lanes(self) -> None:
        self.lanes = {search: lane for search, lane in self.lanes.items() if len(lane.line)}
        self.lanes_in = {}
        for lane in self.lanes.values():
            self.lanes_in.setdefault(lane.queue_id, []).append(lane)
        for agent in self.agents.values():
            agent.lanes = [(rank, lane) for rank, lane in agent.lanes if lane.search in self.lanes]
