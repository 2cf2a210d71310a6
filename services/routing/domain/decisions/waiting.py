"""A contact begins to wait, or is moved on while it waits."""

from dataclasses import replace
from typing import Any

from services.routing.domain import refusals
from services.routing.domain.commands import EnqueueContact
from services.routing.domain.decisions.answer import Answer
from services.routing.domain.decisions.ways_out import OVERFLOW, is_open_way, leave_by, overflow_of
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
    return arrive(state, queued, now)


def arrive(state: PoolState, queued: ContactQueued, now: Moment, passed: tuple[str, ...] = ()) -> tuple[Event, ...]:
    """Queue a contact, and lead it on at once where its queue is overflowing; `passed` are the queues behind it."""
    rules, stay = state.queue(queued.entry.queue_id), waiting(queued)
    way_out = overflow_of(state, rules, search_of(stay, rules))
    through = (*passed, rules.queue_id)
    if way_out is None or not is_open_way(state, way_out, through):
        return (queued,)
    return queued, *go_out(state, stay, way_out, now, reason=OVERFLOW, passed=through)


def go_out(
    state: PoolState, stay: Waiting, way_out: WayOut, now: Moment, *, reason: str, passed: tuple[str, ...]
) -> tuple[Event, ...]:
    """Lead a contact out of its queue, and into the next where there is one."""
    left = leave_by(way_out, stay, reason, now)
    if not way_out.to_queue:
        return (left,)
    queued = next_entry(state, stay, to_queue=way_out.to_queue, passed_on_by=(), now=now)
    return left, *arrive(state, queued, now, passed)


def flow_out(state: PoolState, stay: Waiting, *, to_queue: str, to_pool: str, now: Moment) -> Answer:
    """Move a waiting contact to another queue; another pool's gateway begins the next entry there."""
    left = ContactFlowedOut(at=now, entry=stay.entry, reason="transfer", to_queue=to_queue, to_pool=to_pool)
    if to_pool != state.pool_id:
        return (left,)
    return left, next_entry(state, stay, to_queue=to_queue, passed_on_by=(), now=now)


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
