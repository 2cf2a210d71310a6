"""A contact begins to wait, or is moved on while it waits."""

from dataclasses import replace

from services.routing.domain import refusals
from services.routing.domain.callback_events import QUEUE_REMOVED, REQUESTED, CallbackGivenUp
from services.routing.domain.callback_rules import CallbackPlan, given_up_at
from services.routing.domain.commands import EnqueueContact
from services.routing.domain.decisions.answer import Answer
from services.routing.domain.decisions.arriving import may_be_sent_on, way_at_arrival
from services.routing.domain.decisions.calling_back import arranged, called_back, cancelled
from services.routing.domain.decisions.entries import next_entry, of_queue
from services.routing.domain.entry import Entry
from services.routing.domain.events import ContactAbandoned, ContactFlowedOut, ContactQueued, Event
from services.routing.domain.moments import Moment, after
from services.routing.domain.pool import PoolState
from services.routing.domain.queue_steps import CALLBACK, MESSAGE, WayOut
from services.routing.domain.search import search_of
from services.routing.domain.settings import QueueRules
from services.routing.domain.stays import Scheduled, Waiting, joined_skills, waiting

#: What a customer is let go with whom nobody can call back, in words of the platform's own.
_NOT_CALLABLE = WayOut(last_step=MESSAGE)


def enqueue_contact(state: PoolState, command: EnqueueContact, now: Moment) -> Answer:
    """Let a contact wait; one that has ended already is queued and abandoned, so that its entry is told in full."""
    rules = state.queues.get(command.queue_id)
    if rules is None:
        return refusals.queue_unknown(command.queue_id)
    stay = state.contacts.get(command.contact_id)
    if stay is not None:
        return refusals.already_queued(command.contact_id, stay.entry.number)
    if command.callback is not None:
        return _callback_begun(state, command, rules, command.callback, now)
    queued = _first_entry(state, command, rules, now)
    end = state.ends.get(command.contact_id)
    if end is not None:
        return queued, ContactAbandoned(at=now, entry=queued.entry, ended_by=str(end.value))
    kept = _kept(state, rules, queued, command.last_agent_id, now)
    return entered(state, kept, now)


def _callback_begun(
    state: PoolState, command: EnqueueContact, rules: QueueRules, plan: CallbackPlan, now: Moment
) -> Answer:
    """Begin a callback that was arranged with nobody waiting: its own wait is counted from when it is due."""
    queued = _first_entry(state, command, rules, now)
    entry = replace(queued.entry, queued_at=max(command.queued_at, plan.due_at), callback_attempt=1)
    end = state.ends.get(command.contact_id)
    if end is not None:
        return (cancelled(entry, str(end.value), now),)
    not_after = given_up_at(rules.callbacks, plan, now)
    begun = replace(queued, entry=entry, arranged=True)
    return arranged(state, begun, plan.due_at, not_after, now, reason=REQUESTED)


def entered(state: PoolState, queued: ContactQueued, now: Moment, passed: tuple[str, ...] = ()) -> tuple[Event, ...]:
    """Tell an arrival in full: the contact waits, or flows on at once, from queue to queue if need be.

    `passed` are the queues that it has just come through, and does not come back to.
    """
    if not may_be_sent_on(state, queued.entry.queue_id):
        return (queued,)
    been_in = (*passed, queued.entry.queue_id)
    taken = way_at_arrival(state, waiting(queued), been_in, now)
    if taken is None:
        return (queued,)
    reason, way = taken
    return queued, *gone_out(state, waiting(queued), way, now, reason=reason, passed=been_in)


def gone_out(
    state: PoolState, stay: Waiting, way: WayOut, now: Moment, *, reason: str, passed: tuple[str, ...]
) -> tuple[Event, ...]:
    """Lead a contact out of its queue, and into the next where there is one."""
    if not way.to_queue:
        return let_go(state, stay, way, now, reason=reason)
    left = left_by(state, stay.entry, reason, way, now)
    queued = next_entry(state, stay, to_queue=way.to_queue, passed_on_by=stay.declined, now=now)
    return left, *entered(state, queued, now, passed)


def let_go(state: PoolState, stay: Waiting, way: WayOut, now: Moment, *, reason: str) -> tuple[Event, ...]:
    """Let a contact go by its last step; who cannot be called back is not promised so."""
    if way.last_step != CALLBACK:
        return (left_by(state, stay.entry, reason, way, now),)
    if not stay.callable:
        return (left_by(state, stay.entry, reason, _NOT_CALLABLE, now),)
    return called_back(state, stay, CallbackPlan(), now, reason=reason, announcement=way.announcement)


def left_by(state: PoolState, entry: Entry, reason: str, way: WayOut, now: Moment) -> ContactFlowedOut:
    """Let an entry end by a way out."""
    return ContactFlowedOut(
        at=now,
        entry=entry,
        reason=reason,
        to_queue=way.to_queue,
        to_pool=state.pool_id if way.to_queue else "",
        last_step=way.last_step,
        announcement=way.announcement,
    )


def flow_out(state: PoolState, stay: Waiting, *, to_queue: str, to_pool: str, now: Moment) -> tuple[Event, ...]:
    """Move a waiting contact to another queue; another pool's gateway begins the next entry there."""
    left = ContactFlowedOut(at=now, entry=stay.entry, reason="transfer", to_queue=to_queue, to_pool=to_pool)
    if to_pool != state.pool_id:
        return (left,)
    queued = next_entry(state, stay, to_queue=to_queue, passed_on_by=(), now=now)
    return left, *entered(state, queued, now)


def removed_from_queue(stay: Waiting | Scheduled, now: Moment) -> Event:
    if stay.entry.callback_attempt:
        return CallbackGivenUp(at=now, entry=stay.entry, reason=QUEUE_REMOVED)
    return ContactFlowedOut(at=now, entry=stay.entry, reason="queue-removed")


def _first_entry(state: PoolState, command: EnqueueContact, rules: QueueRules, now: Moment) -> ContactQueued:
    entry = Entry(
        contact_id=command.contact_id,
        number=command.entry,
        channel=command.channel,
        pool_id=state.pool_id,
        queued_at=command.queued_at,
        **of_queue(rules, command.channel),
    )
    return ContactQueued(
        at=now,
        entry=entry,
        priority=rules.priority + command.priority,
        required_skills=joined_skills(rules.required_skills, command.required_skills),
        own_priority=command.priority,
        own_skills=command.required_skills,
        transferred_from=command.transferred_from,
        attributes=command.attributes,
        callable=command.callable,
    )


def _kept(state: PoolState, rules: QueueRules, queued: ContactQueued, agent_id: str, now: Moment) -> ContactQueued:
    """Keep a contact for its customer's last agent, where the queue does so and that agent is there to take it."""
    agent = state.agents.get(agent_id)
    if not rules.sticky_seconds or agent is None or not agent.signed_in():
        return queued
    if not state.suits(search_of(waiting(queued), rules), agent):
        return queued
    return replace(queued, kept_for=agent_id, kept_until=after(now, rules.sticky_seconds))
