"""Whole lists of the tenant's settings, page by page."""

from collections.abc import Mapping
from typing import Any

import httpx

from cli.demo.stage import expect


async def every(kind: str, http: httpx.AsyncClient, endpoints: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return everything of `/v1/<kind>`. Raises DoorRefusedError."""
    headers = {"Authorization": f"Bearer {endpoints['tokens']['admin']}"}
    found: list[dict[str, Any]] = []
    query = {"limit": "200"}
    while True:
        page = expect(await http.get(f"{endpoints['api']}/v1/{kind}", params=query, headers=headers), 200)
        found.extend(page["items"])
        if not page["next"]:
            return found
        query["cursor"] = page["next"]
