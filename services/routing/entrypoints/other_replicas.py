"""Asking the replica that runs a pool, where this one does not."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import httpx
from fastapi import Request
from pydantic import BaseModel

from services.routing.application.ports import PoolKey
from switchyard.service.identity import HEADER
from switchyard.service.telemetry import inject_trace

#: Set on a forwarded request, so that two replicas that both think the other has it do not ask each other for ever.
FORWARDED = "X-Switchyard-Forwarded"
_SECONDS = 2.0

Owners = Callable[[str], Awaitable[Mapping[PoolKey, str]]]
BodyT = TypeVar("BodyT", bound=BaseModel)


async def ask_one(client: httpx.AsyncClient, address: str, request: Request, body: type[BodyT]) -> BodyT | None:
    """Pass a request on; None where the other replica has not what is asked for, or is not there."""
    headers = inject_trace({HEADER: request.headers.get(HEADER, ""), FORWARDED: "1"})
    try:
        response = await client.get(f"{address}{request.url.path}", headers=headers, timeout=_SECONDS)
    except httpx.HTTPError:
        return None
    return body.model_validate_json(response.content) if response.status_code == httpx.codes.OK else None


async def ask_each(
    client: httpx.AsyncClient, owners: Mapping[PoolKey, str], own_address: str, request: Request, body: type[BodyT]
) -> BodyT | None:
    """Pass a request on to one replica after the other, until one has what is asked for."""
    for address in sorted(set(owners.values()) - {own_address}):
        answer = await ask_one(client, address, request, body)
        if answer is not None:
            return answer
    return None
