"""What becomes of a contact that comes while its queue is closed."""

from services.routing.application.snapshots import restored, snapshot
from services.routing.domain.decisions.arriving import MOST_QUEUES
from services.routing.domain.engine import replay
from services.routing.domain.events import ContactFlowedOut, ContactQueued, ContactTransferred
from services.routing.domain.opening_hours import OpeningHours, Span, SpecialDay, WeeklySpan
from services.routing.domain.pool import PoolState
from services.routing.domain.queue_steps import WayOut
from tests.unit.routing.driver import Driver, names, skills, the

#: The pool's clock starts on 1 January 1970 at 00:16:40 UTC.
NEVER = OpeningHours(time_zone="UTC", weekly=())
UNTIL_HALF_PAST = OpeningHours(
    time_zone="UTC", weekly=(WeeklySpan(days=(1, 2, 3, 4, 5), span=Span(opens=0, closes=30)),)
)
GOODBYE = WayOut(last_step="message", announcement="We are closed.")


def closed_pool(when_closed: WayOut | None = GOODBYE) -> Driver:
    pool = Driver()
    pool.queue("billing", opening=NEVER, when_closed=when_closed)
    pool.queue("night")
    return pool


def test_its_entry_is_told_in_full_and_is_over() -> None:
    pool = closed_pool()
    step = pool.enqueue("c1")
    assert names(step) == ["ContactQueued", "ContactFlowedOut"]
    left = the(ContactFlowedOut, step)
    assert (left.reason, left.last_step, left.announcement) == ("closed", "message", "We are closed.")
    assert (left.to_queue, left.to_pool, left.entry.number) == ("", "", 1)
    assert pool.state.contacts == {}


def test_it_begins_the_next_entry_in_the_queue_that_takes_it() -> None:
    pool = closed_pool(WayOut(to_queue="night"))
    pool.agent("ann", "night")
    step = pool.enqueue("c1", priority=3)
    assert names(step)[:4] == ["ContactQueued", "ContactFlowedOut", "ContactQueued", "OfferMade"]
    begun = [event for event in step.events if isinstance(event, ContactQueued)][1]
    assert (begun.entry.number, begun.entry.queue_id, begun.transferred_from) == (2, "night", "billing")
    assert begun.own_priority == 3
    assert (the(ContactFlowedOut, step).to_queue, the(ContactFlowedOut, step).to_pool) == ("night", "front")
    assert pool.with_whom("c1") == "ann"


def test_without_a_way_out_it_waits_and_is_served_by_who_is_there() -> None:
    pool = closed_pool(None)
    assert names(pool.enqueue("c1")) == ["ContactQueued"]
    pool.agent("ann", "billing")
    assert pool.with_whom("c1") == "ann"


def test_who_waits_at_closing_time_goes_on_being_served() -> None:
    pool = Driver()
    pool.queue("billing", opening=UNTIL_HALF_PAST, when_closed=GOODBYE)
    assert names(pool.enqueue("early")) == ["ContactQueued"]
    assert pool.later(15 * 60) == []
    assert names(pool.enqueue("late")) == ["ContactQueued", "ContactFlowedOut"]
    pool.agent("ann", "billing")
    assert pool.with_whom("early") == "ann"


def test_a_holiday_closes_a_day_that_is_worked_otherwise() -> None:
    pool = Driver()
    holiday = SpecialDay(date="1970-01-01")
    opening = OpeningHours(time_zone="UTC", weekly=UNTIL_HALF_PAST.weekly, special=(holiday,))
    pool.queue("billing", opening=opening, when_closed=GOODBYE)
    assert names(pool.enqueue("c1")) == ["ContactQueued", "ContactFlowedOut"]


def test_one_that_has_ended_already_is_abandoned_and_not_told_twice() -> None:
    pool = closed_pool()
    pool.end("c1")
    assert names(pool.enqueue("c1")) == ["ContactQueued", "ContactAbandoned"]


def test_a_transfer_into_a_closed_queue_takes_its_way_out() -> None:
    pool = Driver()
    pool.queue("sales", opening=NEVER, when_closed=GOODBYE)
    pool.queue("billing", wrap_up_seconds=30)
    pool.agent("ann", "billing")
    pool.enqueue("c1")
    pool.accept("c1")
    step = pool.transfer("c1", "sales", agent_id="ann")
    assert names(step)[:3] == ["ContactTransferred", "ContactQueued", "ContactFlowedOut"]
    assert the(ContactTransferred, step).entry.number == 1
    assert the(ContactFlowedOut, step).entry.number == 2


def test_a_contact_moved_by_a_supervisor_into_a_closed_queue_takes_its_way_out() -> None:
    pool = closed_pool()
    pool.enqueue("c1", "night")
    step = pool.transfer("c1", "billing")
    assert names(step) == ["ContactFlowedOut", "ContactQueued", "ContactFlowedOut"]
    assert [event.reason for event in step.events if isinstance(event, ContactFlowedOut)] == ["transfer", "closed"]


def test_a_chain_of_closed_queues_ends_where_one_is_open() -> None:
    pool = closed_pool(WayOut(to_queue="second"))
    pool.queue("second", opening=NEVER, when_closed=WayOut(to_queue="night"))
    step = pool.enqueue("c1")
    entries = [event.entry.queue_id for event in step.events if isinstance(event, ContactQueued)]
    assert entries == ["billing", "second", "night"]
    assert [waiting.entry.number for waiting in pool.state.waiting_in("night")] == [3]


def test_a_circle_of_closed_queues_ends_with_the_contact_waiting() -> None:
    pool = closed_pool(WayOut(to_queue="second"))
    pool.queue("second", opening=NEVER, when_closed=WayOut(to_queue="billing"))
    step = pool.enqueue("c1")
    assert names(step) == ["ContactQueued", "ContactFlowedOut", "ContactQueued"]
    assert len(pool.state.waiting_in("second")) == 1


def test_a_chain_of_too_many_queues_ends_with_the_contact_waiting() -> None:
    pool = Driver()
    for number in range(MOST_QUEUES + 3):
        pool.queue(f"q{number}", opening=NEVER, when_closed=WayOut(to_queue=f"q{number + 1}"))
    step = pool.enqueue("c1", "q0")
    assert names(step).count("ContactQueued") == MOST_QUEUES
    assert len(pool.state.waiting_in(f"q{MOST_QUEUES - 1}")) == 1


def test_a_way_to_a_queue_that_is_gone_leaves_the_contact_waiting() -> None:
    pool = closed_pool(WayOut(to_queue="nowhere"))
    assert names(pool.enqueue("c1")) == ["ContactQueued"]


def test_hours_are_in_the_snapshot_and_a_replay_asks_no_calendar() -> None:
    pool = closed_pool(WayOut(to_queue="night"))
    pool.enqueue("c1", required=skills(tech=2))
    again = restored(snapshot(pool.state))
    assert again.queues["billing"].opening == NEVER
    folded = PoolState(pool_id="front")
    for now, step in pool.steps:
        replay(folded, step, now)
    folded.now = pool.state.now
    assert list(snapshot(folded)) == list(snapshot(pool.state))
