"""How many are in a queue, from the engine of its pool: this replica's, or another's over internal HTTP."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from urllib.parse import quote

import httpx

from services.routing.application.live_queries import LiveQueries
from services.routing.application.ports import PoolKey
from services.routing.application.settings.errors import PoolMoving
from switchyard.service.identity import HEADER, Principal, sign_internal
from switchyard.service.telemetry import inject_trace

_SECONDS = 2.0


class ReplicasQueues:
    """LiveQueues; `owners` tells at which address each pool of a tenant is served, `address` is this replica's own."""

    def __init__(
        self,
        queries: LiveQueries,
        owners: Callable[[str], Awaitable[Mapping[PoolKey, str]]],
        *,
        address: str,
        client: httpx.AsyncClient,
        secret: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._queries = queries
        self._owners = owners
        self._address = address
        self._client = client
        self._secret = secret
        self._clock = clock

    async def contacts_in(self, tenant: str, pool: str, queue_id: str) -> int:
        key = PoolKey(tenant=tenant, pool_id=pool)
        here = self._queries.contacts_in(key, queue_id)
        if here is not None:
            return here
        owner = (await self._owners(tenant)).get(key)
        if owner is None:
            # Nothing has happened in the pool yet, so nobody is in it.
            return 0
        if owner == self._address:
            raise PoolMoving(pool)
        return await self._asked(owner, key, queue_id)

    async def _asked(self, owner: str, key: PoolKey, queue_id: str) -> int:
        path = "/".join(quote(part, safe="") for part in (key.tenant, key.pool_id, "queues", queue_id, "contacts"))
        try:
            answer = await self._client.get(
                f"{owner}/internal/pools/{path}", headers=inject_trace(self._identity(key.tenant)), timeout=_SECONDS
            )
            answer.raise_for_status()
            return int(answer.json()["contacts"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise PoolMoving(key.pool_id) from error

    def _identity(self, tenant: str) -> dict[str, str]:
        asker = Principal(
            tenant=tenant, subject="routing", roles=frozenset({"admin"}), credential_id="internal:routing"
        )
        return {HEADER: sign_internal(asker, self._secret, self._clock())}
