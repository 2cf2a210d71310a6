"""The widget in a real browser: a customer types, an agent answers, the page is reloaded, a rating is given."""

import asyncio
import itertools
import json
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import websockets

from switchyard.events.gateway.v1.delivery_events_pb2 import DeliveryAnswered
from switchyard.internal.routing.v1.commands_pb2 import EnqueueContact
from switchyard.stack.ports import free_port
from tests.integration.gateway.customer_socket import until
from tests.integration.gateway.world import World

CHROMIUM = shutil.which("chromium") or ""
PATIENCE_SECONDS = 60
EMBED = """(key => { const s = document.createElement('script'); s.src = '/widget.js'; s.dataset.siteKey = key;
  s.dataset.open = ''; s.dataset.language = 'zh'; document.body.append(s); })(%s)"""
ROOT = "document.querySelector('[data-switchyard-chat]')?.shadowRoot"


class Page:
    """A browser's page, by its debugging protocol."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)

    async def ask(self, method: str, **parameters: Any) -> Any:
        number = next(self._numbers)
        await self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(await self._socket.recv())
            if answer.get("id") == number:
                return answer["result"]

    async def run(self, script: str) -> Any:
        answer = await self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        assert answer["result"].get("className") != "SyntaxError", answer
        return answer["result"].get("value")

    async def sees(self, script: str) -> None:
        """Wait until the script is true."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not await self.run(script):
            if time.monotonic() > end:
                raise AssertionError(f"{script} never was true of {await self.run(f'{ROOT}?.innerHTML')}")
            await asyncio.sleep(0.05)

    async def open(self, url: str, site_key: str) -> None:
        await self.ask("Page.navigate", url=url)
        await self.sees("document.readyState === 'complete' && location.pathname === '/agent'")
        await self.run(EMBED % json.dumps(site_key))
        await self.sees(f"!!{ROOT}?.querySelector('section:not([hidden])')")


@pytest.fixture
def browser_port(tmp_path: Path) -> Iterator[int]:
    """The debugging port of a browser of the test's own."""
    if not CHROMIUM:
        pytest.skip("needs chromium")
    port = free_port()
    options = ("--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}")
    browser = subprocess.Popen(
        [CHROMIUM, *options, f"--remote-debugging-port={port}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield port
    browser.kill()
    browser.wait()


@pytest_asyncio.fixture
async def page(browser_port: int) -> AsyncIterator[Page]:
    async with websockets.connect(await _address(browser_port), max_size=None) as socket:
        yield Page(socket)


async def _address(port: int) -> str:
    async with httpx.AsyncClient() as client, asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                pages = (await client.get(f"http://127.0.0.1:{port}/json")).json()
                return str(next(each["webSocketDebuggerUrl"] for each in pages if each["type"] == "page"))
            except (httpx.HTTPError, StopIteration):
                await asyncio.sleep(0.1)


async def test_a_customer_chats_reloads_and_rates(world: World, page: Page) -> None:
    url, key = f"{world.gateway.url}/agent", f"{world.tenant}-support"
    await page.open(url, key)
    await page.run(f"{ROOT}.querySelector('form.f').requestSubmit()")
    await page.sees(f"{ROOT}.querySelector('ol').textContent.includes('Hello at support')")
    await page.run(f"Object.assign({ROOT}.querySelector('textarea'), {{value: '你好 <b>'}})")
    await page.run(f"{ROOT}.querySelector('form:not(.f)').requestSubmit()")
    await page.sees(f"{ROOT}.querySelector('li.customer small').textContent === '已发送'")

    enqueue = await until(lambda: next(iter(_asked(world)), None), "the contact is enqueued")
    contact = enqueue.message.contact_id
    entry = await world.accepted(enqueue)
    await world.agent("POST", f"/v1/contacts/{contact}/messages", {"text": "How can I help?"})
    await page.sees(f"{ROOT}.querySelector('li.agent')?.textContent.includes('How can I help?')")

    await page.open(url + "?again", key)
    await page.sees(f"{ROOT}.querySelectorAll('li').length === 3")
    assert await page.run(f"{ROOT}.querySelector('li.customer span').textContent") == "你好 <b>"

    await world.end(entry, disposition="resolved")
    await world.deliver(contact, f"ntc_w{world.tenant}", survey="sur_w")
    await page.sees(f"{ROOT}.querySelectorAll('fieldset button').length === 5")
    await page.run(f"{ROOT}.querySelectorAll('fieldset button')[3].click()")
    await page.sees(f"{ROOT}.textContent.includes('谢谢您的评价')")
    assert (await world.first(DeliveryAnswered)).message.rating == 4


def _asked(world: World) -> list[Any]:
    return [seen for seen in world.seen if isinstance(seen.message, EnqueueContact)]
