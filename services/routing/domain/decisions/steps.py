"""A waiting contact's next rule step is due: it is looked for more widely, or leaves its queue."""

from dataclasses import replace

from services.routing.domain.decisions.arriving import OVERFLOW, can_be_gone
from services.routing.domain.decisions.waiting import gone_out
from services.routing.domain.events import ContactParked, Event, SearchWidened, StepPassed
from services.routing.domain.expressions import ContactFacts, ExpressionFailed
from services.routing.domain.moments import Moment, seconds_between
from services.routing.domain.pool import PoolState
from services.routing.domain.queue_steps import RuleStep
from services.routing.domain.search import search_of
from services.routing.domain.settings import QueueRules
from services.routing.domain.stays import Waiting
from services.routing.domain.widening import Widening

#: Why a contact is parked on which the condition of a step cannot be worked out.
STEP_FAILED = "step-failed"


def take_step(state: PoolState, stay: Waiting, now: Moment) -> tuple[Event, ...]:
    """Take the step whose time has come; being kept for an agent ends first."""
    rules = state.queue(stay.entry.queue_id)
    if stay.kept_for and stay.next_step_at(rules) == stay.kept_until:
        return (_widened(rules, stay, stay.widening, stay.steps_taken, now),)
    return _stepped(state, rules, stay, rules.steps[stay.steps_taken], now)


def _stepped(state: PoolState, rules: QueueRules, stay: Waiting, step: RuleStep, now: Moment) -> tuple[Event, ...]:
    number, queue_id = stay.steps_taken + 1, rules.queue_id
    try:
        is_met = not step.when or state.expressions.holds(step.when, _facts(state, stay, now))
    except ExpressionFailed as error:
        return (ContactParked(at=now, entry=stay.entry, reason=STEP_FAILED, error=type(error).__name__),)
    if not is_met:
        return (StepPassed(at=now, entry=stay.entry, step=number),)
    if step.then is None:
        return (_widened(rules, stay, stay.widening.and_by(step), number, now),)
    if stay.callback is not None or not can_be_gone(state, step.then, (queue_id,)):
        return (StepPassed(at=now, entry=stay.entry, step=number),)
    return gone_out(state, stay, step.then, now, reason=OVERFLOW, passed=(queue_id,))


def _facts(state: PoolState, stay: Waiting, now: Moment) -> ContactFacts:
    contact = search_of(stay, state.queue(stay.entry.queue_id)).contact
    attributes = {attribute.name: attribute.value for attribute in stay.attributes}
    waited = int(seconds_between(stay.entry.queued_at, now))
    return replace(contact, priority=-stay.rank[0], attributes=attributes, waited_seconds=waited)


def _widened(rules: QueueRules, stay: Waiting, widening: Widening, steps_taken: int, now: Moment) -> SearchWidened:
    wider = stay.widened(widening, steps_taken, rules)
    return SearchWidened(
        at=now,
        entry=stay.entry,
        step=steps_taken,
        reason="step" if steps_taken > stay.steps_taken else "kept-over",
        widening=widening,
        priority=-wider.rank[0],
        required_skills=wider.required_skills,
    )
