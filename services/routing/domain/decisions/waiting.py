"""A contact begins to wait, or is moved on while it waits."""

from dataclasses import replace
from typing import Any

from services.routing.domain import refusals
from services.routing.domain.commands import EnqueueContact
from services.routing.domain.decisions.answer import Answer
from services.routing.domain.decisions.arriving import may_be_sent_on, way_at_arrival
from services.routing.domain.entry import Entry
from services.routing.domain.events import ContactAbandoned, ContactFlowedOut, ContactQueued, Event
from services.routing.domain.moments import Moment, after
from services.routing.domain.pool import PoolState
from services.routing.domain.queue_steps import WayOut
from services.routing.domain.search import search_of
from services.routing.domain.settings import Attribute, QueueRules, SkillLevel
from services.routing.domain.stays import Waiting, joined_skills, waiting


def enqueue_contact(state: PoolState, command: EnqueueContact, now: Moment) -> Answer:
    """Let a contact wait; one that has ended already is queued and abandoned, so that its entry is told in full."""
    rules = state.queues.get(command.queue_id)
    if rules is None:
        return refusals.queue_unknown(command.queue_id)
    stay = state.contacts.get(command.contact_id)
    if stay is not None:
        return refusals.already_queued(command.contact_id, stay.entry.number)
    queued = _first_entry(state, command, rules, now)
    end = state.ends.get(command.contact_id)
    if end is not None:
        return queued, ContactAbandoned(at=now, entry=queued.entry, ended_by=str(end.value))
    return entered(state, queued, now)


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
    left = left_by(state, stay.entry, reason, way, now)
    if not way.to_queue:
        return (left,)
    queued = next_entry(state, stay, to_queue=way.to_queue, passed_on_by=stay.declined, now=now)
    return left, *entered(state, queued, now, passed)


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


def flow_out(state: PoolState, stay: Waiting, *, to_queue: str, to_pool: str, now: Moment) -> Answer:
    """Move a waiting contact to another queue; another pool's gateway begins the next entry there."""
    left = ContactFlowedOut(at=now, entry=stay.entry, reason="transfer", to_queue=to_queue, to_pool=to_pool)
    if to_pool != state.pool_id:
        return (left,)
    queued = next_entry(state, stay, to_queue=to_queue, passed_on_by=(), now=now)
    return left, *entered(state, queued, now)


def next_entry(
    state: PoolState, stay: Waiting, *, to_queue: str, passed_on_by: tuple[str, ...], now: Moment
) -> ContactQueued:
    """Begin the entry after this one in another queue of the pool, with the contact's own priority and skills.

    Whoever passed it on is not the first to be offered it again.
    """
    rules, before = state.queue(to_queue), stay.entry
    entry = replace(before, number=before.number + 1, queued_at=now, **_of_queue(rules, before.channel))
    return _in_queue(
        rules,
        entry,
        own_priority=stay.own_priority,
        own_skills=stay.own_skills,
        transferred_from=before.queue_id,
        declined=passed_on_by,
        attributes=stay.attributes,
        now=now,
    )


def removed_from_queue(stay: Waiting, now: Moment) -> Event:
    return ContactFlowedOut(at=now, entry=stay.entry, reason="queue-removed")


def _first_entry(state: PoolState, command: EnqueueContact, rules: QueueRules, now: Moment) -> ContactQueued:
    entry = Entry(
        contact_id=command.contact_id,
        number=command.entry,
        channel=command.channel,
        pool_id=state.pool_id,
        queued_at=command.queued_at,
        **_of_queue(rules, command.channel),
    )
    queued = _in_queue(
        rules,
        entry,
        own_priority=command.priority,
        own_skills=command.required_skills,
        transferred_from=command.transferred_from,
        declined=(),
        attributes=command.attributes,
        now=now,
    )
    return _kept(state, rules, queued, command.last_agent_id, now)


def _kept(state: PoolState, rules: QueueRules, queued: ContactQueued, agent_id: str, now: Moment) -> ContactQueued:
    """Keep a contact for its customer's last agent, where the queue does so and that agent is there to take it."""
    agent = state.agents.get(agent_id)
    if not rules.sticky_seconds or agent is None or not agent.signed_in():
        return queued
    if not state.suits(search_of(waiting(queued), rules), agent):
        return queued
    return replace(queued, kept_for=agent_id, kept_until=after(now, rules.sticky_seconds))


def _of_queue(rules: QueueRules, channel: str) -> dict[str, Any]:
    """Give what an entry has of its queue."""
    return {
        "queue_id": rules.queue_id,
        "target_seconds": rules.target_for(channel),
        "short_abandon_seconds": rules.short_abandon_seconds,
    }


def _in_queue(
    rules: QueueRules,
    entry: Entry,
    *,
    own_priority: int,
    own_skills: tuple[SkillLevel, ...],
    transferred_from: str,
    declined: tuple[str, ...],
    attributes: tuple[Attribute, ...],
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
        attributes=attributes,
    )
