"""One switch for a pool: new contacts go elsewhere, others help, a site is given up."""

from services.routing.application.snapshots import restored, snapshot
from services.routing.domain.emergency import LEAVE, Emergency
from services.routing.domain.engine import replay
from services.routing.domain.events import ContactFlowedOut, ContactQueued, OfferWithdrawn
from services.routing.domain.opening_hours import OpeningHours
from services.routing.domain.pool import PoolState
from services.routing.domain.queue_steps import WayOut
from services.routing.domain.settings import ChannelOffers
from tests.unit.routing.driver import Driver, names, skills, the
from tests.unit.routing.emergencies import agent_at, declare

NEVER = OpeningHours(time_zone="UTC", weekly=())
OUTAGE = WayOut(last_step="message", announcement="The power is out in the north.")


def front() -> Driver:
    pool = Driver()
    for queue in ("billing", "sales", "disaster"):
        pool.queue(queue)
    return pool


def test_new_contacts_are_told_and_leave() -> None:
    pool = front()
    declare(pool, Emergency(then=OUTAGE))
    left = the(ContactFlowedOut, pool.enqueue("c1"))
    assert (left.reason, left.last_step, left.announcement) == ("emergency", "message", OUTAGE.announcement)


def test_new_contacts_of_all_queues_go_to_the_one_that_takes_all() -> None:
    pool = front()
    pool.queue("disaster", opening=NEVER, when_closed=OUTAGE)
    declare(pool, Emergency(then=WayOut(to_queue="disaster")))
    for number, queue in enumerate(("billing", "sales", "disaster")):
        pool.enqueue(f"c{number}", queue)
    assert len(pool.state.waiting_in("disaster")) == 3


def test_an_emergency_goes_before_a_closed_queue() -> None:
    pool = front()
    pool.queue("billing", opening=NEVER, when_closed=WayOut(last_step="voicemail"))
    declare(pool, Emergency(then=WayOut(to_queue="disaster")))
    assert the(ContactFlowedOut, pool.enqueue("c1")).reason == "emergency"


def test_who_waits_stays_unless_it_says_otherwise() -> None:
    pool = front()
    pool.enqueue("c1")
    assert names(declare(pool, Emergency(then=OUTAGE))) == ["EmergencyRuled"]
    assert len(pool.state.waiting_in("billing")) == 1


def test_who_waits_or_rings_leaves_where_it_says_so_in_the_order_of_the_queue() -> None:
    pool = front()
    pool.agent("ann", "sales")
    pool.enqueue("ringing", "sales")
    pool.enqueue("young")
    pool.enqueue("old", queued_at=pool.now - 5_000)
    pool.enqueue("there", "disaster")
    step = declare(pool, Emergency(then=WayOut(to_queue="disaster"), waiting=LEAVE))
    assert the(OfferWithdrawn, step).reason == "emergency"
    begun = [event.entry for event in step.events if isinstance(event, ContactQueued)]
    assert [(entry.contact_id, entry.number) for entry in begun] == [("ringing", 2), ("old", 2), ("young", 2)]
    assert len(pool.state.waiting_in("disaster")) == 4
    assert pool.shown("ann") == "available"


def test_talks_go_on_under_an_emergency() -> None:
    pool = front()
    pool.agent("ann", "billing")
    pool.enqueue("c1")
    pool.accept("c1")
    assert names(declare(pool, Emergency(then=OUTAGE, waiting=LEAVE))) == ["EmergencyRuled"]
    assert pool.with_whom("c1") == "ann"


def test_lifted_it_lets_contacts_wait_as_before() -> None:
    pool = front()
    declare(pool, Emergency(then=OUTAGE))
    declare(pool, None)
    assert names(pool.enqueue("c1")) == ["ContactQueued"]


def test_an_older_word_about_it_changes_nothing() -> None:
    pool = front()
    declare(pool, Emergency(then=OUTAGE), version=5)
    declare(pool, None, version=4)
    assert pool.state.emergency == Emergency(then=OUTAGE)


def test_agents_of_an_extra_site_are_asked_for_every_queue_at_once() -> None:
    pool = front()
    agent_at(pool, "ann", "east", "sales")
    pool.enqueue("c1", "billing")
    assert pool.with_whom("c1") is None
    declare(pool, Emergency(extra_sites=("east",)))
    assert pool.with_whom("c1") == "ann"


def test_agents_of_an_extra_queue_help_only_with_what_they_can() -> None:
    pool = front()
    pool.queue("billing", required_skills=skills(tech=3))
    agent_at(pool, "ann", "east", "sales", skills=skills(tech=1))
    agent_at(pool, "bob", "east", "sales", skills=skills(tech=4))
    pool.set("bob", "not_ready", "break")
    declare(pool, Emergency(extra_queues=("sales",)))
    pool.enqueue("c1", "billing")
    assert pool.with_whom("c1") is None
    pool.set("bob", "available")
    assert pool.with_whom("c1") == "bob"


def test_helpers_go_back_to_their_own_queues_when_it_is_lifted() -> None:
    pool = front()
    agent_at(pool, "ann", "east", "sales")
    declare(pool, Emergency(extra_sites=("east",)))
    declare(pool, None)
    pool.enqueue("c1", "billing")
    assert pool.with_whom("c1") is None
    pool.enqueue("c2", "sales")
    assert pool.with_whom("c2") == "ann"


def test_an_agent_configured_under_an_emergency_helps_too() -> None:
    pool = front()
    declare(pool, Emergency(extra_sites=("east",)))
    pool.enqueue("c1", "billing")
    agent_at(pool, "ann", "east", "sales")
    assert pool.with_whom("c1") == "ann"


def test_two_sites_serve_one_queue_as_one_pool() -> None:
    pool = front()
    agent_at(pool, "ann", "north", "billing")
    pool.later(1)
    agent_at(pool, "bob", "south", "billing")
    pool.enqueue("c1")
    pool.enqueue("c2")
    assert (pool.with_whom("c1"), pool.with_whom("c2")) == ("ann", "bob")


def test_a_closed_site_gets_nothing_more_and_the_other_takes_all() -> None:
    pool = front()
    agent_at(pool, "ann", "north", "billing")
    pool.later(1)
    agent_at(pool, "bob", "south", "billing")
    pool.enqueue("c1")
    assert pool.with_whom("c1") == "ann"
    step = declare(pool, Emergency(closed_sites=("north",)))
    assert the(OfferWithdrawn, step).reason == "site-closed"
    assert pool.with_whom("c1") == "bob"
    pool.enqueue("c2")
    assert pool.with_whom("c2") is None
    declare(pool, Emergency(closed_sites=("south",)))
    assert (pool.with_whom("c1"), pool.with_whom("c2")) == ("ann", None)


def three_asked_at_once() -> Driver:
    """Ann in the south is asked first, then two in the north."""
    pool = front()
    pool.queue("billing", channel_offers=(ChannelOffers(channel="voice", at_once=3),))
    for agent, site in (("ann", "south"), ("bob", "north"), ("cid", "north")):
        agent_at(pool, agent, site, "billing")
        pool.later(1)
    pool.enqueue("c1")
    return pool


def test_what_rings_at_several_is_taken_back_at_the_closed_site_alone() -> None:
    pool = three_asked_at_once()
    step = declare(pool, Emergency(closed_sites=("north",)))
    withdrawn = [event for event in step.events if isinstance(event, OfferWithdrawn)]
    assert [(event.holder.agent_id, event.reason) for event in withdrawn] == [
        ("bob", "site-closed"),
        ("cid", "site-closed"),
    ]
    assert pool.with_whom("c1") == "ann"


def test_who_is_to_leave_is_taken_back_from_everybody_who_is_asked() -> None:
    pool = three_asked_at_once()
    step = declare(pool, Emergency(then=OUTAGE, waiting=LEAVE))
    assert names(step)[:4] == ["OfferWithdrawn", "OfferWithdrawn", "OfferWithdrawn", "ContactFlowedOut"]
    assert "c1" not in pool.state.contacts


def test_a_site_opened_again_is_offered_what_waits() -> None:
    pool = front()
    agent_at(pool, "ann", "north", "billing")
    declare(pool, Emergency(closed_sites=("north",)))
    pool.enqueue("c1")
    assert pool.with_whom("c1") is None
    declare(pool, None)
    assert pool.with_whom("c1") == "ann"


def test_who_talks_at_a_closed_site_ends_the_talk_and_is_asked_no_more() -> None:
    pool = front()
    agent_at(pool, "ann", "north", "billing")
    pool.enqueue("c1")
    pool.accept("c1")
    declare(pool, Emergency(closed_sites=("north",)))
    assert pool.shown("ann") == "busy"
    pool.end("c1", by="agent", agent_id="ann")
    pool.wrap_up("c1", "ann")
    pool.enqueue("c2")
    assert pool.with_whom("c2") is None


def test_a_restart_and_a_replay_find_the_emergency() -> None:
    pool = front()
    agent_at(pool, "ann", "north", "sales")
    declare(pool, Emergency(then=WayOut(to_queue="disaster"), extra_sites=("north",), waiting=LEAVE))
    folded = PoolState(pool_id="front")
    for now, step in pool.steps:
        replay(folded, step, now)
    folded.now = pool.state.now
    assert list(snapshot(folded)) == list(snapshot(pool.state))
    pool.state = restored(snapshot(pool.state))
    pool.enqueue("c1")
    assert pool.with_whom("c1") == "ann"
