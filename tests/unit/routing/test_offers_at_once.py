"""A queue that rings several agents at once, and one that does not ask."""

from services.routing.domain.events import OfferAccepted, OfferMade, OfferWithdrawn
from services.routing.domain.settings import ChannelOffers
from tests.unit.routing.driver import Driver, code, names, the


def ringing(pool: Driver, contact_id: str) -> list[str]:
    return [offer.holder.agent_id for offer in pool.state.offers_of(contact_id)]


def three_rung_at_once() -> Driver:
    pool = Driver()
    pool.queue("billing", channel_offers=(ChannelOffers(channel="voice", ring_seconds=12, at_once=2),))
    for agent in ("ann", "bob", "cid"):
        pool.agent(agent, "billing")
        pool.later(1)
    return pool


def test_a_contact_rings_at_as_many_agents_as_the_queue_says() -> None:
    pool = three_rung_at_once()
    offers = [event for event in pool.enqueue("c1").events if isinstance(event, OfferMade)]
    assert [offer.holder.agent_id for offer in offers] == ["ann", "bob"]
    assert {offer.expires_at - offer.at for offer in offers} == {12_000}
    assert [(a.agent_id, a.verdict) for a in offers[1].decision.considered][:1] == [("bob", "chosen")]


def test_the_first_to_accept_has_the_contact_and_the_other_is_too_late() -> None:
    pool = three_rung_at_once()
    pool.enqueue("c1")
    first, second = pool.state.offers_of("c1")
    done = pool.accept_as(second.offer_id, "bob")
    assert names(done)[:2] == ["OfferWithdrawn", "OfferAccepted"]
    assert (the(OfferWithdrawn, done).reason, the(OfferAccepted, done).holder.agent_id) == ("taken", "bob")
    assert code(pool.accept_as(first.offer_id, "ann")) == "offer-closed"
    assert pool.shown("ann") == "available"


def test_it_rings_on_with_the_other_when_one_declines_and_waits_when_nobody_is_asked_any_more() -> None:
    pool = three_rung_at_once()
    pool.enqueue("c1")
    assert names(pool.reject("c1")) == ["OfferRejected", "AgentStateChanged"]
    assert ringing(pool, "c1") == ["bob"]
    pool.reject("c1")
    assert ringing(pool, "c1") == ["cid"]


def test_a_customer_who_leaves_is_withdrawn_from_everybody() -> None:
    pool = three_rung_at_once()
    pool.enqueue("c1")
    assert names(pool.end("c1"))[:3] == ["OfferWithdrawn", "OfferWithdrawn", "ContactAbandoned"]
    assert {pool.shown(agent) for agent in ("ann", "bob", "cid")} == {"available"}


def test_both_offers_outlive_a_restart() -> None:
    pool = three_rung_at_once()
    pool.enqueue("c1")
    pool.restart()
    assert ringing(pool, "c1") == ["ann", "bob"]
    pool.later(12)
    assert ringing(pool, "c1") == ["cid"]
    assert pool.shown("ann") == "not_ready"


def test_a_removed_queue_withdraws_every_offer_before_its_contact_flows_out() -> None:
    pool = three_rung_at_once()
    pool.enqueue("c1")
    assert names(pool.remove_queue("billing"))[:3] == ["OfferWithdrawn", "OfferWithdrawn", "ContactFlowedOut"]


def test_an_offer_that_needs_no_answer_is_accepted_as_it_is_made() -> None:
    pool = Driver()
    pool.queue("billing", channel_offers=(ChannelOffers(channel="voice", auto_accept=True),))
    pool.agent("ann", "billing")
    assert names(pool.enqueue("c1"))[:3] == ["ContactQueued", "OfferMade", "OfferAccepted"]
    assert pool.shown("ann") == "busy"


def test_each_channel_rings_for_its_own_time() -> None:
    pool = Driver()
    pool.queue("billing", ring_seconds=20, channel_offers=(ChannelOffers(channel="chat", ring_seconds=45),))
    pool.agent("ann", "billing")
    pool.agent("bob", "billing")
    rings = {}
    for channel in ("chat", "voice"):
        offer = the(OfferMade, pool.enqueue(channel, channel=channel))
        rings[channel] = offer.expires_at - offer.at
    assert rings == {"chat": 45_000, "voice": 20_000}
