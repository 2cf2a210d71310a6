"""Breaches and waiting breaks in MongoDB, one document each, written over by newer events alone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from services.routing.application.floor_book import BreachFilter, NotedBreach, NotedRequest
from switchyard.mongo.client import Collection, Database, Document
from switchyard.mongo.failures import translated
from switchyard.mongo.keyset import after_cursor, sort_with_id
from switchyard.service.times import from_text, to_text

#: Last noticed first; the id makes the order total.
_SORT = (("noticed_at", -1),)
#: Ascending, and read from its end: on a descending one the embedded database loses the bound of a range.
_INDEXED = (("noticed_at", 1), ("id", 1))


class MongoFloorBook:
    """The FloorBook port. Times are texts that sort, so that a cursor is one too."""

    def __init__(self, database: Database) -> None:
        self._breaches = database["floor_breaches"]
        self._requests = database["break_requests"]

    async def prepare(self) -> None:
        """Create the indexes; safe to repeat. Raises StoreUnavailable."""
        with translated():
            await self._breaches.create_index([("tenant", 1), *_INDEXED])
            await self._breaches.create_index([("tenant", 1), ("agent_id", 1), *_INDEXED])
            await self._requests.create_index([("tenant", 1), ("waiting", 1)])

    async def note_breach(self, tenant: str, breach: NotedBreach, sequence: int) -> bool:
        fields = _fields(breach)
        rungs = fields.pop("rungs")
        known = {f"rungs.{name}": at for name, at in rungs.items()}
        whole = {**fields, **known, "tenant": tenant, "id": breach.breach_id, "open": breach.ended_at is None}
        return await _put(self._breaches, f"{tenant}/{breach.breach_id}", sequence, whole)

    async def note_request(self, tenant: str, request: NotedRequest, sequence: int, *, waiting: bool) -> bool:
        fields = {**_fields(request), "tenant": tenant, "waiting": waiting}
        return await _put(self._requests, f"{tenant}/{request.request_id}", sequence, fields)

    async def breaches(
        self, tenant: str, wanted: BreachFilter, *, limit: int, after: Sequence[str] | None = None
    ) -> list[NotedBreach]:
        beyond = {} if after is None else after_cursor(_SORT, after)
        query = {**_conditions(wanted), **beyond, "tenant": tenant}
        with translated():
            found = await self._breaches.find(query).sort(sort_with_id(_SORT)).limit(limit).to_list(limit)
        return [_breach(document) for document in found]

    async def requests(self, tenant: str, *, team_id: str | None, agent_id: str | None) -> list[NotedRequest]:
        named = {name: value for name, value in (("team_id", team_id), ("agent_id", agent_id)) if value is not None}
        with translated():
            found = await self._requests.find({**named, "waiting": True, "tenant": tenant}).to_list(None)
        requests = [_request(document) for document in found]
        return sorted(requests, key=lambda request: (request.asked_at, request.request_id))


async def _put(collection: Collection, key: str, sequence: int, fields: Mapping[str, Any]) -> bool:
    with translated():
        try:
            await collection.update_one(
                {"_id": key, "sequence": {"$lt": sequence}}, {"$set": {**fields, "sequence": sequence}}, upsert=True
            )
        except DuplicateKeyError:
            return False
    return True


def _fields(noted: NotedBreach | NotedRequest) -> Document:
    fields = {name: getattr(noted, name) for name in noted.__dataclass_fields__}
    return {name: _plain(value) for name, value in fields.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_text(value)
    return {name: to_text(at) for name, at in value.items()} if isinstance(value, Mapping) else value


def _conditions(wanted: BreachFilter) -> Document:
    names = ("agent_id", "team_id", "site_id", "rule_id", "rung")
    conditions: Document = {name: value for name in names if (value := getattr(wanted, name)) is not None}
    if wanted.is_open is not None:
        conditions["open"] = wanted.is_open
    bounds = {"$gte": wanted.begins, "$lt": wanted.ends}
    noticed = {name: to_text(bound) for name, bound in bounds.items() if bound is not None}
    return {**conditions, "noticed_at": noticed} if noticed else conditions


def _breach(document: Document) -> NotedBreach:
    fields = {name: document[name] for name in NotedBreach.__dataclass_fields__ if name in document}
    ended_at = document.get("ended_at")
    return NotedBreach(
        **{
            **fields,
            "since": from_text(document["since"]),
            "noticed_at": from_text(document["noticed_at"]),
            "ended_at": None if ended_at is None else from_text(ended_at),
            "rungs": {name: from_text(at) for name, at in document.get("rungs", {}).items()},
        }
    )


def _request(document: Document) -> NotedRequest:
    fields = {name: document[name] for name in NotedRequest.__dataclass_fields__}
    return NotedRequest(**{**fields, "asked_at": from_text(document["asked_at"])})
