"""Simulations in MongoDB: results as compressed JSON, dropped after a month."""

import json
import zlib
from collections.abc import Sequence
from typing import Any

from services.routing.application.simulations.ports import Failure, Simulation
from services.routing.simulation.reader import Fault
from switchyard.mongo.client import Database, Document
from switchyard.mongo.failures import translated

KEPT_DAYS = 30
#: Below MongoDB's 16 MB a document, with room for the rest of it.
MOST_RESULT_BYTES = 15_000_000


class MongoSimulations:
    def __init__(self, database: Database) -> None:
        self._simulations = database["simulations"]

    async def prepare(self) -> None:
        """Create the indexes; safe to repeat. Raises StoreUnavailable."""
        with translated():
            await self._simulations.create_index("created_at", expireAfterSeconds=KEPT_DAYS * 86_400)

    async def save(self, simulation: Simulation) -> None:
        with translated():
            document = to_document(simulation)
            await self._simulations.replace_one({"_id": document["_id"]}, document, upsert=True)

    async def find(self, tenant: str, id: str) -> Simulation | None:  # noqa: A002 - the field's own name
        with translated():
            found = await self._simulations.find_one({"_id": _key(tenant, id)})
        return None if found is None else from_document(found)

    async def page(self, tenant: str, *, limit: int, before: str | None) -> Sequence[Simulation]:
        # "0" is the character after "/", so this is everything of the tenant.
        span = {"$gte": _key(tenant, ""), "$lt": f"{tenant}0" if before is None else _key(tenant, before)}
        with translated():
            cursor = self._simulations.find({"_id": span}, {"results": 0}).sort("_id", -1).limit(limit)
            return [from_document(document) for document in await cursor.to_list(limit)]


def to_document(simulation: Simulation) -> Document:
    results = None if simulation.results is None else zlib.compress(json.dumps(simulation.results).encode(), 6)
    if results is not None and len(results) > MOST_RESULT_BYTES:
        return to_document(_without_results(simulation))
    failure = simulation.failure
    return {
        "_id": _key(simulation.tenant, simulation.id),
        "tenant": simulation.tenant,
        "id": simulation.id,
        "name": simulation.name,
        "created_by": simulation.created_by,
        "created_at": simulation.created_at,
        "updated_at": simulation.updated_at,
        "stage": simulation.stage,
        "progress": simulation.progress,
        "results": results,
        "failure": None if failure is None else _failure_document(failure),
    }


def from_document(document: Document) -> Simulation:
    results, failure = document.get("results"), document["failure"]
    return Simulation(
        tenant=document["tenant"],
        id=document["id"],
        name=document["name"],
        created_by=document["created_by"],
        created_at=document["created_at"],
        updated_at=document["updated_at"],
        stage=document["stage"],
        progress=float(document["progress"]),
        results=None if results is None else json.loads(zlib.decompress(results)),
        failure=None if failure is None else _read_failure(failure),
    )


def _without_results(simulation: Simulation) -> Simulation:
    detail = "The results are too large to be kept: simulate fewer queues, or a shorter time."
    return Simulation(
        tenant=simulation.tenant,
        id=simulation.id,
        name=simulation.name,
        created_by=simulation.created_by,
        created_at=simulation.created_at,
        updated_at=simulation.updated_at,
        stage="failed",
        progress=1.0,
        failure=Failure(code="results-too-large", detail=detail),
    )


def _failure_document(failure: Failure) -> Document:
    faults = [{"pointer": fault.pointer, "detail": fault.detail} for fault in failure.faults]
    return {"code": failure.code, "detail": failure.detail, "faults": faults}


def _read_failure(document: dict[str, Any]) -> Failure:
    faults = tuple(Fault(each["pointer"], each["detail"]) for each in document["faults"])
    return Failure(code=document["code"], detail=document["detail"], faults=faults)


def _key(tenant: str, id: str) -> str:  # noqa: A002 - the field's own name
    return f"{tenant}/{id}"
