"""The door from outside, on a real broker and database: commands, keys, streams, across replicas."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from switchyard.events.routing.v1 import contact_routing_events_pb2 as contacts
from switchyard.testing.polling import until
from tests.integration.gateway_door.world import Replica, World, accepted, entry, new_tenant, offer, refused, state


@asynccontextmanager
async def streaming(replica: Replica, bearer: str, *to: str) -> AsyncIterator[ClientConnection]:
    async with connect(replica.stream(bearer)) as socket:
        assert (await frame(socket))["type"] == "welcome"
        if to:
            await socket.send(json.dumps({"type": "subscribe", "to": list(to)}))
            for _ in to:
                assert (await frame(socket))["type"] == "snapshot"
        yield socket


async def frame(socket: ClientConnection) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), 10))
    return found


async def closing_code(socket: ClientConnection) -> int | None:
    """Read until the server closes."""
    try:
        while True:
            await frame(socket)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


async def test_an_offer_reaches_the_agents_socket_and_accepting_it_on_another_replica_ends_it(world: World) -> None:
    world.decide = lambda _message, command: [("contacts", accepted(command.offer_id, command.agent_id))]
    bearer = world.token("agent-1")
    async with world.replica() as here, world.replica() as there, streaming(here, bearer, "me") as socket:
        await world.announce("contacts", offer(1))
        offered = await frame(socket)
        assert offered["offer"]["id"] == "off_default.1"
        async with there.client(bearer) as client:
            answer = await client.post("/v1/offers/off_default.1/accept")
        assert (answer.status_code, answer.json()["state"]) == (200, "accepted")
        assert (await frame(socket))["outcome"] == "accepted"
        assert (await frame(socket))["state"] == "connected"
        assert (there.applied, here.applied) == (["OfferAccepted"], [])


async def test_one_idempotency_key_is_one_command_on_every_replica(world: World) -> None:
    world.decide = lambda _message, command: [("contacts", accepted(command.offer_id, command.agent_id))]
    bearer, key = world.token("agent-1"), {"Idempotency-Key": "once"}
    async with world.replica() as here, world.replica() as there, here.client(bearer) as a, there.client(bearer) as b:
        answers = await asyncio.gather(
            *(client.post("/v1/offers/off_default.1/accept", headers=key) for client in (a, b, a, b))
        )
        other = await b.post("/v1/offers/off_default.1/accept", json={"agent": "agent-1"}, headers=key)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert other.json()["code"] == "idempotency-key-reused"
    assert len(world.commands) == 1


async def test_a_refusal_and_a_missing_answer_are_told_apart(world: World) -> None:
    world.decide = lambda message, _command: [("outcomes", refused(message, "offer-closed"))]
    async with world.replica() as replica, replica.client(world.token("agent-1")) as client:
        answer = await client.post("/v1/offers/off_default.1/accept")
        assert (answer.status_code, answer.json()["code"]) == (409, "offer-closed")
        world.decide = lambda _message, _command: []
        late = await client.put("/v1/agents/agent-1/state", json={"state": "available"})
        assert late.status_code == 202
        assert (await client.get(late.headers["location"])).json()["state"] == "pending"
        await world.announce("agents", state("agent-1", "available"), cause=late.json()["id"])

        async def done() -> bool:
            return bool((await client.get(late.headers["location"])).json()["state"] == "done")

        await until(done, what="the late command is done")


async def test_an_api_key_made_at_one_replica_opens_the_other_until_it_is_removed(world: World) -> None:
    async with world.replica() as here, world.replica() as there:
        async with here.client(world.token("boss", "admin")) as admin:
            body = {"id": "partner", "name": "P", "roles": ["partner"]}
            made = await admin.post("/v1/api-keys", json=body, headers={"Idempotency-Key": "k"})
            again = await admin.post("/v1/api-keys", json=body, headers={"Idempotency-Key": "k"})
            assert made.json()["key"] == again.json()["key"]
            assert (await admin.post("/v1/api-keys", json=body)).status_code == 409
        stored = [document async for document in world.mongo["first_answers"].find()]
        assert made.json()["key"].encode() not in b"".join(document["answer"] for document in stored)
        headers = {"X-Api-Key": made.json()["key"]}
        async with httpx.AsyncClient(base_url=there.url, headers=headers) as partner:
            assert (await partner.get("/v1/api-keys")).json()["code"] == "role-missing"
        async with here.client(world.token("boss", "admin")) as admin:
            assert (await admin.delete("/v1/api-keys/partner")).status_code == 204
            assert (await admin.get("/v1/api-keys/partner")).status_code == 404


async def test_a_socket_without_a_good_token_is_refused_and_a_browser_may_send_it_as_subprotocol(world: World) -> None:
    async with world.replica() as replica:
        for bad in ("nonsense", world.token("agent-1", "partner")):
            with pytest.raises(InvalidStatus) as refusal:
                async with connect(replica.stream(bad)):
                    pass
            assert refusal.value.response.status_code in {401, 403}
            assert json.loads(refusal.value.response.body)["code"] in {"token-malformed", "role-missing"}
        protocols = [Subprotocol(world.token("agent-1")), Subprotocol("switchyard.v1")]
        url = replica.stream("").partition("?")[0]
        async with connect(url, subprotocols=protocols) as socket:
            assert socket.subprotocol == "switchyard.v1"
            assert (await frame(socket))["type"] == "welcome"


async def test_a_broken_connection_resumes_without_a_gap_and_a_second_socket_takes_over(world: World) -> None:
    bearer = world.token("agent-1")
    async with world.replica() as replica:
        async with connect(replica.stream(bearer)) as first:
            token = (await frame(first))["token"]
            await first.send('{"type": "subscribe", "to": "me"}')
            assert (await frame(first))["seq"] == 2
            await world.announce("contacts", offer(1))
            assert (await frame(first))["seq"] == 3
        for number in (2, 3):
            await world.announce("contacts", offer(number))
        async with connect(replica.stream(bearer)) as second:
            await frame(second)
            await second.send(json.dumps({"type": "resume", "token": token, "last_seq": 3}))
            seen = [await frame(second) for _ in range(3)]
            assert sorted(each["seq"] for each in seen) == [4, 5, 6]
            assert {each["type"] for each in seen} == {"offer", "resumed"}
            async with connect(replica.stream(bearer)) as third:
                await frame(third)
                await third.send(json.dumps({"type": "resume", "token": token, "last_seq": 6}))
                assert (await frame(third))["type"] == "resumed"
                assert await closing_code(second) == 4409
        async with connect(replica.stream(world.token("agent-2"))) as stranger:
            await frame(stranger)
            await stranger.send(json.dumps({"type": "resume", "token": token, "last_seq": 3}))
            assert (await frame(stranger))["code"] == "resume-unknown"


async def test_bad_frames_are_told_and_the_socket_stays(world: World) -> None:
    async with world.replica() as replica, streaming(replica, world.token("agent-1")) as socket:
        for bad, code in (
            ("{", "malformed-json"),
            ("[]", "frame-invalid"),
            ('{"type": "dance"}', "frame-unknown"),
            ('{"type": "subscribe"}', "frame-invalid"),
            ('{"type": "subscribe", "to": "live"}', "role-missing"),
            ('{"type": "typing", "contact": "cnt_9", "typing": true}', "not-the-holder"),
            ('{"type": "resume", "token": "x", "last_seq": 1}', "frame-invalid"),
            ("x" * 20_000, "frame-too-large"),
        ):
            await socket.send(bad)
            assert (await frame(socket))["code"] == code
        await socket.send('{"type": "ping"}')
        assert (await frame(socket))["type"] == "pong"


async def test_a_replica_that_ends_says_so_to_its_sockets(world: World) -> None:
    async with world.replica() as replica, streaming(replica, world.token("agent-1"), "me") as socket:
        replica.health.draining.set()
        assert await closing_code(socket) == 1012


@asynccontextmanager
async def events(client: httpx.AsyncClient, **params: Any) -> AsyncIterator[AsyncIterator[dict[str, str]]]:
    async with client.stream("GET", "/v1/events", params=params) as answer:
        assert answer.status_code == 200, await answer.aread()
        yield _parsed(answer)


async def _parsed(answer: httpx.Response) -> AsyncIterator[dict[str, str]]:
    found: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if not line:
            yield found
            found = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(": ")
            found[name] = value


async def test_partners_read_their_tenants_events_and_go_on_from_the_cursor(world: World) -> None:
    other = new_tenant()
    async with world.replica() as replica, replica.client(world.token("p", "partner")) as client:
        async with events(client, topic="routing-events-v1") as stream:
            start = (await anext(stream))["id"]
            await world.announce("contacts", contacts.ContactQueued(entry=entry("cnt_x")), tenant=other)
            for number in (1, 2, 3):
                await world.announce("contacts", offer(number))
            first = await anext(stream)
            event = json.loads(first["data"])
        assert event["tenant"] == world.tenant
        assert event["type"] == "switchyard.events.routing.v1.OfferMade"
        assert event["data"]["entry"]["contact_id"] == "cnt_1"
        async with events(client, topic="routing-events-v1", after=first["id"]) as stream:
            await anext(stream)
            again = [json.loads((await anext(stream))["data"])["sequence"] for _ in range(2)]
        assert again == [2, 3]
        headers = {"Last-Event-ID": start}
        async with client.stream("GET", "/v1/events?topic=routing-events-v1&after=junk", headers=headers) as answer:
            stream = _parsed(answer)
            await anext(stream)
            everything = [json.loads((await anext(stream))["data"])["sequence"] for _ in range(3)]
        assert everything == [1, 2, 3]


async def test_what_is_no_public_topic_no_cursor_or_no_partner_is_refused(world: World) -> None:
    async with world.replica() as replica, replica.client(world.token("p", "partner")) as client:
        for query, status, code in (
            ("topic=routing-commands-v1", 404, "topic-unknown"),
            ("topic=nothing", 404, "topic-unknown"),
            ("topic=routing-events-v1&after=%21%21", 400, "invalid-cursor"),
            ("topic=routing-events-v1&after=W10", 400, "invalid-cursor"),
            ("", 422, "invalid-request"),
        ):
            answer = await client.get(f"/v1/events?{query}")
            assert (answer.status_code, answer.json()["code"]) == (status, code)
        async with replica.client(world.token("agent-1")) as agent:
            assert (await agent.get("/v1/events?topic=routing-events-v1")).status_code == 403


async def test_a_stream_of_events_ends_when_its_replica_does(world: World) -> None:
    async with (
        world.replica() as replica,
        replica.client(world.token("p", "partner")) as client,
        events(client, topic="routing-events-v1") as stream,
    ):
        await anext(stream)
        replica.health.draining.set()
        assert [each async for each in stream] == []
