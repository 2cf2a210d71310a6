"""Which generation of figures is in use, and how far the log is read: small documents that every replica reads."""

from collections.abc import Callable, Mapping
from datetime import datetime
from time import monotonic

from services.analytics.adapters.mongo_figures import MongoFigures
from services.analytics.application.ports import FigureStore
from switchyard.mongo.client import Database, Document
from switchyard.mongo.failures import translated

_LOOK_SECONDS = 1.0
#: A replica that has told nothing for so long is gone; what it told no longer counts.
_TOLD_KEPT_SECONDS = 24 * 3600


class MongoGenerations:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._setting = database["generation"]
        self._current: MongoFigures | None = None
        self._looked = 0.0

    async def current(self) -> FigureStore:
        if self._current is None or monotonic() - self._looked > _LOOK_SECONDS:
            number = await self._number()
            if self._current is None or self._current.generation != number:
                store = MongoFigures(self._database, number)
                await store.prepare()
                self._current = store
            self._looked = monotonic()
        return self._current

    async def begin_next(self) -> FigureStore:
        store = MongoFigures(self._database, await self._number() + 1)
        await store.drop()
        await store.prepare()
        return store

    async def use(self, store: FigureStore) -> None:
        if not isinstance(store, MongoFigures):
            raise TypeError(f"not a generation of this database: {store!r}")
        with translated():
            await self._setting.update_one({"_id": "figures"}, {"$max": {"current": store.generation}}, upsert=True)
        await MongoFigures(self._database, store.generation - 2).drop()

    async def _number(self) -> int:
        with translated():
            document = await self._setting.find_one({"_id": "figures"})
        return 1 if document is None else int(document["current"])


class MongoWatermarks:
    """`instance` names this replica."""

    def __init__(self, database: Database, instance: str, clock: Callable[[], datetime]) -> None:
        self._told = database["read_through"]
        self._instance = instance
        self._clock = clock

    async def prepare(self) -> None:
        """Create the index that forgets replicas long gone; safe to repeat. Raises StoreUnavailable."""
        with translated():
            await self._told.create_index("at", expireAfterSeconds=_TOLD_KEPT_SECONDS)

    async def tell(self, cluster: str, partitions: int, read_through: Mapping[tuple[str, int], int]) -> None:
        document: Document = {
            "cluster": cluster,
            "partitions": partitions,
            "at": self._clock(),
            "read_through": {f"{topic}/{partition}": moment for (topic, partition), moment in read_through.items()},
        }
        with translated():
            await self._told.replace_one({"_id": self._instance}, document, upsert=True)

    async def read_through(self) -> int | None:
        with translated():
            told = await self._told.find().sort("at", -1).to_list(None)
        furthest: dict[str, int] = {}
        for document in told:
            if document["cluster"] == told[0]["cluster"]:
                for partition, moment in document["read_through"].items():
                    furthest[partition] = max(moment, furthest.get(partition, 0))
        if not told or not furthest or len(furthest) < told[0]["partitions"]:
            return None
        return min(furthest.values())
