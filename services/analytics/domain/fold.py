"""The fold: what each fact adds to which figure. Pure and without memory, so any order or batching gives one result.

Counters, their attribution and the splitting of time are those of docs/figures.md.
"""

from collections.abc import Iterator
from functools import singledispatch
from typing import NamedTuple

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
    Evaluated,
    Fact,
    FlowedOut,
    Offered,
    OfferEnded,
    Queued,
    QueueSet,
    SurveyAnswered,
    SurveyAsked,
    TalkEnded,
    TicketClosed,
    TicketMoved,
    TicketOpened,
    TicketReopened,
    WrappedUp,
)
from services.analytics.domain.increments import Dimension, Increment, count, observed, spent

#: From this share of the scale on an answer counts as satisfied: 4 and 5 of 5.
SATISFIED_SHARE = 0.8

#: States in which an agent works or could be given work: what occupancy is a share of.
READY_STATES = frozenset({"available", "ringing", "busy", "wrap_up"})


def fold(fact: Fact) -> list[Increment]:
    """Give all that this fact adds. Raises ImplausibleSpan."""
    return list(_increments(fact))


@singledispatch
def _increments(fact: Fact) -> Iterator[Increment]:
    raise TypeError(f"no figure is defined for {type(fact).__name__}")


@_increments.register(Offered | AgentJoined | AgentLeft | QueueSet | AgentSet | CallbackScheduled)
def _counts_nothing(_: Fact) -> Iterator[Increment]:
    return iter(())


@_increments.register
def _queued(fact: Queued) -> Iterator[Increment]:
    """Who is called back was offered before, and is not again."""
    if fact.entry.called:
        return
    queue = _queue_of(fact.entry)
    yield count(queue, fact.entry.queued_at, "offered")
    if fact.transferred:
        yield count(queue, fact.entry.queued_at, "transferred_in")


@_increments.register
def _offer_ended(fact: OfferEnded) -> Iterator[Increment]:
    for dimension in (_queue_of(fact.entry), _agent(fact.agent_id)):
        yield count(dimension, fact.at, "offers")
        if fact.outcome != "accepted":
            yield count(dimension, fact.at, f"offers_{fact.outcome}")
        yield from spent(dimension, "ring", fact.offered_at, fact.at)
    if fact.outcome == "accepted":
        yield from _answered(fact)


def _answered(fact: OfferEnded) -> Iterator[Increment]:
    queue, wait = _queue_of(fact.entry), fact.at - fact.entry.queued_at
    yield count(_agent(fact.agent_id), fact.at, "answered")
    if fact.entry.called:
        yield count(queue, fact.at, "callback_attempts")
        return
    yield count(queue, fact.at, "answered")
    if wait <= fact.entry.target:
        yield count(queue, fact.at, "answered_in_target")
    yield from spent(queue, "wait_answered", fact.entry.queued_at, fact.at)
    yield observed(queue, fact.at, "wait", wait)


@_increments.register
def _abandoned(fact: Abandoned) -> Iterator[Increment]:
    queue, wait = _queue_of(fact.entry), fact.at - fact.entry.queued_at
    yield count(queue, fact.at, "abandoned")
    if wait <= fact.entry.target:
        yield count(queue, fact.at, "abandoned_in_target")
        if wait < fact.entry.short_abandon:
            yield count(queue, fact.at, "short_abandoned")
    yield from spent(queue, "wait_abandoned", fact.entry.queued_at, fact.at)


@_increments.register
def _flowed_out(fact: FlowedOut) -> Iterator[Increment]:
    if not fact.entry.called:
        yield count(_queue_of(fact.entry), fact.at, "flowed_out")


@_increments.register
def _callback_requested(fact: CallbackRequested) -> Iterator[Increment]:
    queue = _queue_of(fact.entry)
    yield count(queue, fact.at, "callback_requested")
    if fact.at - fact.entry.queued_at <= fact.entry.target:
        yield count(queue, fact.at, "callback_requested_in_target")


@_increments.register
def _callback_not_reached(fact: CallbackNotReached) -> Iterator[Increment]:
    yield count(_queue_of(fact.entry), fact.at, "callback_not_reached")


@_increments.register
def _callback_given_up(fact: CallbackGivenUp) -> Iterator[Increment]:
    yield count(_queue_of(fact.entry), fact.at, "callback_given_up")


@_increments.register
def _talk_ended(fact: TalkEnded) -> Iterator[Increment]:
    for dimension in (_queue_of(fact.entry), _agent(fact.agent_id)):
        yield from spent(dimension, "talk", fact.answered_at, fact.at)
        if fact.transferred:
            yield count(dimension, fact.at, "transferred_out")


@_increments.register
def _wrapped_up(fact: WrappedUp) -> Iterator[Increment]:
    for dimension in (_queue_of(fact.entry), _agent(fact.agent_id)):
        yield count(dimension, fact.at, "handled")
        yield from spent(dimension, wrap_up_time(dimension), fact.ended_at, fact.at)
        yield observed(dimension, fact.at, "handle", fact.at - fact.answered_at)


@_increments.register
def _agent_shown(fact: AgentShown) -> Iterator[Increment]:
    agent = _agent(fact.agent.agent_id)
    if fact.previous_since is not None:
        known = fact.previous_load_since is not None
        shown = Shown(fact.previous_state, fact.previous_reason, fact.capacity_units if known else 0)
        yield from state_time(agent, shown, fact.previous_since, fact.at)
    if fact.previous_load_since is not None and fact.previous_held_units:
        yield from spent(agent, "held_units", fact.previous_load_since, fact.at, fact.previous_held_units)


@_increments.register
def _survey_asked(fact: SurveyAsked) -> Iterator[Increment]:
    for dimension in _about(fact):
        yield count(dimension, fact.at, "csat_asked")


@_increments.register
def _survey_answered(fact: SurveyAnswered) -> Iterator[Increment]:
    for dimension in _about(fact):
        yield count(dimension, fact.at, "csat_answers")
        if fact.rating >= SATISFIED_SHARE * fact.scale_max:
            yield count(dimension, fact.at, "csat_satisfied")


@_increments.register
def _evaluated(fact: Evaluated) -> Iterator[Increment]:
    for dimension in _about(fact):
        yield count(dimension, fact.at, "evaluations")
        yield count(dimension, fact.at, "score_hundredths", fact.score_hundredths)
        if fact.passed:
            yield count(dimension, fact.at, "evaluations_passed")
        if fact.flagged:
            yield count(dimension, fact.at, "evaluations_flagged")
        if fact.first_response is not None:
            yield observed(dimension, fact.at, "first_response", fact.first_response)


@_increments.register
def _ticket_opened(fact: TicketOpened) -> Iterator[Increment]:
    yield count(_ticket(fact.type_id), fact.at, "opened")


@_increments.register
def _ticket_moved(fact: TicketMoved) -> Iterator[Increment]:
    return spent(_ticket(fact.type_id), fact.previous_state, fact.previous_since, fact.at)


@_increments.register
def _ticket_closed(fact: TicketClosed) -> Iterator[Increment]:
    yield count(_ticket(fact.type_id), fact.at, "closed")
    yield observed(_ticket(fact.type_id), fact.at, "resolution", fact.at - fact.opened_at)


@_increments.register
def _ticket_reopened(fact: TicketReopened) -> Iterator[Increment]:
    yield count(_ticket(fact.type_id), fact.at, "reopened")


class Shown(NamedTuple):
    """A state as shown, and the capacity of who shows it; 0 where events do not tell the load to set against it."""

    state: str
    reason: str
    capacity_units: int


def state_time(agent: Dimension, shown: Shown, start: int, end: int) -> Iterator[Increment]:
    """Add a span in a shown state; `not_ready` is kept per reason, and readiness also in capacity units."""
    not_ready = f"not_ready.{shown.reason or 'unspecified'}"
    yield from spent(agent, not_ready if shown.state == "not_ready" else shown.state, start, end)
    if shown.state in READY_STATES and shown.capacity_units:
        yield from spent(agent, "capacity_units", start, end, shown.capacity_units)


def wrap_up_time(dimension: Dimension) -> str:
    """Name the time sum of assignments' wrap-up: for agents `wrap_up` is the shown state's."""
    return "wrap_up" if dimension.kind == "queue" else "assignment_wrap_up"


def _queue_of(entry: Entry) -> Dimension:
    return Dimension(kind="queue", key=entry.queue_id, channel=entry.channel)


def _agent(agent_id: str) -> Dimension:
    return Dimension(kind="agent", key=agent_id)


def _ticket(type_id: str) -> Dimension:
    return Dimension(kind="ticket", key=type_id)


def _about(fact: SurveyAsked | SurveyAnswered | Evaluated) -> Iterator[Dimension]:
    if fact.queue_id:
        yield Dimension(kind="queue", key=fact.queue_id, channel=fact.channel)
    if fact.agent_id:
        yield _agent(fact.agent_id)
