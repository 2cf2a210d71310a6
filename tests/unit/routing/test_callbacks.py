"""Customers who are called back: their place, their time, and how often they are tried."""

import pytest

from services.routing.application.snapshots import snapshot
from services.routing.domain.callback_rules import CallbackRules
from services.routing.domain.engine import begin, replay
from services.routing.domain.estimates import places
from services.routing.domain.events import (
    CallbackGivenUp,
    CallbackNotReached,
    CallbackRequested,
    CallbackScheduled,
    ContactFlowedOut,
    ContactQueued,
)
from services.routing.domain.opening_hours import OpeningHours, Span, WeeklySpan
from services.routing.domain.pool import PoolState
from services.routing.domain.queue_steps import CALLBACK, ON_NO_STAFF, Overflow, RuleStep, WayOut
from services.routing.domain.stays import Scheduled, Waiting
from tests.unit.routing.driver import Driver, code, names, skills, the

EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
TWICE = CallbackRules(most_attempts=2, retry_after_seconds=600)
#: The pool's clock starts at 00:16:40 UTC.
TO_HALF_PAST = OpeningHours(time_zone="UTC", weekly=(WeeklySpan(days=EVERY_DAY, span=Span(opens=0, closes=30)),))
FROM_ONE = OpeningHours(time_zone="UTC", weekly=(WeeklySpan(days=EVERY_DAY, span=Span(opens=60, closes=120)),))
NEVER = OpeningHours(time_zone="UTC", weekly=())
MINUTES_TO_ONE = 43 * 60 + 20


def calling_pool(**rules: object) -> Driver:
    pool = Driver()
    pool.queue("billing", **rules)
    return pool


def order(pool: Driver) -> list[str]:
    return [place.waiting.entry.contact_id for place in places(pool.state, "billing", pool.now)]


def ringing(pool: Driver) -> Driver:
    """Let the callback of c1 be accepted by ann, the customer's telephone ringing."""
    pool.enqueue("c1")
    pool.request_callback("c1")
    pool.agent("ann", "billing")
    pool.accept("c1-cb")
    return pool


def test_a_callback_waits_in_the_place_of_the_contact_that_asked_for_it() -> None:
    pool = calling_pool()
    for contact in ("c1", "c2", "c3"):
        pool.enqueue(contact)
        pool.later(10)
    step = pool.request_callback("c2")
    assert names(step) == ["CallbackRequested", "ContactQueued"]
    assert the(CallbackRequested, step).callback_contact_id == "c2-cb"
    queued = the(ContactQueued, step).entry
    assert (queued.number, queued.channel, queued.callback_attempt) == (1, "voice", 1)
    assert queued.queued_at == the(CallbackRequested, step).entry.queued_at
    assert order(pool) == ["c1", "c2-cb", "c3"]


def test_it_brings_priority_skills_and_refusals_of_the_contact_along() -> None:
    pool = calling_pool()
    pool.agent("ann", "billing", skills=skills(outage=5))
    pool.agent("bob", "billing", skills=skills(outage=5), available=False)
    pool.enqueue("c1", priority=7, required=skills(outage=3))
    pool.reject("c1")
    step = pool.request_callback("c1")
    queued = the(ContactQueued, step)
    assert (queued.own_priority, queued.own_skills, queued.declined) == (7, skills(outage=3), ("ann",))
    pool.set("bob", "available")
    pool.set("ann", "not_ready", "break")
    assert pool.with_whom("c1-cb") in {"ann", "bob"}


def test_a_contact_that_rings_is_taken_back_from_who_is_asked() -> None:
    pool = calling_pool()
    pool.agent("ann", "billing")
    pool.enqueue("c1", channel="chat")
    step = pool.request_callback("c1")
    assert names(step)[:4] == ["OfferWithdrawn", "CallbackRequested", "ContactQueued", "OfferMade"]
    assert pool.with_whom("c1-cb") == "ann"


def test_a_later_call_is_scheduled_and_waits_from_then_on() -> None:
    pool = calling_pool()
    pool.agent("ann", "billing")
    pool.set("ann", "not_ready", "break")
    pool.enqueue("c1")
    step = pool.request_callback("c1", in_seconds=3600)
    assert names(step) == ["CallbackRequested", "CallbackScheduled"]
    assert the(CallbackScheduled, step).due_at == pool.now + 3_600_000
    pool.set("ann", "available")
    assert pool.later(3_599) == []
    assert names(pool.later(1))[:2] == ["ContactQueued", "OfferMade"]
    assert pool.with_whom("c1-cb") == "ann"


def test_one_that_nobody_waited_for_begins_its_wait_when_it_is_due() -> None:
    pool = calling_pool()
    due = pool.now + 60_000
    step = pool.enqueue("y1", callback=pool.plan(in_seconds=60))
    assert (names(step), the(CallbackScheduled, step).reason) == (["CallbackScheduled"], "requested")
    pool.enqueue("c1", queued_at=pool.now + 30_000)
    (queued,) = pool.later(60)
    assert isinstance(queued, ContactQueued)
    assert queued.entry.queued_at == due
    assert order(pool) == ["c1", "y1"]


def since(pool: Driver, contact: str) -> int:
    """Tell when its wait began, in seconds from now."""
    return (pool.state.contacts[contact].entry.queued_at - pool.now) // 1000


@pytest.mark.parametrize(("to", "waits_since"), [(0, 0), (7200, 7200)])
def test_one_that_was_arranged_waits_since_it_is_due_as_arranged_last(to: float, waits_since: int) -> None:
    pool = calling_pool()
    pool.enqueue("y1", callback=pool.plan(in_seconds=3600))
    pool.reschedule("y1", in_seconds=to)
    assert since(pool, "y1") == waits_since
    pool.later(to + 10)
    pool.enqueue("c1")
    assert order(pool) == ["y1", "c1"]


def test_one_that_was_arranged_and_waits_has_not_waited_for_its_new_time() -> None:
    pool = calling_pool()
    pool.enqueue("y1", callback=pool.plan(in_seconds=60))
    pool.later(660)
    assert since(pool, "y1") == -600
    pool.reschedule("y1", in_seconds=3600)
    pool.later(3600)
    assert since(pool, "y1") == 0


def test_one_whose_time_stays_keeps_its_place() -> None:
    pool = ringing_arranged(calling_pool(callbacks=TWICE))
    pool.not_reached("y1")
    begun = pool.state.contacts["y1"].entry.queued_at
    pool.reschedule("y1", in_seconds=600, within=3600)
    assert pool.state.contacts["y1"].entry.queued_at == begun
    pool.later(700)
    pool.reschedule("y1", within=7200)
    assert pool.state.contacts["y1"].entry.queued_at == begun


@pytest.mark.parametrize("moved", [0, 3600])
def test_one_in_a_callers_place_keeps_it_wherever_it_is_moved(moved: float) -> None:
    pool = calling_pool()
    pool.enqueue("c1")
    pool.later(90)
    pool.request_callback("c1", in_seconds=1800)
    pool.reschedule("c1-cb", in_seconds=moved)
    assert since(pool, "c1-cb") == -90


def ringing_arranged(pool: Driver) -> Driver:
    """Let an arranged callback be accepted by ann, the customer's telephone ringing."""
    pool.enqueue("y1", callback=pool.plan())
    pool.later(30)
    pool.agent("ann", "billing")
    pool.accept("y1")
    return pool


def test_who_does_not_answer_is_tried_again_in_the_same_place_and_given_up_after_the_last_attempt() -> None:
    pool = ringing(calling_pool(callbacks=TWICE))
    since = pool.state.contacts["c1-cb"].entry.queued_at
    missed = pool.not_reached("c1-cb", "busy")
    assert names(missed)[:2] == ["CallbackNotReached", "CallbackScheduled"]
    assert (the(CallbackNotReached, missed).reason, pool.shown("ann")) == ("busy", "available")
    again = the(CallbackScheduled, missed)
    assert (again.reason, again.entry.number, again.entry.callback_attempt) == ("not-reached", 2, 2)
    pool.later(600)
    assert pool.state.contacts["c1-cb"].entry.queued_at == since
    pool.accept("c1-cb")
    given_up = the(CallbackGivenUp, pool.not_reached("c1-cb"))
    assert (given_up.reason, given_up.entry.number) == ("attempts-used", 3)
    assert pool.state.contacts == {}
    assert pool.state.holds == {}


def test_who_answers_is_talked_to_and_written_up_like_anybody() -> None:
    pool = ringing(calling_pool())
    pool.later(90)
    assert "ContactEnded" in names(pool.end("c1-cb"))
    assert "WrapUpCompleted" in names(pool.wrap_up("c1-cb", "ann"))


def test_a_customer_who_is_on_the_line_waits_there_when_passed_on() -> None:
    pool = ringing(calling_pool())
    pool.queue("sales")
    moved = pool.transfer("c1-cb", "sales", agent_id="ann")
    assert the(ContactQueued, moved).entry.callback_attempt == 0
    assert "ContactAbandoned" in names(pool.end("c1-cb"))


def test_a_waiting_callback_moves_to_another_queue_as_one() -> None:
    pool = calling_pool()
    pool.queue("sales")
    pool.enqueue("c1")
    pool.request_callback("c1")
    assert the(ContactQueued, pool.transfer("c1-cb", "sales")).entry.callback_attempt == 1
    assert the(CallbackGivenUp, pool.end("c1-cb")).reason == "cancelled"


@pytest.mark.parametrize("asked_for", [0, 3600])
def test_a_callback_is_cancelled_by_its_end(asked_for: float) -> None:
    pool = calling_pool()
    pool.enqueue("c1")
    pool.request_callback("c1", in_seconds=asked_for)
    given_up = the(CallbackGivenUp, pool.end("c1-cb", by="agent"))
    assert (given_up.reason, given_up.ended_by) == ("cancelled", "agent")
    assert pool.state.contacts == {}
    assert pool.end("c1-cb").events == ()
    assert pool.later(4000) == []


def test_the_callers_hanging_up_does_not_end_the_callback() -> None:
    pool = calling_pool()
    pool.enqueue("c1")
    pool.request_callback("c1")
    assert pool.end("c1").events == ()
    assert order(pool) == ["c1-cb"]


def test_customers_are_called_within_the_hours_only() -> None:
    pool = calling_pool(callbacks=CallbackRules(hours=FROM_ONE))
    pool.enqueue("c1")
    step = pool.request_callback("c1")
    assert the(CallbackScheduled, step).due_at == pool.now + MINUTES_TO_ONE * 1000
    assert names(pool.later(MINUTES_TO_ONE)) == ["ContactQueued"]
    assert the(CallbackScheduled, pool.later(3600)).reason == "outside-hours"
    assert isinstance(pool.state.contacts["c1-cb"], Scheduled)
    assert names(pool.later(23 * 3600)) == ["ContactQueued"]
    assert pool.state.contacts["c1-cb"].entry.number == 2


def test_one_that_rang_past_the_hours_is_not_offered_again_today() -> None:
    pool = calling_pool(opening=TO_HALF_PAST, ring_seconds=900.0)
    pool.agent("ann", "billing")
    pool.agent("bob", "billing")
    pool.enqueue("c1", callable=True)
    pool.request_callback("c1")
    pool.later(14 * 60)
    assert names(pool.reject("c1-cb"))[:2] == ["OfferRejected", "CallbackScheduled"]


def test_one_that_is_never_to_be_made_is_given_up_at_once() -> None:
    """By a rule of the queue: nobody is there to be refused."""
    way = WayOut(last_step=CALLBACK)
    pool = calling_pool(callbacks=CallbackRules(hours=NEVER), overflows=(Overflow(on=ON_NO_STAFF, then=way),))
    step = pool.enqueue("c1", callable=True)
    assert names(step) == ["ContactQueued", "CallbackRequested", "CallbackGivenUp"]
    assert the(CallbackGivenUp, step).reason == "too-late"


def test_one_that_could_only_be_given_up_is_refused_and_the_contact_waits_on() -> None:
    pool = calling_pool(callbacks=CallbackRules(hours=FROM_ONE))
    pool.enqueue("c1")
    assert code(pool.request_callback("c1", in_seconds=600, within=1200)) == "never-in-hours"
    assert order(pool) == ["c1"]
    pool.request_callback("c1", within=MINUTES_TO_ONE + 1)
    assert code(pool.reschedule("c1-cb", within=MINUTES_TO_ONE)) == "never-in-hours"
    stay = pool.state.contacts["c1-cb"]
    assert isinstance(stay, Scheduled)
    assert stay.not_after == pool.now + (MINUTES_TO_ONE + 1) * 1000


def test_one_that_rings_is_taken_back_from_who_is_asked_when_it_is_moved() -> None:
    pool = calling_pool()
    pool.agent("ann", "billing")
    pool.enqueue("c1")
    pool.request_callback("c1")
    assert pool.with_whom("c1-cb") == "ann"
    step = pool.reschedule("c1-cb", in_seconds=60)
    assert names(step)[:2] == ["OfferWithdrawn", "CallbackScheduled"]
    assert (the(CallbackScheduled, step).entry.number, pool.shown("ann")) == (2, "available")
    pool.later(60)
    assert pool.with_whom("c1-cb") == "ann"
    assert names(pool.reschedule("c1-cb"))[:4] == ["OfferWithdrawn", "CallbackScheduled", "ContactQueued", "OfferMade"]


def test_one_that_an_agent_has_accepted_is_not_moved() -> None:
    pool = ringing(calling_pool())
    assert code(pool.reschedule("c1-cb", in_seconds=60)) == "contact-connected"


def test_one_that_is_not_made_in_time_is_given_up() -> None:
    pool = calling_pool()
    pool.enqueue("c1")
    pool.request_callback("c1", within=300)
    assert the(CallbackGivenUp, pool.later(300)).reason == "too-late"
    assert pool.state.contacts == {}


def test_it_is_rescheduled_while_it_waits_and_while_it_is_scheduled() -> None:
    pool = calling_pool()
    pool.enqueue("c1")
    pool.request_callback("c1")
    first = the(CallbackScheduled, pool.reschedule("c1-cb", in_seconds=60))
    assert (first.reason, first.entry.number) == ("rescheduled", 2)
    second = the(CallbackScheduled, pool.reschedule("c1-cb", in_seconds=120))
    assert (second.entry.number, second.due_at) == (2, pool.now + 120_000)
    assert pool.later(119) == []
    assert names(pool.later(1)) == ["ContactQueued"]


def test_new_times_are_told_of_one_that_is_made_at_once_too() -> None:
    pool = calling_pool()
    pool.enqueue("y1", callback=pool.plan(in_seconds=3600))
    step = pool.reschedule("y1", within=300)
    assert names(step) == ["CallbackScheduled", "ContactQueued"]
    told = the(CallbackScheduled, step)
    assert (told.due_at, told.not_after, told.entry.number) == (pool.now, pool.now + 300_000, 1)


def test_the_queues_last_step_calls_back_who_can_be_called() -> None:
    way = WayOut(last_step=CALLBACK, announcement="We call you back.")
    pool = calling_pool(steps=(RuleStep(after_seconds=120, then=way),))
    pool.enqueue("c1", callable=True)
    pool.enqueue("c2")
    done = pool.later(120)
    requested = the(CallbackRequested, done)
    assert (requested.entry.contact_id, requested.reason) == ("c1", "overflow")
    assert requested.announcement == "We call you back."
    left = the(ContactFlowedOut, done)
    assert (left.entry.contact_id, left.last_step, left.announcement) == ("c2", "message", "")
    assert order(pool) == ["c1-cb"]
    assert pool.later(3600) == []


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ({"overflows": (Overflow(on=ON_NO_STAFF, then=WayOut(last_step=CALLBACK)),)}, "overflow"),
        ({"opening": FROM_ONE, "when_closed": WayOut(last_step=CALLBACK)}, "closed"),
    ],
)
def test_ways_out_at_arrival_call_back_too(rules: dict[str, object], reason: str) -> None:
    pool = calling_pool(**rules)
    step = pool.enqueue("c1", callable=True)
    assert names(step)[:2] == ["ContactQueued", "CallbackRequested"]
    assert the(CallbackRequested, step).reason == reason
    assert isinstance(pool.state.contacts["c1-cb"], Scheduled if reason == "closed" else Waiting)


def test_a_removed_queue_gives_its_callbacks_up() -> None:
    pool = calling_pool()
    for contact, later in (("c1", 0), ("c2", 600)):
        pool.enqueue(contact)
        pool.request_callback(contact, in_seconds=later)
    done = pool.remove_queue("billing")
    given_up = [(e.entry.contact_id, e.reason) for e in done.events if isinstance(e, CallbackGivenUp)]
    assert given_up == [("c1-cb", "queue-removed"), ("c2-cb", "queue-removed")]
    assert pool.state.contacts == {}


def test_what_makes_no_sense_is_refused() -> None:
    pool = calling_pool()
    pool.queue("sales")
    pool.enqueue("c1")
    assert code(pool.reschedule("c1")) == "not-a-callback"
    pool.request_callback("c1", in_seconds=600)
    assert code(pool.request_callback("c1-cb")) == "already-a-callback"
    assert code(pool.request_callback("c9")) == "contact-unknown"
    assert code(pool.transfer("c1-cb", "sales")) == "contact-scheduled"
    pool.agent("ann", "billing")
    pool.enqueue("c2")
    pool.accept("c2")
    assert code(pool.request_callback("c2")) == "contact-connected"
    assert code(pool.not_reached("c2")) == "not-a-callback"
    assert code(pool.not_reached("c1-cb", offer_id="off_front.9")) == "offer-closed"


def test_only_the_holder_says_that_the_customer_did_not_answer() -> None:
    pool = ringing(calling_pool())
    assert code(pool.not_reached("c1-cb", agent_id="bob")) == "not-the-holder"
    assert code(pool.not_reached("c1-cb", agent_id="ann")) is None


def test_callbacks_survive_a_restart_and_replay_to_the_same_pool() -> None:
    pool = ringing(calling_pool(callbacks=TWICE, opening=TO_HALF_PAST))
    pool.enqueue("c2")
    pool.request_callback("c2")
    pool.enqueue("c3")
    pool.request_callback("c3", in_seconds=300)
    pool.enqueue("y1", callback=pool.plan(in_seconds=300))
    pool.restart()
    pool.reschedule("y1", in_seconds=120)
    pool.not_reached("c1-cb")
    assert "ContactQueued" in names(pool.later(300))
    replayed = PoolState(pool_id="front", expressions=pool.state.expressions)
    for now, step in pool.steps:
        begin(replayed, now)
        replay(replayed, step, now)
    begin(replayed, pool.state.now)
    assert list(snapshot(replayed)) == list(snapshot(pool.state))
