"""The live view of a pool: whole from a snapshot, right whatever came before or meanwhile."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.gateway.adapters.routing_wire import AGENT_EVENTS, CONTACT_EVENTS
from services.gateway.application.door.pool_view import AgentStanding, Offer, PoolSnapshot, PoolView, WaitingContact
from services.gateway.application.door.pool_views import PoolViews
from services.gateway.application.door.ports import PoolUnavailable
from services.gateway.application.door.routing_events import AGENTS, CONTACTS, RoutingEvent
from services.gateway.application.door.routing_settings import KnownAgent, RoutingSettings
from switchyard.events.routing.v1 import agent_events_pb2, callback_events_pb2, contact_routing_events_pb2
from tests.unit.gateway_door.bench import NOW


def event(name: str, sequence: int, stream: str = CONTACTS, **fields: Any) -> RoutingEvent:
    given: dict[str, Any] = {
        "contact_id": "cnt_1",
        "queue_id": "billing",
        "offer_id": "off_p.1",
        "agent_id": "ann",
        **fields,
    }
    return RoutingEvent(
        name=name,
        id=f"{stream}/{sequence}",
        tenant="acme",
        pool="p",
        stream=stream,
        sequence=sequence,
        time=NOW + timedelta(seconds=sequence),
        queued_at=NOW,
        **given,
    )


def offer(offer_id: str = "off_p.1") -> Offer:
    return Offer(
        id=offer_id,
        contact_id="cnt_1",
        entry=1,
        queue_id="billing",
        channel="chat",
        agent_id="ann",
        queued_at=NOW,
        offered_at=NOW,
        expires_at=None,
    )


def snapshot(contacts: int, agents: int = 0, *offers: Offer) -> PoolSnapshot:
    waiting = WaitingContact(contact_id="cnt_9", entry=1, queue_id="billing", channel="chat", queued_at=NOW)
    standing = AgentStanding(agent_id="ann", state="available", since=NOW)
    return PoolSnapshot(
        contacts_sequence=contacts, agents_sequence=agents, waiting=(waiting,), offers=offers, agents=(standing,)
    )


def test_events_heard_while_the_snapshot_was_under_way_are_laid_over_it() -> None:
    view = PoolView()
    view.take(event("OfferMade", 41, offer_id="off_p.2"))
    view.take(event("OfferAccepted", 42, offer_id="off_p.1"))
    view.load(snapshot(41, 0, offer("off_p.1"), offer("off_p.2")))
    assert view.whole
    assert set(view.offers) == {"off_p.2"}
    assert set(view.waiting) == {"cnt_9"}


def test_who_waits_for_a_break_is_in_the_snapshot_and_goes_on_from_there() -> None:
    view = PoolView()
    view.load(replace(snapshot(1, 5), break_requests=(("bob", "days"), ("eve", "nights"), ("ann", "days"))))
    assert [view.break_position(agent) for agent in ("bob", "ann", "eve", "zoe")] == [1, 2, 1, None]
    view.take(event("BreakGranted", 6, AGENTS, agent_id="bob", team_id="days"))
    view.take(event("BreakRequested", 7, AGENTS, agent_id="zoe", team_id="days"))
    assert [view.break_position(agent) for agent in ("bob", "ann", "zoe")] == [None, 1, 2]


def test_a_snapshot_newer_than_what_was_heard_is_not_undone_by_it() -> None:
    view = PoolView()
    view.take(event("OfferMade", 40))
    view.load(snapshot(45))
    assert view.offers == {}
    assert not view.take(event("OfferMade", 41))
    assert view.offers == {}
    assert view.take(event("OfferMade", 46))
    assert set(view.offers) == {"off_p.1"}


def test_a_snapshot_too_old_for_what_was_heard_is_asked_for_again() -> None:
    view = PoolView()
    view.take(event("OfferMade", 44))
    view.load(snapshot(40))
    assert not view.whole
    view.load(snapshot(43))
    assert view.whole
    assert set(view.offers) == {"off_p.1"}


def test_a_gap_makes_the_picture_incomplete() -> None:
    view = PoolView()
    view.load(snapshot(10, 10))
    assert view.take(event("OfferMade", 11))
    assert view.whole
    view.take(event("OfferMade", 13, offer_id="off_p.3"))
    assert not view.whole
    view.load(snapshot(12, 10, offer()))
    assert set(view.offers) == {"off_p.1", "off_p.3"}


def test_every_event_that_routing_numbers_is_heard_or_the_picture_would_have_gaps() -> None:
    heard = {kind.DESCRIPTOR.name for kind in (*CONTACT_EVENTS, *AGENT_EVENTS)}
    for module in (contact_routing_events_pb2, agent_events_pb2, callback_events_pb2):
        messages = set(module.DESCRIPTOR.message_types_by_name)
        assert messages - {"Entry", "Holder", "Decision", "ConsideredAgent", "RequiredSkill"} <= heard


def test_a_parked_contact_still_waits() -> None:
    view = PoolView()
    view.begin()
    view.take(event("ContactQueued", 1))
    view.take(event("ContactParked", 2, reason="matching-failed"))
    assert view.whole
    assert [each.contact_id for each in view.waiting.values()] == ["cnt_1"]


@pytest.mark.parametrize("name", ["CallbackRequested", "CallbackScheduled", "CallbackGivenUp"])
def test_who_is_called_back_later_or_not_at_all_waits_no_more(name: str) -> None:
    view = PoolView()
    view.begin()
    view.take(event("ContactQueued", 1))
    view.take(event(name, 2))
    assert (view.whole, dict(view.waiting)) == (True, {})


def test_an_offer_says_how_often_its_customer_is_called_back() -> None:
    view = PoolView()
    view.begin()
    view.take(event("OfferMade", 1, offer_id="off_p.1", callback_attempt=2))
    view.take(event("OfferMade", 2, offer_id="off_p.2"))
    assert [each.callback_attempt for each in view.offers.values()] == [2, 0]


def test_queues_are_counted_with_their_oldest() -> None:
    view = PoolView()
    view.begin()
    for number, contact in enumerate(("a", "b", "c"), start=1):
        view.take(event("ContactQueued", number, contact_id=contact))
    view.take(event("ContactAbandoned", 4, contact_id="a"))
    assert view.queue_lengths(["billing", "empty"]) == {"billing": (2, NOW), "empty": (0, None)}


def test_a_state_keeps_its_beginning_while_only_units_change() -> None:
    view = PoolView()
    view.begin()
    view.take(event("AgentStateChanged", 1, AGENTS, state="busy", held_units=30))
    view.take(event("AgentStateChanged", 2, AGENTS, state="busy", held_units=60))
    assert view.agents["ann"].since == NOW + timedelta(seconds=1)
    assert view.agents["ann"].held_units == 60


class Routing:
    """Routing's snapshots, out of reach at first."""

    def __init__(self) -> None:
        self.asked = 0

    async def of_pool(self, tenant: str, pool: str) -> PoolSnapshot:
        self.asked += 1
        if self.asked == 1:
            raise PoolUnavailable("starting")
        assert (tenant, pool) == ("acme", "p")
        return snapshot(7, 0, offer())


async def test_views_are_completed_as_soon_as_a_pool_is_known_and_routing_answers() -> None:
    settings, routing, stop = RoutingSettings(), Routing(), asyncio.Event()
    views = PoolViews(settings, routing)
    running = asyncio.create_task(views.run(stop))
    settings.set_agent(
        "acme", KnownAgent(id="ann", name="Ann", pool_id="p", team_id="", site_id="", queue_ids=("billing",))
    )
    await views.completed("acme")
    assert [each.id for each in views.offers("acme", "ann")] == ["off_p.1"]
    assert views.offers("other") == []
    standing = views.agent("acme", "ann")
    assert standing is not None
    assert standing.state == "available"
    stop.set()
    await running
    assert routing.asked == 2
