"""A contact ends, is passed on, or is written up."""

from dataclasses import replace

from services.routing.domain import refusals
from services.routing.domain.commands import CompleteWrapUp, EndContact, TransferContact
from services.routing.domain.decisions.answer import NOTHING, Answer
from services.routing.domain.decisions.calling_back import cancelled
from services.routing.domain.decisions.entries import next_entry
from services.routing.domain.decisions.offers import taken_back
from services.routing.domain.decisions.waiting import entered, flow_out
from services.routing.domain.entry import Entry
from services.routing.domain.events import (
    ContactAbandoned,
    ContactEnded,
    ContactQueued,
    ContactTransferred,
    EndNoted,
    Event,
    WrapUpCompleted,
)
from services.routing.domain.moments import Moment, after
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import (
    STATES,
    Connected,
    Offered,
    Parked,
    Scheduled,
    Stay,
    Waiting,
    WrappingUp,
    as_waiting,
    wrapping_up,
)


def end_contact(state: PoolState, command: EndContact, now: Moment) -> Answer:
    """End a contact in whatever state it is; one that is not here is remembered, for its enqueue may come later."""
    stay = state.contacts.get(command.contact_id)
    if command.agent_id and stay is not None and not _held_by(stay, command.agent_id):
        return refusals.not_the_holder(command.contact_id)
    match stay:
        case Scheduled(entry=entry) | Waiting(entry=entry) | Parked(entry=entry):
            return (_left(entry, command.ended_by, now),)
        case Offered(entry=entry):
            left = _left(entry, command.ended_by, now)
            return *taken_back(state, command.contact_id, "customer-left", now), left
        case Connected():
            return _ended(state, stay, command.ended_by, now)
        case None:
            return _end_elsewhere(state, command, now)


def transfer_contact(state: PoolState, command: TransferContact, now: Moment) -> Answer:
    """Pass a contact on to another queue, of this pool or another; an agent only what it talks with.

    One that rings is moved as one that waits: its offers are withdrawn.
    """
    stay, to_pool = state.contacts.get(command.contact_id), command.to_pool or state.pool_id
    if stay is None:
        return refusals.contact_unknown(command.contact_id)
    if to_pool == state.pool_id and command.to_queue not in state.queues:
        return refusals.queue_unknown(command.to_queue)
    if command.agent_id and not _held_by(stay, command.agent_id):
        return refusals.not_the_holder(command.contact_id)
    match stay:
        case Waiting() | Parked() | Offered():
            left = flow_out(state, as_waiting(stay), to_queue=command.to_queue, to_pool=to_pool, now=now)
            return *taken_back(state, command.contact_id, "moved", now), *left
        case Scheduled():
            return refusals.contact_is(STATES[type(stay)], command.contact_id)
        case Connected():
            return transferred(state, stay, command.to_queue, to_pool, now)


def complete_wrap_up(state: PoolState, command: CompleteWrapUp, now: Moment) -> Answer:
    """End the oldest open wrap-up of the contact, of the agent named or of whoever has one."""
    wrap_up = open_wrap_up(state, command.agent_id, command.contact_id)
    if wrap_up is not None:
        done = completed(
            wrap_up, now, disposition=command.disposition, ticket_type=command.ticket_type, timed_out=False
        )
        return (done,)
    stay = state.contacts.get(command.contact_id)
    if isinstance(stay, Connected) and command.agent_id in {"", stay.holder.agent_id}:
        return refusals.contact_is("connected", command.contact_id)
    return refusals.not_in_wrap_up(command.contact_id)


def completed(
    wrap_up: WrappingUp, now: Moment, *, disposition: str = "", ticket_type: str = "", timed_out: bool = True
) -> WrapUpCompleted:
    return WrapUpCompleted(
        at=now,
        entry=wrap_up.entry,
        offer_id=wrap_up.offer_id,
        holder=wrap_up.holder,
        answered_at=wrap_up.answered_at,
        ended_at=wrap_up.ended_at,
        disposition=disposition,
        timed_out=timed_out,
        ticket_type=ticket_type,
        transferred=wrap_up.transferred,
    )


def _left(entry: Entry, ended_by: str, now: Moment) -> Event:
    if entry.callback_attempt:
        return cancelled(entry, ended_by, now)
    return ContactAbandoned(at=now, entry=entry, ended_by=ended_by)


def _ended(state: PoolState, talk: Connected, ended_by: str, now: Moment) -> tuple[Event, ...]:
    ended = ContactEnded(
        at=now,
        entry=talk.entry,
        offer_id=talk.offer_id,
        holder=talk.holder,
        answered_at=talk.answered_at,
        ended_by=ended_by,
        wrap_up_until=_wrap_up_until(state, talk, now),
    )
    return ended, *_wrapped_up_at_once(talk, ended.wrap_up_until, now, transferred=False)


def transferred(state: PoolState, talk: Connected, to_queue: str, to_pool: str, now: Moment) -> tuple[Event, ...]:
    """Pass a conversation on: its wrap-up begins, and in this pool the next entry."""
    left, *wrapped_up = passed_on(state, talk, to_queue, to_pool, now)
    if to_pool != state.pool_id:
        return left, *wrapped_up
    return left, *entered(state, entry_after(state, talk, to_queue, now), now), *wrapped_up


def passed_on(state: PoolState, talk: Connected, to_queue: str, to_pool: str, now: Moment) -> tuple[Event, ...]:
    """End an assignment into wrap-up; where the queue gives no time for that, it is over at once."""
    left = ContactTransferred(
        at=now,
        entry=talk.entry,
        offer_id=talk.offer_id,
        holder=talk.holder,
        answered_at=talk.answered_at,
        to_queue=to_queue,
        to_pool=to_pool,
        wrap_up_until=_wrap_up_until(state, talk, now),
    )
    return left, *_wrapped_up_at_once(talk, left.wrap_up_until, now, transferred=True)


def entry_after(state: PoolState, talk: Connected, to_queue: str, now: Moment) -> ContactQueued:
    """Begin the entry that follows a conversation; who had it is not the first to be asked again.

    A customer who was called is on the line now, and waits there like everybody else.
    """
    on_the_line = replace(talk.waiting, callback=None)
    return next_entry(state, on_the_line, to_queue=to_queue, passed_on_by=(talk.holder.agent_id,), now=now)


def _wrapped_up_at_once(
    talk: Connected, until: Moment, now: Moment, *, transferred: bool
) -> tuple[WrapUpCompleted, ...]:
    """Where the queue gives no time for wrap-up, it is over when it begins."""
    if until > now:
        return ()
    return (completed(wrapping_up(talk, ended_at=now, until=until, transferred=transferred), now),)


def _wrap_up_until(state: PoolState, talk: Connected, now: Moment) -> Moment:
    return after(now, state.queue(talk.entry.queue_id).wrap_up_seconds)


def _end_elsewhere(state: PoolState, command: EndContact, now: Moment) -> Answer:
    if command.contact_id in state.ends:
        return NOTHING
    if command.agent_id:
        return refusals.contact_unknown(command.contact_id)
    return (EndNoted(at=now, contact_id=command.contact_id, ended_by=command.ended_by),)


def _held_by(stay: Stay, agent_id: str) -> bool:
    return isinstance(stay, Connected) and stay.holder.agent_id == agent_id


def open_wrap_up(state: PoolState, agent_id: str, contact_id: str) -> WrappingUp | None:
    """Give the oldest open wrap-up that the agent has of the contact, or where no agent is named that anybody has.

    A contact that was passed on, or taken over, may have several: its agents write up what each of them did.
    """
    agent = state.agents.get(agent_id)
    held = {} if agent is None else agent.holds
    holds = held if agent_id else state.holds
    of_contact = (h for h in holds.values() if isinstance(h, WrappingUp) and h.entry.contact_id == contact_id)
    return min(of_contact, key=lambda hold: hold.number, default=None)
