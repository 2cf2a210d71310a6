"""G12: the routes by which customers' messages come in, beside FastAPI + pydantic taking the same message.

Compared is what the server's process spends on a request, so neither the client nor a busy machine shows in it.
"""

import asyncio
import json
import multiprocessing
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlencode

from fastapi import FastAPI
from twilio.request_validator import RequestValidator
from websockets.asyncio.client import connect

from switchyard.stack.ports import free_port
from tests.bench.bare_path import listening
from tests.bench.door import Door
from tests.bench.intake_apps import ACCOUNT, SMS_PATH, TOKEN, our_chat, our_sms, plain_chat, plain_sms, serve
from tests.bench.report import Figure, judged
from tests.bench.timing import cpu_seconds

AIM = 2.2
CLIENTS = 16
_ROUNDS = 3
_TEXT = "My card does not work, and I have waited for an hour. 我的卡不能用。"


@dataclass(frozen=True, slots=True)
class Server:
    pid: int
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


#: Sends so many messages, one after the other.
Client = Callable[[Server, int], Awaitable[None]]


async def measure(*, messages: int) -> list[Figure]:
    return [
        await _compared("SMS webhook", (our_sms, send_sms), (plain_sms, send_sms), messages),
        await _compared("chat message", (our_chat, say_in_chat), (plain_chat, post_message), messages),
    ]


async def _compared(
    what: str, ours: tuple[Callable[[str], FastAPI], Client], peer: tuple[Callable[[str], FastAPI], Client], count: int
) -> Figure:
    async with serving(ours[0]) as server, serving(peer[0]) as plain:
        pairs = [
            (await _microseconds(server, ours[1], count), await _microseconds(plain, peer[1], count))
            for _ in range(_ROUNDS)
        ]
    ours_us, plain_us = median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
    ratio = median(plain_us / ours_us for ours_us, plain_us in pairs)
    return _figure(what, ours_us, plain_us, ratio, count)


async def _microseconds(server: Server, client: Client, count: int) -> float:
    """CPU of the server a message, with CLIENTS at once."""
    before = cpu_seconds(server.pid)
    each = max(count // CLIENTS, 1)
    await asyncio.gather(*(client(server, each) for _ in range(CLIENTS)))
    return max(cpu_seconds(server.pid) - before, 0.01) / (each * CLIENTS) * 1e6


@asynccontextmanager
async def serving(make: Callable[[str], FastAPI]) -> AsyncIterator[Server]:
    port = free_port()
    child = multiprocessing.get_context("spawn").Process(target=serve, args=(port, make), daemon=True)
    child.start()
    try:
        await listening(port)
        assert child.pid is not None
        yield Server(child.pid, port)
    finally:
        child.kill()
        child.join()


async def send_sms(server: Server, count: int) -> None:
    door, validator = Door(server.url), RequestValidator(TOKEN)
    for _ in range(count):
        form = {
            "AccountSid": ACCOUNT,
            "MessageSid": f"SM{uuid.uuid4().hex}",
            "From": "+18885550100",
            "To": "+19995550100",
            "Body": _TEXT,
        }
        signature = str(validator.compute_signature(server.url + SMS_PATH, form))
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
        await door.send("POST", SMS_PATH, urlencode(form).encode(), headers)
    door.close()


async def say_in_chat(server: Server, count: int) -> None:
    url = server.url.replace("http", "ws", 1) + "/v1/chat?site_key=bench"
    async with connect(url, proxy=None) as socket:
        await socket.send(json.dumps({"type": "start", "client_id": uuid.uuid4().hex}))
        for number in range(count):
            await socket.send(json.dumps({"type": "message", "client_id": f"m{number}", "text": _TEXT}))
            while json.loads(await socket.recv())["type"] != "delivered":
                pass


async def post_message(server: Server, count: int) -> None:
    door = Door(server.url)
    for number in range(count):
        await door.post("/v1/contacts/cnt_1/messages", {"client_id": f"m{number}", "text": _TEXT}, token="none")
    door.close()


def _figure(what: str, ours_us: float, plain_us: float, ratio: float, count: int) -> Figure:
    return Figure(
        id="G12",
        what=f"intake route: {what}",
        aim=f">= {AIM} x FastAPI + pydantic",
        measured=f"{1e6 / ours_us:,.0f} : {1e6 / plain_us:,.0f} a second of one core",
        ratio=f"{ratio:.2f}",
        how=f"{count} messages, {CLIENTS} clients, {_ROUNDS} turns; CPU of the server; nothing stored by either",
        verdict=judged(ratio >= AIM),
        short=(
            f"{what}: {ours_us:.0f} us of CPU a message against {plain_us:.0f} us. Ours also carries request ids, a "
            "size limit, metrics and problem answers through the kit's middleware, which the peer has not."
        ),
    )
