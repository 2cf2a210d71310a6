"""What somebody left behind before the demo would be counted against it: open contacts, and agents signed in."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
from rich.console import Console

from cli.demo.listing import every
from cli.demo.stage import DoorRefusedError, expect

#: Ended contacts that nobody wraps up wait for the queue's limit.
MOST_SECONDS = 150.0
#: Sign-outs under way at once.
SIDE_BY_SIDE = 8


async def end_leftovers(http: httpx.AsyncClient, api: str, token: str, console: Console) -> None:
    """End every open contact of the tenant and wait until all are closed. Raises DoorRefusedError."""
    headers = {"Authorization": f"Bearer {token}"}
    until = asyncio.get_running_loop().time() + MOST_SECONDS
    told = False
    while open_contacts := await _open(http, api, headers):
        if not told:
            console.print(f"{len(open_contacts)} contacts are open from before; they are ended first.")
            told = True
        if asyncio.get_running_loop().time() > until:
            raise DoorRefusedError(f"{len(open_contacts)} contacts from before do not close; see GET /v1/contacts")
        for contact in open_contacts:
            expect(await http.post(f"{api}/v1/contacts/{contact}/end", headers=headers), 200, 202, 409)
        await asyncio.sleep(1)


async def _open(http: httpx.AsyncClient, api: str, headers: dict[str, str]) -> list[str]:
    found: list[str] = []
    for state in ("waiting", "talking", "wrap_up"):
        page = expect(await http.get(f"{api}/v1/contacts?state={state}&limit=200", headers=headers), 200)
        found.extend(contact["id"] for contact in page["items"])
    return found


async def sign_out_all(http: httpx.AsyncClient, endpoints: Mapping[str, Any]) -> None:
    """Set every agent of the tenant offline: the time of one who stays is counted on. Raises DoorRefusedError."""
    headers = {"Authorization": f"Bearer {endpoints['tokens']['supervisor']}"}
    some = asyncio.Semaphore(SIDE_BY_SIDE)

    async def sign_out(agent: str) -> None:
        async with some:
            path = f"{endpoints['api']}/v1/agents/{agent}/state"
            expect(await http.put(path, json={"state": "offline"}, headers=headers), 200, 202)

    await asyncio.gather(*(sign_out(agent["id"]) for agent in await every("agents", http, endpoints)))
