"""A call that arrives sets e-mail work aside, and gives it back afterwards."""

from services.routing.domain.events import OfferMade, WorkInterrupted, WorkResumed
from services.routing.domain.settings import ChannelCapacity
from tests.unit.routing.driver import Driver, names, the

BLENDED = (
    ChannelCapacity(channel="voice", units=100, most=1),
    ChannelCapacity(channel="chat", units=30, most=3),
    ChannelCapacity(channel="email", units=20, most=5, interruptible_by=("voice",)),
)


def agent_at_email() -> Driver:
    pool = Driver()
    pool.queue("billing", wrap_up_seconds=30)
    pool.agent("ann", "billing", channels=BLENDED)
    for contact in ("mail-1", "mail-2"):
        pool.enqueue(contact, channel="email")
        pool.accept(contact)
    return pool


def held(pool: Driver) -> int:
    return pool.state.agents["ann"].announced.held_units


def test_a_call_sets_email_work_aside_and_the_end_of_its_wrap_up_brings_it_back() -> None:
    pool = agent_at_email()
    ringing = pool.enqueue("call")
    assert names(ringing)[:4] == ["ContactQueued", "WorkInterrupted", "WorkInterrupted", "OfferMade"]
    assert (pool.shown("ann"), held(pool)) == ("ringing", 100)
    pool.accept("call")
    assert names(pool.end("call"))[:1] == ["ContactEnded"]
    done = pool.wrap_up("call", "ann")
    assert names(done)[:3] == ["WrapUpCompleted", "WorkResumed", "WorkResumed"]
    assert (pool.shown("ann"), held(pool)) == ("busy", 40)


def test_interrupted_work_names_the_offer_that_it_gave_way_to() -> None:
    pool = agent_at_email()
    ringing = pool.enqueue("call")
    interrupted = [event for event in ringing.events if isinstance(event, WorkInterrupted)]
    assert {event.by_offer_id for event in interrupted} == {the(OfferMade, ringing).offer_id}
    assert [event.entry.contact_id for event in interrupted] == ["mail-1", "mail-2"]


def test_a_call_that_is_declined_or_left_gives_the_work_back_at_once() -> None:
    pool = agent_at_email()
    pool.enqueue("call")
    assert names(pool.end("call"))[:4] == ["OfferWithdrawn", "ContactAbandoned", "WorkResumed", "WorkResumed"]
    assert held(pool) == 40
    pool.enqueue("call-2")
    pool.later(20)
    assert held(pool) == 40


def test_what_may_not_interrupt_waits_for_room() -> None:
    pool = agent_at_email()
    for number in range(3):
        pool.enqueue(f"mail-{number + 3}", channel="email")
        pool.accept(f"mail-{number + 3}")
    assert names(pool.enqueue("chat", channel="chat"))[:1] == ["ContactQueued"]
    assert pool.with_whom("chat") is None


def test_nothing_is_set_aside_where_both_have_room() -> None:
    pool = Driver()
    pool.queue("billing")
    roomy = (ChannelCapacity(channel="voice", units=60, most=1), BLENDED[2])
    pool.agent("ann", "billing", channels=roomy)
    pool.enqueue("mail", channel="email")
    pool.accept("mail")
    assert "WorkInterrupted" not in names(pool.enqueue("call"))


def test_no_new_email_takes_the_room_of_the_call() -> None:
    pool = agent_at_email()
    pool.enqueue("call")
    pool.accept("call")
    pool.enqueue("mail-3", channel="email")
    assert pool.with_whom("mail-3") is None
    pool.end("call")
    done = pool.wrap_up("call", "ann")
    assert [e.entry.contact_id for e in done.events if isinstance(e, WorkResumed)] == ["mail-1", "mail-2"]
    assert pool.with_whom("mail-3") == "ann"


def test_a_customer_may_end_an_email_while_it_is_set_aside() -> None:
    pool = agent_at_email()
    pool.enqueue("call")
    pool.accept("call")
    pool.end("mail-1")
    assert held(pool) == 100
    pool.end("call")
    pool.wrap_up("call", "ann")
    assert held(pool) == 40
    pool.wrap_up("mail-1", "ann")
    assert held(pool) == 20


def test_interrupted_work_outlives_a_restart() -> None:
    pool = agent_at_email()
    pool.enqueue("call")
    pool.accept("call")
    pool.restart()
    assert pool.state.agents["ann"].held_units == 100
    pool.end("call")
    assert names(pool.wrap_up("call", "ann")).count("WorkResumed") == 2
