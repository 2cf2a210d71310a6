"""What stands open now: entries, agents, settings. The last fact of a source about a thing tells how it stands.

An open conversation, ring or agent state reaches up to the moment of reading (`so_far`), by the same increments as
when it has ended, so that a figure read while it lasts and one read afterwards agree on the past.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import singledispatch
from typing import Literal

from services.analytics.domain.facts import (
    Abandoned,
    AgentJoined,
    AgentLeft,
    AgentSet,
    AgentShown,
    CallbackGivenUp,
    CallbackNotReached,
    CallbackRequested,
    CallbackScheduled,
    Entry,
    Fact,
    FlowedOut,
    Offered,
    OfferEnded,
    Queued,
    QueueSet,
    TalkEnded,
    WrappedUp,
)
from services.analytics.domain.fold import Shown, state_time, wrap_up_time
from services.analytics.domain.increments import Dimension, Increment, spent

Phase = Literal["waiting", "ringing", "talking", "wrap_up", "gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenEntry:
    """How an entry stands, since when, and with which agent ("" for none). A ringing entry still waits."""

    contact_id: str
    number: int
    queue_id: str
    channel: str
    queued_at: int
    phase: Phase
    since: int
    agent_id: str = ""

    @property
    def id(self) -> str:
        return f"{self.contact_id}/{self.number}"

    @property
    def closed(self) -> bool:
        return self.phase == "gone"

    @property
    def waits(self) -> bool:
        return self.phase in {"waiting", "ringing"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAgent:
    agent_id: str
    team_id: str
    site_id: str
    state: str
    reason: str
    since: int
    held_units: int = 0
    capacity_units: int = 0
    load_known: bool = False
    closed: bool = False
    seat: str = ""

    @property
    def id(self) -> str:
        return self.agent_id


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownQueue:
    queue_id: str
    name: str
    closed: bool

    @property
    def id(self) -> str:
        return self.queue_id


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAgent:
    agent_id: str
    name: str
    queue_ids: tuple[str, ...]
    closed: bool

    @property
    def id(self) -> str:
        return self.agent_id


Standing = OpenEntry | OpenAgent | KnownQueue | KnownAgent


@singledispatch
def standing_after(_: Fact) -> Standing | None:
    """Tell how the thing stands that this fact is about; None where nothing is kept open for it."""
    return None


@standing_after.register
def _queued(fact: Queued) -> Standing:
    return _entry(fact.entry, "waiting", fact.entry.queued_at)


@standing_after.register
def _offered(fact: Offered) -> Standing:
    return _entry(fact.entry, "ringing", fact.at, fact.agent_id)


@standing_after.register
def _offer_ended(fact: OfferEnded) -> Standing:
    if fact.outcome == "accepted":
        return _entry(fact.entry, "talking", fact.at, fact.agent_id)
    return _entry(fact.entry, "waiting", fact.entry.queued_at)


_Left = Abandoned | FlowedOut | WrappedUp | CallbackRequested | CallbackNotReached | CallbackGivenUp


@standing_after.register(_Left)
def _left(fact: _Left) -> Standing:
    return _entry(fact.entry, "gone", fact.at)


@standing_after.register
def _put_off(fact: CallbackScheduled) -> Standing:
    return _entry(replace(fact.entry, number=fact.entry.number - 1), "gone", fact.at)


@standing_after.register
def _talk_ended(fact: TalkEnded) -> Standing:
    return _entry(fact.entry, "wrap_up", fact.at, fact.agent_id)


@standing_after.register
def _agent_joined(fact: AgentJoined) -> Standing:
    agent = fact.agent
    return OpenAgent(
        agent_id=agent.agent_id,
        team_id=agent.team_id,
        site_id=agent.site_id,
        state="offline",
        reason="",
        since=fact.at,
    )


@standing_after.register
def _agent_shown(fact: AgentShown) -> Standing:
    return OpenAgent(
        agent_id=fact.agent.agent_id,
        team_id=fact.agent.team_id,
        site_id=fact.agent.site_id,
        state=fact.state,
        reason=fact.reason,
        since=fact.at,
        held_units=fact.held_units,
        capacity_units=fact.capacity_units,
        load_known=fact.previous_load_since is not None,
        seat=fact.agent.seat,
    )


@standing_after.register
def _agent_left(fact: AgentLeft) -> Standing:
    return OpenAgent(
        agent_id=fact.agent_id, team_id="", site_id="", state="offline", reason="", since=fact.at, closed=True
    )


@standing_after.register
def _queue_set(fact: QueueSet) -> Standing:
    return KnownQueue(queue_id=fact.queue_id, name=fact.name, closed=fact.removed)


@standing_after.register
def _agent_set(fact: AgentSet) -> Standing:
    return KnownAgent(agent_id=fact.agent_id, name=fact.name, queue_ids=fact.queue_ids, closed=fact.removed)


def so_far(standing: Standing, since: int, until: int) -> Iterator[Increment]:
    """Give what an open conversation, wrap-up, ring or agent state has added to time sums between two instants.

    An open wait adds nothing: whether it is one of an answered or an abandoned contact is not known yet.
    """
    match standing:
        case OpenAgent(closed=False):
            yield from _agent_so_far(standing, max(since, standing.since), until)
        case OpenEntry(phase="talking" | "wrap_up" | "ringing"):
            queue = Dimension(kind="queue", key=standing.queue_id, channel=standing.channel)
            for dimension in (queue, Dimension(kind="agent", key=standing.agent_id)):
                names = {"talking": "talk", "wrap_up": wrap_up_time(dimension), "ringing": "ring"}
                yield from spent(dimension, names[standing.phase], max(since, standing.since), until)


def _agent_so_far(standing: OpenAgent, since: int, until: int) -> Iterator[Increment]:
    agent = Dimension(kind="agent", key=standing.agent_id)
    shown = Shown(standing.state, standing.reason, standing.capacity_units if standing.load_known else 0)
    yield from state_time(agent, shown, since, until)
    if standing.load_known:
        yield from spent(agent, "held_units", since, until, standing.held_units)


def _entry(entry: Entry, phase: Phase, since: int, agent_id: str = "") -> OpenEntry:
    return OpenEntry(
        contact_id=entry.contact_id,
        number=entry.number,
        queue_id=entry.queue_id,
        channel=entry.channel,
        queued_at=entry.queued_at,
        phase=phase,
        since=since,
        agent_id=agent_id,
    )
