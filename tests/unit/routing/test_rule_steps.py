"""A queue's expanding rules: what is done for a contact that still waits, and where it goes at last."""

from services.routing.application.snapshots import restored, snapshot
from services.routing.domain.events import ContactFlowedOut, ContactQueued, OfferMade, SearchWidened
from services.routing.domain.queue_steps import MESSAGE, ON_LENGTH, ON_NO_STAFF, Overflow, RuleStep, WayOut
from tests.unit.routing.driver import Driver, names, skills, the


def test_levels_are_relaxed_step_by_step_until_somebody_fits() -> None:
    pool = Driver()
    pool.queue(
        "power",
        required_skills=skills(outage=5),
        steps=(RuleStep(after_seconds=20, relax_levels=1), RuleStep(after_seconds=40, relax_levels=2)),
    )
    pool.agent("ann", "power", skills=skills(outage=2))
    pool.enqueue("c1", "power")
    widened = the(SearchWidened, pool.later(20))
    assert (widened.step, widened.required_skills) == (1, skills(outage=4))
    offer = the(OfferMade, pool.later(20))
    assert (offer.holder.agent_id, offer.decision.rule_step) == ("ann", 2)


def test_a_skill_relaxed_to_nothing_is_not_required() -> None:
    pool = Driver()
    pool.queue("power", required_skills=skills(outage=2), steps=(RuleStep(after_seconds=5, relax_levels=2),))
    pool.agent("ann", "power")
    pool.enqueue("c1", "power")
    assert the(OfferMade, pool.later(5)).holder.agent_id == "ann"


def test_a_raised_priority_overtakes_who_waits_longer() -> None:
    pool = Driver()
    pool.queue("billing")
    pool.queue("urgent", steps=(RuleStep(after_seconds=10, raise_priority=5),))
    pool.agent("ann", "billing", "urgent", available=False)
    pool.enqueue("old", "billing")
    pool.later(1)
    pool.enqueue("new", "urgent")
    pool.later(10)
    assert the(OfferMade, pool.set("ann", "available")).entry.contact_id == "new"


def test_agents_of_other_queues_and_sites_and_single_agents_are_added_ring_by_ring() -> None:
    pool = Driver()
    pool.queue(
        "billing",
        sites=("north",),
        required_skills=skills(bills=3),
        steps=(
            RuleStep(after_seconds=10, add_sites=("south",)),
            RuleStep(after_seconds=20, add_queues=("sales",)),
            RuleStep(after_seconds=30, add_agents=("boss",)),
        ),
    )
    pool.queue("sales")
    pool.agent("south", "billing", site="south", skills=skills(bills=3))
    pool.agent("seller", "sales", site="north", skills=skills(bills=3))
    pool.agent("boss", "sales", site="west")
    assert names(pool.enqueue("c1")) == ["ContactQueued"]
    assert the(OfferMade, pool.later(10)).holder.agent_id == "south"
    for seconds, agent_id in ((10, "seller"), (10, "boss")):
        pool.later(seconds)
        assert the(OfferMade, pool.reject("c1")).holder.agent_id == agent_id


def test_steps_that_came_due_while_it_rang_are_taken_when_the_contact_waits_again() -> None:
    pool = Driver()
    pool.queue("billing", ring_seconds=60, steps=(RuleStep(after_seconds=10, add_queues=("sales",)),))
    pool.queue("sales")
    pool.agent("ann", "billing")
    pool.agent("bob", "sales")
    pool.enqueue("c1")
    assert pool.later(30) == []
    done = pool.reject("c1")
    assert names(done)[:3] == ["OfferRejected", "SearchWidened", "OfferMade"]
    assert pool.with_whom("c1") == "bob"


def test_who_still_waits_at_the_last_step_leaves_for_it() -> None:
    pool = Driver()
    way_out = WayOut(last_step=MESSAGE, announcement="Please write to us.")
    pool.queue("billing", steps=(RuleStep(after_seconds=120, then=way_out),))
    pool.enqueue("c1")
    left = the(ContactFlowedOut, pool.later(120))
    assert (left.reason, left.last_step, left.to_queue) == ("overflow", "message", "")
    assert left.announcement == "Please write to us."
    assert "c1" not in pool.state.contacts


def test_who_overflows_on_wait_begins_the_next_entry_in_the_other_queue() -> None:
    pool = Driver()
    pool.queue("billing", steps=(RuleStep(after_seconds=60, then=WayOut(to_queue="sales")),))
    pool.queue("sales")
    pool.agent("bob", "sales")
    pool.enqueue("c1", priority=3)
    done = pool.later(60)
    assert names(done)[:3] == ["ContactFlowedOut", "ContactQueued", "OfferMade"]
    queued = the(ContactQueued, done)
    assert (queued.entry.number, queued.entry.queue_id, queued.priority) == (2, "sales", 3)
    assert queued.transferred_from == "billing"


def test_a_full_queue_sends_who_comes_to_another() -> None:
    pool = Driver()
    pool.queue("billing", overflows=(Overflow(on=ON_LENGTH, limit=2, then=WayOut(to_queue="sales")),))
    pool.queue("sales")
    for number in (1, 2):
        assert names(pool.enqueue(f"c{number}")) == ["ContactQueued"]
    assert names(pool.enqueue("c3")) == ["ContactQueued", "ContactFlowedOut", "ContactQueued"]
    pool.end("c1")
    assert names(pool.enqueue("c4")) == ["ContactQueued"]


def test_contacts_that_ring_count_as_waiting_and_those_that_talk_do_not() -> None:
    pool = Driver()
    pool.queue("billing", overflows=(Overflow(on=ON_LENGTH, limit=1, then=WayOut(last_step="message")),))
    pool.agent("ann", "billing")
    pool.enqueue("c1")
    assert names(pool.enqueue("c2")) == ["ContactQueued", "ContactFlowedOut"]
    pool.accept("c1")
    assert "ContactFlowedOut" not in names(pool.enqueue("c3"))


def test_a_queue_with_nobody_signed_in_for_it_sends_contacts_away() -> None:
    pool = Driver()
    pool.queue(
        "power",
        required_skills=skills(outage=3),
        overflows=(Overflow(on=ON_NO_STAFF, then=WayOut(last_step="voicemail")),),
    )
    pool.agent("novice", "power", skills=skills(outage=1))
    assert the(ContactFlowedOut, pool.enqueue("c1", "power")).last_step == "voicemail"
    pool.agent("expert", "power", skills=skills(outage=3))
    pool.set("expert", "not_ready", "break")
    assert names(pool.enqueue("c2", "power")) == ["ContactQueued"]


def test_queues_that_overflow_into_each_other_end_where_they_met() -> None:
    pool = Driver()
    for queue, other in (("a", "b"), ("b", "c"), ("c", "a")):
        pool.queue(queue, overflows=(Overflow(on=ON_NO_STAFF, then=WayOut(to_queue=other)),))
    done = pool.enqueue("c1", "a")
    assert [e.entry.queue_id for e in done.events if isinstance(e, ContactQueued)] == ["a", "b", "c"]
    assert pool.state.contacts["c1"].entry.queue_id == "c"


def test_a_restart_in_the_middle_of_the_steps_goes_on_with_the_next() -> None:
    pool = Driver()
    pool.queue(
        "billing",
        steps=(RuleStep(after_seconds=10, raise_priority=1), RuleStep(after_seconds=20, add_queues=("sales",))),
    )
    pool.queue("sales")
    pool.agent("bob", "sales")
    pool.enqueue("c1")
    pool.later(10)
    pool.restart()
    assert the(OfferMade, pool.later(10)).holder.agent_id == "bob"


def test_a_snapshot_of_an_earlier_version_is_read_without_what_is_no_longer_kept() -> None:
    pool = Driver()
    pool.queue("billing")
    pool.enqueue("c1")
    records = list(snapshot(pool.state))
    older = [*records, {"_": "AnsweredRecord", "queue_id": "billing", "moments": [1_000_000]}]
    assert list(snapshot(restored(older))) == records
