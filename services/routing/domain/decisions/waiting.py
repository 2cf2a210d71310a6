"""A contact begins to wait, or is moved on while it waits."""

from services.routing.domain import refusals
from services.routing.domain.commands import EnqueueContact
from services.routing.domain.decisions.answer import Answer
from services.routing.domain.decisions.arriving import way_at_arrival
from services.routing.domain.entry import Entry
from services.routing.domain.events import ContactAbandoned, ContactFlowedOut, ContactQueued, Event
from services.routing.domain.moments import Moment
from services.routing.domain.pool import PoolState
from services.routing.domain.queue_steps import WayOut
from services.routing.domain.settings import QueueRules, SkillLevel
from services.routing.domain.stays import Waiting, joined_skills, waiting


def enqueue_contact(state: PoolState, command: EnqueueContact, now: Moment) -> Answer:
    """Let a contact wait; one that has ended already is queued and abandoned, so that its entry is told in full."""
    rules = state.queues.get(command.queue_id)
    if rules is None:
        return refusals.queue_unknown(command.queue_id)
    stay = state.contacts.get(command.contact_id)
    if stay is not None:
        return refusals.already_queued(command.contact_id, stay.entry.number)
    entry = _entry(state, command, rules)
    queued = _queued(command, rules, entry, now)
    end = state.ends.get(command.contact_id)
    if end is None:
        return entered(state, queued, now)
    return queued, ContactAbandoned(at=now, entry=entry, ended_by=str(end.value))


def flow_out(state: PoolState, contact: Waiting, *, to_queue: str, to_pool: str, now: Moment) -> Answer:
    """Move a waiting contact to another queue; another pool's gateway begins the next entry there."""
    left = ContactFlowedOut(at=now, entry=contact.entry, reason="transfer", to_queue=to_queue, to_pool=to_pool)
    if to_pool != state.pool_id:
        return (left,)
    begun = next_entry(state, contact, to_queue=to_queue, passed_on_by=(), now=now)
    return left, *entered(state, begun, now)


def entered(state: PoolState, queued: ContactQueued, now: Moment) -> tuple[Event, ...]:
    """Tell an arrival in full: the contact waits, or flows on at once, from queue to queue if need be."""
    events: list[Event] = [queued]
    been_in: tuple[str, ...] = (queued.entry.queue_id,)
    while (taken := way_at_arrival(state, queued.entry.queue_id, been_in, now)) is not None:
        reason, way = taken
        events.append(left_by(state, queued.entry, reason, way, now))
        if not way.to_queue:
            break
        queued = next_entry(state, waiting(queued), to_queue=way.to_queue, passed_on_by=queued.declined, now=now)
        events.append(queued)
        been_in = (*been_in, way.to_queue)
    return tuple(events)


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


def next_entry(
    state: PoolState, contact: Waiting, *, to_queue: str, passed_on_by: tuple[str, ...], now: Moment
) -> ContactQueued:
    """Begin the entry after this one in another queue of the pool, with the contact's own priority and skills.

    Whoever passed it on is not the first to be offered it again.
    """
    rules, before = state.queue(to_queue), contact.entry
    entry = Entry(
        contact_id=before.contact_id,
        number=before.number + 1,
        queue_id=to_queue,
        channel=before.channel,
        pool_id=state.pool_id,
        queued_at=now,
        target_seconds=rules.target_for(before.channel),
        short_abandon_seconds=rules.short_abandon_seconds,
    )
    return _in_queue(
        rules,
        entry,
        own_priority=contact.own_priority,
        own_skills=contact.own_skills,
        transferred_from=before.queue_id,
        declined=passed_on_by,
        now=now,
    )


def removed_from_queue(contact: Waiting, now: Moment) -> Event:
    return ContactFlowedOut(at=now, entry=contact.entry, reason="queue-removed")


def _entry(state: PoolState, command: EnqueueContact, rules: QueueRules) -> Entry:
    return Entry(
        contact_id=command.contact_id,
        number=command.entry,
        queue_id=command.queue_id,
        channel=command.channel,
        pool_id=state.pool_id,
        queued_at=command.queued_at,
        target_seconds=rules.target_for(command.channel),
        short_abandon_seconds=rules.short_abandon_seconds,
    )


def _queued(command: EnqueueContact, rules: QueueRules, entry: Entry, now: Moment) -> ContactQueued:
    return _in_queue(
        rules,
        entry,
        own_priority=command.priority,
        own_skills=command.required_skills,
        transferred_from=command.transferred_from,
        declined=(),
        now=now,
    )


def _in_queue(
    rules: QueueRules,
    entry: Entry,
    *,
    own_priority: int,
    own_skills: tuple[SkillLevel, ...],
    transferred_from: str,
    declined: tuple[str, ...],
    now: Moment,
) -> ContactQueued:
    return ContactQueued(
        at=now,
        entry=entry,
        priority=rules.priority + own_priority,
        required_skills=joined_skills(rules.required_skills, own_skills),
        own_priority=own_priority,
        own_skills=own_skills,
        transferred_from=transferred_from,
        declined=declined,
    )
