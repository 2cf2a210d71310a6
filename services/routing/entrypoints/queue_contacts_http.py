"""GET /internal/pools/{tenant}/{pool}/queues/{queue}/contacts: how many are in a queue, for the other replicas."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.routing.application.live_queries import LiveQueries
from services.routing.application.ports import PoolKey
from switchyard.service.identity import Principal, require
from switchyard.service.problems import Problem


class QueueContacts(BaseModel):
    contacts: int


def queue_contacts_router(queries: LiveQueries) -> APIRouter:
    """Answered for pools that this replica runs; who asks knows which replica that is."""
    router = APIRouter(tags=["internal"], include_in_schema=False)

    @router.get("/internal/pools/{tenant}/{pool}/queues/{queue}/contacts")
    async def contacts(
        tenant: str, pool: str, queue: str, principal: Annotated[Principal, Depends(require("admin"))]
    ) -> QueueContacts:
        key = PoolKey(tenant=tenant, pool_id=pool)
        found = queries.contacts_in(key, queue) if principal.tenant == tenant else None
        if found is None:
            raise Problem(404, "pool-unknown", f"No pool {pool} runs here.")
        return QueueContacts(contacts=found)

    return router
