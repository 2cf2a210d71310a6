"""The journal in MongoDB: inserts only, each under a number that one writer gets."""

from collections.abc import AsyncGenerator, Sequence

from pymongo.errors import BulkWriteError, DuplicateKeyError

from services.routing.adapters.journal_documents import BY_NUMBER, from_document, numbered, pool_key, to_document
from services.routing.adapters.mongo_snapshots import MongoSnapshots
from services.routing.application.ports import JournalEntry, PoolKey, PoolSnapshot
from switchyard.mongo.client import Database, Document
from switchyard.mongo.duplicates import only_duplicates
from switchyard.mongo.failures import translated

_READ_AT_ONCE = 200


class MongoJournal:
    """`instance` and `address` tell who serves a pool, and where its live reads are answered."""

    def __init__(self, database: Database, *, instance: str, address: str) -> None:
        self._entries = database["journal"]
        self._pools = database["pools"]
        self._snapshots = MongoSnapshots(database)
        self._instance = instance
        self._address = address

    async def prepare(self) -> None:
        """Create the indexes; safe to repeat. Raises StoreUnavailable."""
        with translated():
            await self._entries.create_index("contacts")
            await self._entries.create_index(BY_NUMBER)
            await self._pools.create_index("partition")
            await self._snapshots.prepare()

    async def append(self, entries: Sequence[JournalEntry]) -> set[PoolKey]:
        documents = [to_document(entry) for entry in entries]
        with translated():
            taken = await self._insert(documents)
            return {pool_key(d["_id"]["pool"]) for d in taken if not await self._is_ours(d)}

    async def read(self, pool: PoolKey, after: int) -> AsyncGenerator[JournalEntry, None]:
        behind = numbered(pool, {"$gt": after})
        with translated():
            async for document in self._entries.find(behind, batch_size=_READ_AT_ONCE).sort("_id.sequence", 1):
                yield from_document(document)

    async def of_contact(self, tenant: str, contact_id: str) -> list[JournalEntry]:
        """Read what a tenant's pools did to a contact, oldest first. Raises StoreUnavailable."""
        with translated():
            documents = await self._entries.find({"contacts": contact_id}).to_list(None)
        entries = [from_document(document) for document in documents]
        mine = [entry for entry in entries if entry.pool.tenant == tenant]
        return sorted(mine, key=lambda entry: (entry.now, str(entry.pool), entry.sequence))

    async def latest_snapshot(self, pool: PoolKey) -> PoolSnapshot | None:
        return await self._snapshots.latest(pool)

    async def save_snapshot(self, pool: PoolKey, snapshot: PoolSnapshot) -> None:
        await self._snapshots.save(pool, snapshot)

    async def kept_snapshot(self, pool: PoolKey, *, after: int, through: int) -> PoolSnapshot | None:
        """Read the newest snapshot behind one sequence and not beyond another. Raises StoreUnavailable."""
        return await self._snapshots.newest(pool, after=after, through=through)

    async def pools_of(self, partition: int) -> list[PoolKey]:
        with translated():
            documents = await self._pools.find({"partition": partition}).to_list(None)
        return sorted(pool_key(document["_id"]) for document in documents)

    async def claim(self, pool: PoolKey, partition: int) -> None:
        claim = {"partition": partition, "tenant": pool.tenant, "owner": self._instance, "address": self._address}
        with translated():
            await self._pools.update_one({"_id": str(pool)}, {"$set": claim}, upsert=True)

    async def owners(self, tenant: str) -> dict[PoolKey, str]:
        """Tell at which address each of a tenant's pools is served. Raises StoreUnavailable."""
        with translated():
            documents = await self._pools.find({"tenant": tenant}).to_list(None)
        return {pool_key(document["_id"]): document["address"] for document in documents}

    async def _insert(self, documents: Sequence[Document]) -> list[Document]:
        """Insert documents; gives those under whose `_id` something stands already."""
        try:
            if len(documents) == 1:
                await self._entries.insert_one(documents[0])
            else:
                await self._entries.insert_many(documents, ordered=False)
        except DuplicateKeyError:
            return list(documents)
        except BulkWriteError as error:
            return [documents[index] for index in sorted(only_duplicates(error))]
        return []

    async def _is_ours(self, document: Document) -> bool:
        """Tell a good write whose reply was lost from somebody else's."""
        key = document["_id"]
        found = await self._entries.find_one(numbered(pool_key(key["pool"]), key["sequence"]), {"batch_id": 1})
        return found is not None and found["batch_id"] == document["batch_id"]
