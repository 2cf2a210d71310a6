"""A gateway that is killed, stopped or slow: what was acknowledged stays, and customers find back."""

import asyncio
import json
from http.server import ThreadingHTTPServer
from typing import Any

import httpx
import pytest
import websockets

from switchyard.events.gateway.v1.contact_events_pb2 import LineAdded
from switchyard.events.gateway.v1.delivery_events_pb2 import DeliveryAnswered
from switchyard.events.routing.v1 import contact_routing_events_pb2 as routing_pb
from switchyard.internal.routing.v1.commands_pb2 import EndContact, EnqueueContact
from tests.integration.gateway.customer_socket import until
from tests.integration.gateway.world import World


async def test_what_was_delivered_survives_a_kill(world: World) -> None:
    chat, lost = await world.chat(), await world.chat()
    for number in range(5):
        await chat.say(type="message", client_id=f"m{number}", text=str(number))
        await chat.next("delivered", client_id=f"m{number}")
    world.gateway.kill()
    await asyncio.to_thread(world.gateway.start, "/healthz")

    again = await world.socket()
    await again.say(type="resume", token=chat.token, last_seq=2)
    for seq in range(3, 7):
        assert (await again.next("message", seq=seq))["text"] == str(seq - 2)
    await again.say(type="message", client_id="m4", text="4")
    assert (await again.next("delivered", client_id="m4"))["seq"] == 6
    # The other customer does not come back: who held the chat is gone, but its grace begins when it returns.
    await world.first(EndContact, contact_id=lost.contact)
    assert chat.contact not in {each.contact_id for each in world.all_of(EndContact)}

    def all_announced() -> bool | None:
        lines = {seen.envelope.sequence for seen in world.seen if _is_line_of(seen.message, chat.contact)}
        return True if lines == set(range(1, 7)) else None

    await until(all_announced, "every line is announced")


async def test_a_stop_sends_customers_away_and_they_find_back(world: World) -> None:
    chat = await world.chat()
    code = await asyncio.to_thread(world.gateway.stop)
    await asyncio.to_thread(world.gateway.start)
    assert code == 0
    assert await chat.closed() == 1012
    again = await world.socket()
    await again.say(type="resume", token=chat.token, last_seq=0)
    assert (await again.next("started"))["contact"] == chat.contact


async def test_a_waiting_customer_is_told_their_place(world: World, inside: ThreadingHTTPServer) -> None:
    await world.has_queue("busy")
    chat = await world.chat("busy")
    enqueue = await world.first(EnqueueContact, contact_id=chat.contact)
    entry = world.entry(enqueue.message)
    waiting = inside.waiting  # type: ignore[attr-defined]
    waiting["busy"] = [{"contact": chat.contact, "position": 2, "estimated_wait_seconds": 40}]
    await world.decide(routing_pb.ContactQueued(entry=entry))
    assert (await chat.next("queued", position=2))["estimated_wait_seconds"] == 40
    waiting["busy"] = [{"contact": chat.contact, "position": 1, "estimated_wait_seconds": 20}]
    other = routing_pb.Entry(contact_id="cnt_other", number=1, queue_id="busy", channel="chat", pool_id="default")
    await world.decide(routing_pb.ContactAbandoned(entry=other, ended_by="customer"))
    await chat.next("queued", position=1)


async def test_typing_passes_both_ways(world: World) -> None:
    chat = await world.chat()
    await world.accepted(await world.first(EnqueueContact, contact_id=chat.contact))
    address = world.gateway.url.replace("http", "ws") + "/v1/stream"
    headers = {"Authorization": f"Bearer {world.token('ann', 'agent')}"}
    async with websockets.connect(address, additional_headers=headers) as stream:
        await stream.send(json.dumps({"type": "subscribe", "to": "me"}))
        await _heard(stream, "snapshot")
        await stream.send(json.dumps({"type": "typing", "contact": chat.contact, "typing": True}))
        assert (await chat.next("typing"))["from"] == "agent"
        await chat.say(type="typing", typing=True)
        assert (await _heard(stream, "typing"))["from"] == "customer"


async def _heard(stream: websockets.ClientConnection, kind: str) -> dict[str, Any]:
    async with asyncio.timeout(20):
        async for raw in stream:
            frame: dict[str, Any] = json.loads(raw)
            if frame["type"] == kind:
                return frame
    raise AssertionError(f"the stream closed before {kind}")


async def test_a_rating_is_counted_once(world: World) -> None:
    chat = await world.chat()
    entry = await world.accepted(await world.first(EnqueueContact, contact_id=chat.contact))
    await world.end(entry, disposition="resolved")
    await world.deliver(chat.contact, "ntc_3" + world.tenant, survey="sur_3")
    await world.deliver(chat.contact, "ntc_3" + world.tenant, survey="sur_3")
    await chat.next("survey")
    await chat.say(type="survey_answer", rating=9)
    await chat.next("error", code="rating-off-scale")
    for rating in (5, 1):
        await chat.say(type="survey_answer", rating=rating)
        assert (await chat.next("delivered", survey="sur_3"))["rating"] == 5
    await world.first(DeliveryAnswered)
    assert [each.rating for each in world.all_of(DeliveryAnswered)] == [5]


@pytest.mark.parametrize("path", ["/chat", "/widget.js", "/agent", "/agent.js"])
async def test_the_pages_and_the_widget_are_served(world: World, path: str) -> None:
    async with httpx.AsyncClient(base_url=world.gateway.url) as browser:
        answer = await browser.get(path)
        assert (answer.status_code, len(answer.content) > 500) == (200, True)


async def test_a_transcript_is_told_to_insiders_only(world: World) -> None:
    chat = await world.chat()
    path = f"/internal/contacts/{chat.contact}/transcript"
    assert (await world.ask("GET", path)).status_code == 401
    told = await world.inside("GET", path)
    assert [(each["author"], each["automatic"]) for each in told["lines"]] == [("system", True)]


def _is_line_of(message: object, contact_id: str) -> bool:
    return isinstance(message, LineAdded) and message.contact_id == contact_id
