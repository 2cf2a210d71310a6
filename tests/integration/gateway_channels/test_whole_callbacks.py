"""Callbacks through a whole gateway process, with a scripted routing and the fake provider."""

import asyncio
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from switchyard.events.gateway.v1.contact_events_pb2 import ContactClosed, ContactOpened
from switchyard.events.routing.v1 import callback_events_pb2 as callbacks
from switchyard.events.routing.v1 import contact_routing_events_pb2 as routing
from switchyard.internal.routing.v1.commands_pb2 import (
    EnqueueContact,
    ReportNotReached,
    RequestCallback,
)
from switchyard.testing.twilio_provider import FakeCall, TwilioProvider
from tests.e2e.polling import eventually
from tests.integration.gateway.world import Seen, World
from tests.integration.gateway_channels.whole import HOTLINE, TEXT_LINE

CALLER = "+15551234567"
HOLDER = routing.Holder(agent_id="ann", team_id="team", site_id="site")


async def called(world: World, provider: TwilioProvider) -> tuple[FakeCall, Seen]:
    call = await provider.incoming_call(from_=CALLER, to=HOTLINE)
    enqueue = await world.first(EnqueueContact, channel="voice")
    await call.until(lambda: call.activity == "queued")
    return call, enqueue


async def promised(world: World, enqueue: Seen, asked: Seen | None = None, **more: Any) -> routing.Entry:
    """Let routing put a callback in the contact's place; returns the callback's entry."""
    entry = world.entry(enqueue.message)
    requested = callbacks.CallbackRequested(
        entry=entry, callback_contact_id=f"{entry.contact_id}-cb", reason="asked-for", **more
    )
    await world.decide(requested, causation=asked.envelope.id if asked else "")
    back = routing.Entry()
    back.CopyFrom(entry)
    back.contact_id, back.callback_attempt, back.channel = requested.callback_contact_id, 1, "voice"
    await world.decide(routing.ContactQueued(entry=back), causation=asked.envelope.id if asked else "")
    return back


async def accepted(world: World, entry: routing.Entry, offer: str) -> None:
    await world.decide(routing.OfferMade(entry=entry, offer_id=offer, holder=HOLDER))
    await world.decide(routing.OfferAccepted(entry=entry, offer_id=offer, holder=HOLDER))


async def shown(world: World, callback: str, **fields: Any) -> dict[str, Any]:
    """Wait until the door shows the callback like this."""

    async def look() -> dict[str, Any] | None:
        answer = await world.ask("GET", f"/v1/callbacks/{callback}")
        body: dict[str, Any] = answer.json()
        return body if answer.is_success and all(body[name] == value for name, value in fields.items()) else None

    return await eventually(look, f"{callback} to be {fields}")


async def test_a_caller_presses_the_key_and_is_called_back_for_the_agent(
    world: World, provider: TwilioProvider
) -> None:
    await world.has_queue("support", callbacks=True)
    call, enqueue = await called(world, provider)
    assert enqueue.message.callable
    await call.until(lambda: any("Press 1" in said for said in call.said))
    await call.press("1")
    asked = await world.first(RequestCallback, contact_id=enqueue.message.contact_id)
    back = await promised(world, enqueue, asked, announcement="We call you, promised.")
    await call.until_ended()
    assert call.said[-1] == "We call you, promised."
    opened = await world.first(ContactOpened, contact_id=back.contact_id)
    assert (opened.message.direction, opened.message.previous_contact_id) == ("outbound", enqueue.message.contact_id)
    closed = await world.first(ContactClosed, contact_id=enqueue.message.contact_id)
    assert (closed.message.outcome, closed.message.ended_by) == ("callback", "customer")
    waiting = await shown(world, back.contact_id, state="waiting")
    assert waiting["contact"] == enqueue.message.contact_id
    await accepted(world, back, "off_default.7")
    outgoing = await provider.call_to(CALLER)
    await outgoing.until_connected()
    assert (outgoing.caller, outgoing.agent) == (HOTLINE, "ann")
    await shown(world, back.contact_id, state="connected", attempts=1, agent="ann")
    await world.end_of(back, "off_default.7")
    await outgoing.until_ended()
    done = await shown(world, back.contact_id, state="done")
    assert done["last_reason"] is None
    assert (await world.first(ContactClosed, contact_id=back.contact_id)).message.outcome == "handled"


async def test_a_customer_who_is_busy_is_reported_tried_again_and_given_up(
    world: World, provider: TwilioProvider
) -> None:
    provider.customers = lambda _: "busy"
    _, enqueue = await called(world, provider)
    back = await promised(world, enqueue)
    await accepted(world, back, "off_default.7")
    told = await world.first(ReportNotReached, contact_id=back.contact_id)
    assert (told.message.offer_id, told.message.reason) == ("off_default.7", "busy")
    missed = callbacks.CallbackNotReached(entry=back, offer_id="off_default.7", holder=HOLDER, reason="busy")
    await world.decide(missed, causation=told.envelope.id)
    due = Timestamp(seconds=4_000_000_000)
    back.number, back.callback_attempt = 2, 2
    await world.decide(callbacks.CallbackScheduled(entry=back, due_at=due, not_after=due, reason="not-reached"))
    again = await shown(world, back.contact_id, state="scheduled", attempts=1, last_reason="busy", agent=None)
    assert again["due_at"] == "2096-10-02T07:06:40.000Z"
    await world.decide(callbacks.CallbackGivenUp(entry=back, reason="attempts-used"))
    await shown(world, back.contact_id, state="not_reached", last_reason="attempts-used")
    assert (await world.first(ContactClosed, contact_id=back.contact_id)).message.outcome == "not-reached"
    assert len(provider.calls_to(CALLER)) == 1


async def test_an_agent_who_ends_while_it_rings_stops_the_ringing(world: World, provider: TwilioProvider) -> None:
    provider.customers = lambda _: "ring"
    _, enqueue = await called(world, provider)
    back = await promised(world, enqueue)
    await accepted(world, back, "off_default.7")
    outgoing = await provider.call_to(CALLER)
    await outgoing.until(lambda: outgoing.activity == "ringing-out")
    await shown(world, back.contact_id, state="calling")
    await world.end_of(back, "off_default.7")
    await outgoing.until_ended()
    assert outgoing.status == "canceled"
    assert world.all_of(ReportNotReached) == []


@pytest.mark.parametrize("answer_first", [True, False])
async def test_a_texter_asks_through_an_agent_and_the_answer_is_the_callback(
    world: World, provider: TwilioProvider, answer_first: bool
) -> None:
    """Whoever applies routing's event first, the reader that answers or the group, there is one callback."""
    await provider.incoming_sms(from_=CALLER, to=TEXT_LINE, body="Please call me.")
    enqueue = await world.first(EnqueueContact, channel="sms")
    asking = asyncio.create_task(
        world.ask("POST", "/v1/callbacks", {"contact": enqueue.message.contact_id}, who="ann", roles=("agent",))
    )
    asked = await world.first(RequestCallback, contact_id=enqueue.message.contact_id)
    back = await promised(world, enqueue, asked if answer_first else None)
    if not answer_first:
        await world.becomes(enqueue.message.contact_id, state="closed")
        await world.succeed(asked)
    answer = await asking
    assert answer.status_code == 201, answer.text
    assert (answer.json()["id"], answer.json()["address"]) == (back.contact_id, CALLER)
    assert any("call you back" in text for text in await provider.texts_to(CALLER))
    # Who published is not sure that it did, and publishes the same event again.
    opened = {seen.envelope.id for seen in world.seen if isinstance(seen.message, ContactOpened)}
    assert len(opened) <= 2
    contact = await world.ok("GET", f"/v1/contacts/{enqueue.message.contact_id}")
    assert (contact["outcome"], contact["called_back_by"]) == ("callback", back.contact_id)


async def test_a_callback_arranged_by_an_integration_is_made_from_a_number_of_ours(
    world: World, provider: TwilioProvider
) -> None:
    body = {"queue": "support", "address": CALLER, "note": "About the invoice."}
    asking = asyncio.create_task(world.ok("POST", "/v1/callbacks", body, who="crm", roles=("partner",)))
    enqueue = await world.first(EnqueueContact, channel="voice")
    entry = world.entry(enqueue.message)
    entry.callback_attempt = 1
    await world.decide(routing.ContactQueued(entry=entry), causation=enqueue.envelope.id)
    made = await asking
    assert made["id"] == enqueue.message.contact_id
    await accepted(world, entry, "off_default.7")
    outgoing = await provider.call_to(CALLER)
    await outgoing.until_connected()
    assert outgoing.caller == HOTLINE
    await outgoing.hang_up()
    await shown(world, made["id"], state="connected", note="About the invoice.")


async def test_no_number_leaves_the_gateway_but_to_the_provider(world: World, provider: TwilioProvider) -> None:
    call, enqueue = await called(world, provider)
    back = await promised(world, enqueue)
    await accepted(world, back, "off_default.7")
    outgoing = await provider.call_to(CALLER)
    await outgoing.until_connected()
    await world.end_of(back, "off_default.7")
    await shown(world, back.contact_id, state="done")
    assert not any(CALLER in str(seen.message) for seen in world.seen)
    digits = CALLER.removeprefix("+")
    assert digits not in world.gateway.said()
    assert call.ended
