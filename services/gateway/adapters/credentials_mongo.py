"""API keys in the gateway's database, one document each under `<tenant>/<id>`."""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo.errors import DuplicateKeyError

from services.gateway.application.door.api_keys import ApiKey, ApiKeyChanged, ApiKeyExists
from switchyard.mongo.client import Database
from switchyard.mongo.failures import translated

_MOST_LISTED = 1000


class MongoApiKeys:
    """The ApiKeys port over a collection; the tenant is part of every `_id`. Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._collection = database["api_keys"]

    async def find(self, tenant: str, key_id: str) -> ApiKey | None:
        with translated():
            document = await self._collection.find_one({"_id": f"{tenant}/{key_id}"})
        return _key(document) if document else None

    async def all(self, tenant: str) -> Sequence[ApiKey]:
        with translated():
            cursor = self._collection.find({"tenant": tenant}).sort("_id", 1).limit(_MOST_LISTED)
            return [_key(document) for document in await cursor.to_list(length=None)]

    async def add(self, key: ApiKey) -> None:
        with translated():
            try:
                await self._collection.insert_one(_document(key))
            except DuplicateKeyError as error:
                raise ApiKeyExists(key.id) from error

    async def replace(self, previous: ApiKey, key: ApiKey) -> None:
        mark = {"_id": f"{previous.tenant}/{previous.id}", "version": previous.version}
        with translated():
            answer = await self._collection.replace_one(mark, _document(key))
        if answer.matched_count == 0:
            raise ApiKeyChanged(key.id)

    async def remove(self, tenant: str, key_id: str) -> bool:
        with translated():
            answer = await self._collection.delete_one({"_id": f"{tenant}/{key_id}"})
        return answer.deleted_count == 1


def _document(key: ApiKey) -> dict[str, Any]:
    return {
        "_id": f"{key.tenant}/{key.id}",
        "tenant": key.tenant,
        "id": key.id,
        "name": key.name,
        "roles": sorted(key.roles),
        "digest": key.digest,
        "created_at": key.created_at,
        "created_by": key.created_by,
        "version": key.version,
        "rotated_at": key.rotated_at,
        "previous": key.previous,
        "previous_until": key.previous_until,
    }


def _key(document: Mapping[str, Any]) -> ApiKey:
    fields = {name: value for name, value in document.items() if name not in {"_id", "roles"}}
    return ApiKey(**fields, roles=frozenset(document["roles"]))
