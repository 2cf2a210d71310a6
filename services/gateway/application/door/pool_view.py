"""One pool as its published events leave it: open offers, who waits, how the agents stand. Live, never stored.

Events number their streams without gaps, so a view knows what it missed: until it has a whole picture, from the
pool's first event or from routing's snapshot, it keeps what it hears and lays it over the snapshot when that comes.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from services.gateway.application.door.routing_events import AGENTS, CONTACTS, RoutingEvent

#: Events kept while a snapshot is under way; past this the snapshot is asked for again.
_MOST_KEPT: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    id: str
    contact_id: str
    entry: int
    queue_id: str
    channel: str
    agent_id: str
    queued_at: datetime | None
    offered_at: datetime
    expires_at: datetime | None
    #: From 1 where the customer is called back; 0 for everybody else.
    callback_attempt: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingContact:
    contact_id: str
    entry: int
    queue_id: str
    channel: str
    queued_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStanding:
    """How an agent stands; `since` is when the state shown began, `seat` where the agent has signed in at the site."""

    agent_id: str
    team_id: str = ""
    site_id: str = ""
    state: str = "offline"
    reason: str = ""
    set_state: str = "offline"
    set_reason: str = ""
    since: datetime | None = None
    held_units: int = 0
    capacity_units: int = 0
    seat: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSnapshot:
    """A pool as routing says it is, after these numbers of its two streams.

    `break_requests` are agents who wait for a break, each with the team, in the order of asking.
    """

    contacts_sequence: int
    agents_sequence: int
    waiting: tuple[WaitingContact, ...]
    offers: tuple[Offer, ...]
    agents: tuple[AgentStanding, ...]
    break_requests: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class PoolView:
    """The picture of one pool; `whole` once nothing is missing from it."""

    offers: dict[str, Offer] = field(default_factory=dict)
    waiting: dict[str, WaitingContact] = field(default_factory=dict)
    agents: dict[str, AgentStanding] = field(default_factory=dict)
    #: The team of each agent who waits for a break, in the order of asking.
    break_requests: dict[str, str] = field(default_factory=dict)
    whole: bool = False
    _through: dict[str, int] = field(default_factory=lambda: {CONTACTS: 0, AGENTS: 0})
    _kept: deque[RoutingEvent] = field(default_factory=lambda: deque(maxlen=_MOST_KEPT))

    def take(self, event: RoutingEvent) -> bool:
        """Take an event in; False where it was in already."""
        through = self._through[event.stream]
        if event.sequence <= through:
            return False
        if event.sequence > through + 1:
            self.whole = False
        self._through[event.stream] = event.sequence
        if not self.whole:
            self._kept.append(event)
        _CHANGES.get(event.name, _nothing)(self, event)
        return True

    def begin(self) -> None:
        """Nothing happened before what was heard: the pool is new, its picture whole."""
        self.whole = True
        self._kept.clear()

    def load(self, snapshot: PoolSnapshot) -> None:
        """Lay what was heard meanwhile over routing's own picture."""
        heard = tuple(self._kept)
        self.offers = {offer.id: offer for offer in snapshot.offers}
        self.waiting = {each.contact_id: each for each in snapshot.waiting}
        self.agents = {agent.agent_id: agent for agent in snapshot.agents}
        self.break_requests = dict(snapshot.break_requests)
        self._through = {CONTACTS: snapshot.contacts_sequence, AGENTS: snapshot.agents_sequence}
        self._kept.clear()
        self.whole = True
        for event in heard:
            self.take(event)
        if self.whole:
            self._kept.clear()

    def offers_of(self, agent_id: str) -> list[Offer]:
        return [offer for offer in self.offers.values() if offer.agent_id == agent_id]

    def break_position(self, agent_id: str) -> int | None:
        """Give the agent's place among those of the team who wait for a break, from 1; None where it does not wait."""
        team = self.break_requests.get(agent_id)
        waiting = [each for each, of_team in self.break_requests.items() if of_team == team]
        return waiting.index(agent_id) + 1 if agent_id in waiting else None

    def queue_lengths(self, queues: Iterable[str]) -> Mapping[str, tuple[int, datetime | None]]:
        """Return how many wait in each queue, and since when the first of them."""
        lengths: dict[str, tuple[int, datetime | None]] = dict.fromkeys(queues, (0, None))
        for each in self.waiting.values():
            if each.queue_id in lengths:
                count, oldest = lengths[each.queue_id]
                lengths[each.queue_id] = (count + 1, min(oldest or each.queued_at, each.queued_at))
        return lengths


def _nothing(_view: PoolView, _event: RoutingEvent) -> None: ...


def _queued(view: PoolView, event: RoutingEvent) -> None:
    view.waiting[event.contact_id] = WaitingContact(
        contact_id=event.contact_id,
        entry=event.entry,
        queue_id=event.queue_id,
        channel=event.channel,
        queued_at=event.queued_at or event.time,
    )


def _left_queue(view: PoolView, event: RoutingEvent) -> None:
    view.waiting.pop(event.contact_id, None)


def _offered(view: PoolView, event: RoutingEvent) -> None:
    view.offers[event.offer_id] = Offer(
        id=event.offer_id,
        contact_id=event.contact_id,
        entry=event.entry,
        queue_id=event.queue_id,
        channel=event.channel,
        agent_id=event.agent_id,
        queued_at=event.queued_at,
        offered_at=event.time,
        expires_at=event.expires_at,
        callback_attempt=event.callback_attempt,
    )


def _offer_over(view: PoolView, event: RoutingEvent) -> None:
    view.offers.pop(event.offer_id, None)


def _accepted(view: PoolView, event: RoutingEvent) -> None:
    _offer_over(view, event)
    _left_queue(view, event)


def _joined(view: PoolView, event: RoutingEvent) -> None:
    view.agents[event.agent_id] = AgentStanding(
        agent_id=event.agent_id, team_id=event.team_id, site_id=event.site_id, since=event.time
    )


def _left_pool(view: PoolView, event: RoutingEvent) -> None:
    view.agents.pop(event.agent_id, None)


def _break_requested(view: PoolView, event: RoutingEvent) -> None:
    view.break_requests[event.agent_id] = event.team_id


def _break_request_over(view: PoolView, event: RoutingEvent) -> None:
    view.break_requests.pop(event.agent_id, None)


def _state_changed(view: PoolView, event: RoutingEvent) -> None:
    before = view.agents.get(event.agent_id)
    same = before is not None and (before.state, before.reason) == (event.state, event.reason)
    view.agents[event.agent_id] = AgentStanding(
        agent_id=event.agent_id,
        team_id=event.team_id,
        site_id=event.site_id,
        state=event.state,
        reason=event.reason,
        set_state=event.set_state,
        set_reason=event.set_reason,
        since=before.since if same and before else event.time,
        held_units=event.held_units,
        capacity_units=event.capacity_units,
        seat=event.seat,
    )


_CHANGES: Final[Mapping[str, Callable[[PoolView, RoutingEvent], None]]] = {
    "ContactQueued": _queued,
    "OfferMade": _offered,
    "OfferAccepted": _accepted,
    "OfferRejected": _offer_over,
    "OfferTimedOut": _offer_over,
    "OfferWithdrawn": _offer_over,
    "ContactAbandoned": _left_queue,
    "ContactFlowedOut": _left_queue,
    "CallbackRequested": _left_queue,
    "CallbackScheduled": _left_queue,
    "CallbackGivenUp": _left_queue,
    "AgentJoinedPool": _joined,
    "AgentLeftPool": _left_pool,
    "AgentStateChanged": _state_changed,
    "BreakRequested": _break_requested,
    "BreakGranted": _break_request_over,
    "BreakRequestEnded": _break_request_over,
}
