"""Routing falls behind with a pool: new contacts are asked to come again, what is inside goes on, and it recovers."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from http.server import ThreadingHTTPServer

import httpx
import pytest
import pytest_asyncio

from switchyard.events.routing.v1 import contact_routing_events_pb2 as routing_pb
from switchyard.internal.routing.v1.commands_pb2 import EndContact, EnqueueContact
from switchyard.testing.polling import until
from switchyard.testing.processes import Broker, RunningDatabase
from tests.integration.gateway.gateway_process import GatewayProcess, running_gateway
from tests.integration.gateway.world import World

#: So soon is a pool behind, that the tests need not wait for long.
BEHIND = {"SWITCHYARD_POOL_BEHIND_SECONDS": "1"}


@pytest.fixture(scope="module")
def hasty(
    broker: Broker,
    database: RunningDatabase,
    inside: ThreadingHTTPServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[GatewayProcess]:
    """A gateway that takes a pool to be behind after a second."""
    with running_gateway(broker, database, inside, tmp_path_factory.mktemp("hasty"), BEHIND) as process:
        yield process


@pytest_asyncio.fixture
async def world(hasty: GatewayProcess, broker: Broker, unique: str) -> AsyncIterator[World]:
    """A tenant whose queue `support` is of the pool that falls behind, and `mail` of another that does not."""
    async with World(gateway=hasty, broker=broker, tenant=f"t{unique}") as world:
        await world.has_queue("support")
        await world.has_queue("mail", pool="back")
        yield world


async def comes(world: World, queue: str = "support") -> httpx.Response:
    return await world.ask("POST", "/v1/contacts", {"channel": "fax", "queue": queue})


async def is_turned_away(world: World) -> httpx.Response:
    """Come again and again until it is."""

    answers: list[httpx.Response] = []

    async def refused() -> bool:
        answers.append(await comes(world))
        return answers[-1].status_code == 503

    await until(refused, what="a contact turned away")
    return answers[-1]


async def test_new_contacts_come_again_when_the_pool_has_caught_up(world: World) -> None:
    assert (await comes(world)).status_code == 201
    answer = await is_turned_away(world)
    assert (answer.json()["code"], answer.headers["Retry-After"]) == ("pool-behind", "5")
    assert (await comes(world, "mail")).status_code == 201
    for seen in [seen for seen in world.seen if isinstance(seen.message, EnqueueContact)]:
        await world.decide(
            routing_pb.ContactQueued(entry=world.entry(seen.message)),
            pool="back" if seen.message.queue_id == "mail" else "default",
            causation=seen.envelope.id,
        )

    async def let_in() -> bool:
        return (await comes(world)).status_code == 201

    await until(let_in, what="a contact let in again")
    told = [line for line in world.gateway.log.read_text().splitlines() if f"{world.tenant}/default" in line]
    assert ["falling-behind" in told[0], "caught-up" in told[-1]] == [True, True]


async def test_who_is_inside_goes_on_while_nobody_new_comes_in(world: World) -> None:
    chat = await world.chat()
    contact = chat.contact
    await is_turned_away(world)
    await chat.say(type="message", client_id="m1", text="still there?")
    await chat.next("delivered", client_id="m1")
    asking = asyncio.create_task(world.ask("POST", f"/v1/contacts/{contact}/end"))
    asked = await world.first(EndContact, contact_id=contact)
    await world.refuse(asked, "contact-ended")
    assert (await asking).json()["code"] == "contact-ended"


async def test_a_chat_that_would_start_is_asked_to_try_again(world: World) -> None:
    assert (await comes(world)).status_code == 201
    await is_turned_away(world)
    socket = await world.socket()
    await socket.say(type="start", client_id="c1")
    assert (await socket.next("error"))["code"] == "try-again"
