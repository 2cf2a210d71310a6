"""Reading one collection of aggregates over all tenants, for background work that belongs to no request."""

from collections.abc import Mapping, Sequence
from typing import Any

from switchyard.mongo.client import Collection
from switchyard.mongo.failures import translated


class MongoScan:
    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def bodies(
        self, filters: Mapping[str, Any], *, sort: Sequence[tuple[str, int]], limit: int
    ) -> list[Mapping[str, Any]]:
        """Return the bodies of matching aggregates. Raises StoreUnavailable."""
        query = {f"body.{name}": wanted for name, wanted in filters.items()}
        order = [(f"body.{name}", direction) for name, direction in sort]
        with translated():
            found = await self._collection.find(query, {"body": 1}).sort(order).limit(limit).to_list(limit)
        return [document["body"] for document in found]
