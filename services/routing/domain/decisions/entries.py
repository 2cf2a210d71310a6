"""What an entry begins with: what its queue gives it, and what the contact brings along."""

from dataclasses import replace
from typing import Any

from services.routing.domain.entry import Entry
from services.routing.domain.events import ContactQueued
from services.routing.domain.moments import Moment
from services.routing.domain.pool import PoolState
from services.routing.domain.settings import QueueRules
from services.routing.domain.stays import Waiting, joined_skills


def next_entry(
    state: PoolState, stay: Waiting, *, to_queue: str, passed_on_by: tuple[str, ...], now: Moment
) -> ContactQueued:
    """Begin the entry after this one in another queue of the pool, with the contact's own priority and skills.

    Whoever passed it on is not the first to be offered it again.
    """
    rules, before = state.queue(to_queue), stay.entry
    attempt = before.callback_attempt if stay.callback else 0
    following = replace(before, number=before.number + 1, queued_at=now, callback_attempt=attempt)
    entry = replace(following, **of_queue(rules, before.channel))
    queued = carried(stay, entry, rules, now)
    return replace(queued, transferred_from=before.queue_id, declined=passed_on_by, callback=stay.callback)


def carried(stay: Waiting, entry: Entry, rules: QueueRules, now: Moment) -> ContactQueued:
    """Begin an entry with what the contact has of its own."""
    own = ContactQueued(
        at=now,
        entry=entry,
        priority=0,
        required_skills=(),
        own_priority=stay.own_priority,
        own_skills=stay.own_skills,
        attributes=stay.attributes,
        callable=stay.callable,
        arranged=stay.arranged,
    )
    return in_queue(own, rules)


def in_queue(queued: ContactQueued, rules: QueueRules) -> ContactQueued:
    """Add what the queue gives to what the contact has of its own."""
    return replace(
        queued,
        priority=rules.priority + queued.own_priority,
        required_skills=joined_skills(rules.required_skills, queued.own_skills),
    )


def of_queue(rules: QueueRules, channel: str) -> dict[str, Any]:
    """Give what an entry has of its queue."""
    return {
        "queue_id": rules.queue_id,
        "target_seconds": rules.target_for(channel),
        "short_abandon_seconds": rules.short_abandon_seconds,
    }
