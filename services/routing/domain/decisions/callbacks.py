"""What customers, agents and integrations ask about callbacks."""

from dataclasses import replace

from services.routing.domain import refusals
from services.routing.domain.callback_commands import ReportNotReached, RequestCallback, RescheduleCallback
from services.routing.domain.callback_events import ASKED_FOR, RESCHEDULED, CallbackNotReached
from services.routing.domain.callback_rules import AT_ONCE, CallbackPlan, given_up_at, is_possible
from services.routing.domain.decisions.answer import Answer
from services.routing.domain.decisions.calling_back import arranged, called_back, next_attempt, tried_again
from services.routing.domain.decisions.offers import taken_back
from services.routing.domain.events import ContactQueued, Event
from services.routing.domain.moments import Moment
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import STATES, Connected, Offered, Parked, Scheduled, Waiting, as_waiting


def request_callback(state: PoolState, command: RequestCallback, now: Moment) -> Answer:
    """Let a waiting contact be called back in its place, at once or at the time that its customer asks for."""
    stay = state.contacts.get(command.contact_id)
    if stay is None:
        return refusals.contact_unknown(command.contact_id)
    if stay.entry.callback_attempt:
        return refusals.already_a_callback(command.contact_id)
    if not isinstance(stay, Waiting | Offered | Parked):
        return refusals.contact_is(STATES[type(stay)], command.contact_id)
    if not _is_possible(state, stay.entry.queue_id, command.plan, now):
        return refusals.never_in_hours(stay.entry.queue_id)
    called = called_back(state, as_waiting(stay), command.plan, now, reason=ASKED_FOR)
    return *taken_back(state, command.contact_id, "customer-left", now), *called


def reschedule_callback(state: PoolState, command: RescheduleCallback, now: Moment) -> Answer:
    """Move a callback that no agent has accepted to another time; who is asked about it is asked no more."""
    stay = state.contacts.get(command.contact_id)
    if stay is None:
        return refusals.contact_unknown(command.contact_id)
    if not stay.entry.callback_attempt:
        return refusals.not_a_callback(command.contact_id)
    if isinstance(stay, Connected):
        return refusals.contact_is(STATES[type(stay)], command.contact_id)
    if not _is_possible(state, stay.entry.queue_id, command.plan, now):
        return refusals.never_in_hours(stay.entry.queue_id)
    if isinstance(stay, Scheduled):
        return _moved(state, _placed(stay.queued, stay.due_at, command.plan, now), command.plan, now)
    queued = next_attempt(state, as_waiting(stay), now, attempt=stay.entry.callback_attempt)
    moved = _moved(state, _placed(queued, AT_ONCE, command.plan, now), command.plan, now)
    return *taken_back(state, command.contact_id, "customer-left", now), *moved


def report_not_reached(state: PoolState, command: ReportNotReached, now: Moment) -> Answer:
    """Free the agent, and try the customer again later; a report about an earlier attempt is refused."""
    talk = state.contacts.get(command.contact_id)
    if talk is None:
        return refusals.contact_unknown(command.contact_id)
    if not isinstance(talk, Connected) or talk.offer_id != command.offer_id:
        return refusals.offer_closed(command.offer_id)
    terms = talk.waiting.callback
    if terms is None:
        return refusals.not_a_callback(command.contact_id)
    if command.agent_id and talk.holder.agent_id != command.agent_id:
        return refusals.not_the_holder(command.contact_id)
    missed = CallbackNotReached(
        at=now,
        entry=talk.entry,
        offer_id=talk.offer_id,
        holder=talk.holder,
        answered_at=talk.answered_at,
        reason=command.reason,
    )
    return missed, *tried_again(state, talk.waiting, terms, now)


def _placed(queued: ContactQueued, was_due: Moment, plan: CallbackPlan, now: Moment) -> ContactQueued:
    """Say since when a moved callback waits: a caller's place stays theirs, an arranged one begins when it is due.

    Made due at once it waits from now on, or longer where it had begun to.
    """
    entry = queued.entry
    if not queued.arranged or plan.due_at == was_due:
        return queued
    since = plan.due_at if plan.due_at > now else min(entry.queued_at, now)
    return replace(queued, entry=replace(entry, queued_at=since))


def _is_possible(state: PoolState, queue_id: str, plan: CallbackPlan, now: Moment) -> bool:
    rules = state.queue(queue_id)
    return is_possible(rules.calling_hours, max(plan.due_at, now), given_up_at(rules.callbacks, plan, now))


def _moved(state: PoolState, queued: ContactQueued, plan: CallbackPlan, now: Moment) -> tuple[Event, ...]:
    """Tell the new times in any case, also of one that waits at once."""
    not_after = given_up_at(state.queue(queued.entry.queue_id).callbacks, plan, now)
    return arranged(state, queued, plan.due_at, not_after, now, reason=RESCHEDULED, waits=True)
