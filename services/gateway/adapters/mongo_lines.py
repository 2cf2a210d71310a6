"""Lines in MongoDB: inserted once under `_id` <contact>/<number>, never changed but for how they left.

One line a contact goes into each bulk, so that a repeated line leaves no hole in the numbers. A line whose number is
taken already is looked at again: it may be a repeat, the transcript may be closed, or another replica was first.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.gateway.adapters.documents import Codec
from services.gateway.adapters.line_inserts import LineInserts
from services.gateway.adapters.wire import line_draft
from services.gateway.application.ports import AppendedLine
from services.gateway.domain.errors import TranscriptClosed
from services.gateway.domain.line import CLOSING, Line, NewLine
from switchyard.eventing.clock import Clock, utc_now
from switchyard.eventing.envelope import numbered
from switchyard.eventing.outbox import OutboxLimits, OutboxPublisher
from switchyard.eventing.ports import Publisher
from switchyard.eventing.turns import Turns
from switchyard.mongo.client import Collection
from switchyard.mongo.failures import translated
from switchyard.mongo.messages import from_documents
from switchyard.mongo.outbox import MongoOutbox, unsent_fields

#: How far a contact's transcript is known; some 200 bytes each.
MOST_KNOWN = 50_000
_FIELDS = {"line": 1}
#: A line's way out, in its order: what is later is never taken back.
_EARLIER: Mapping[str, Sequence[str]] = {
    "sent": ("pending",),
    "delivered": ("pending", "sent"),
    "failed": ("pending", "sent"),
}


@dataclass(frozen=True, slots=True)
class _End:
    """Where a transcript ends: the number of its last line, and whether that is the closing one."""

    number: int
    closed: bool


class MongoLines:
    """The port Lines. `outbox.run` is a background of the service; `inserts.finish` belongs to its end."""

    def __init__(
        self,
        collection: Collection,
        publisher: Publisher,
        *,
        clock: Clock = utc_now,
        limits: OutboxLimits | None = None,
    ) -> None:
        self._collection = collection
        self._clock = clock
        self._store = MongoOutbox(collection)
        self._codec = Codec(Line)
        self._ends: OrderedDict[str, _End] = OrderedDict()
        self._turns = Turns()
        self.outbox = OutboxPublisher(self._store, publisher, clock=clock, limits=limits)
        self.inserts = LineInserts(collection, self.outbox)

    async def prepare(self) -> None:
        """Create the indexes; safe to repeat. Raises StoreUnavailable."""
        await self._store.prepare()
        with translated():
            await self._collection.create_index(
                [("contact", 1), ("author", 1), ("client_id", 1)], unique=True, name="said_once"
            )
            await self._collection.create_index([("contact", 1), ("number", 1)])
            await self._collection.create_index([("place", 1), ("provider_message_id", 1)], sparse=True)
            await self._collection.create_index("leaving_since", sparse=True)

    def begin(self, tenant: str, contact_id: str) -> None:
        """Know a contact just made to have no lines, which spares the look."""
        self._remember(_contact_key(tenant, contact_id), _End(number=0, closed=False))

    async def append(self, line: NewLine) -> AppendedLine:
        contact = _contact_key(line.tenant, line.contact_id)
        async with self._turns.taken(contact):
            while True:
                end = self._ends.get(contact) or await self._look(contact)
                if end.closed:
                    return await self._repeat_or_closed(contact, line)
                stored = _numbered(line, end.number + 1)
                if await self.inserts.insert(self._document(contact, stored)):
                    self._remember(contact, _End(number=stored.number, closed=stored.kind == CLOSING))
                    return AppendedLine(line=stored, duplicate=False)
                self._ends.pop(contact, None)
                if repeat := await self._said(contact, line):
                    return AppendedLine(line=repeat, duplicate=True)

    async def read(self, tenant: str, contact_id: str, *, after: int = 0, limit: int = 200) -> list[Line]:
        query = {"contact": _contact_key(tenant, contact_id), "number": {"$gt": after}}
        with translated():
            found = await self._collection.find(query, _FIELDS).sort("number", 1).limit(limit).to_list(limit)
        return [self._codec.from_body(document["line"]) for document in found]

    async def of_provider_message(self, tenant: str, channel: str, ids: Sequence[str]) -> Line | None:
        query = {"place": f"{tenant}|{channel}", "provider_message_id": {"$in": list(ids)}}
        with translated():
            found = await self._collection.find(query, _FIELDS).sort("line.at", -1).limit(1).to_list(1)
        return self._codec.from_body(found[0]["line"]) if found else None

    async def undelivered(self, *, limit: int) -> list[Line]:
        query: Mapping[str, Any] = {"leaving_since": {"$exists": True}}
        with translated():
            found = await self._collection.find(query, _FIELDS).sort("leaving_since", 1).limit(limit).to_list(limit)
        return [self._codec.from_body(document["line"]) for document in found]

    async def delivered(self, line: Line, *, state: str, code: str = "", provider_message_id: str = "") -> bool:
        fields = {"line.delivery": state, "line.delivery_code": code}
        if provider_message_id:
            fields |= {"provider_message_id": provider_message_id, "line.provider_message_id": provider_message_id}
        chosen = {"_id": _line_id(line), "line.delivery": {"$in": list(_EARLIER[state])}}
        with translated():
            result = await self._collection.update_one(chosen, {"$set": fields, "$unset": {"leaving_since": ""}})
        return result.modified_count == 1

    async def oldest_leaving(self) -> datetime | None:
        """Tell since when the oldest line waits to leave."""
        oldest = await self.undelivered(limit=1)
        return oldest[0].at if oldest else None

    async def _look(self, contact: str) -> _End:
        with translated():
            found = await self._collection.find({"contact": contact}, _FIELDS).sort("number", -1).limit(1).to_list(1)
        last = self._codec.from_body(found[0]["line"]) if found else None
        end = _End(number=last.number, closed=last.kind == CLOSING) if last else _End(number=0, closed=False)
        await self._publish_left(contact)
        self._remember(contact, end)
        return end

    async def _publish_left(self, contact: str) -> None:
        """Publish what a process before this one stored and did not: its numbers come before the next line's."""
        left = {"contact": contact, "unsent_since": {"$exists": True}}
        with translated():
            found = await self._collection.find(left, {"version": 1, "outbox": 1}).sort("number", 1).to_list(None)
        for each in found:
            await self.outbox.publish(each["_id"], each["version"], from_documents(each["outbox"]))

    async def _said(self, contact: str, line: NewLine) -> Line | None:
        query = {"contact": contact, "author": line.author, "client_id": line.client_id}
        with translated():
            found = await self._collection.find_one(query, _FIELDS)
        return self._codec.from_body(found["line"]) if found else None

    async def _repeat_or_closed(self, contact: str, line: NewLine) -> AppendedLine:
        if repeat := await self._said(contact, line):
            return AppendedLine(line=repeat, duplicate=True)
        raise TranscriptClosed(line.contact_id)

    def _document(self, contact: str, line: Line) -> dict[str, Any]:
        source = f"/{line.tenant}/gateway/contacts/{line.contact_id}/lines"
        message = numbered(line_draft(line), tenant=line.tenant, source=source, sequence=line.number)
        document: dict[str, Any] = {
            "_id": _line_id(line),
            "contact": contact,
            "number": line.number,
            "author": line.author,
            "client_id": line.client_id,
            "line": self._codec.to_body(line),
            **unsent_fields((message,), now=self._clock()),
        }
        if line.provider_message_id or line.delivery:
            document["place"] = f"{line.tenant}|{line.channel}"
            document["provider_message_id"] = line.provider_message_id
        if line.delivery:
            document["leaving_since"] = line.at
        return document

    def _remember(self, contact: str, end: _End) -> None:
        self._ends.pop(contact, None)
        self._ends[contact] = end
        if len(self._ends) > MOST_KNOWN:
            self._ends.popitem(last=False)


def _contact_key(tenant: str, contact_id: str) -> str:
    return f"{tenant}/{contact_id}"


def _line_id(line: Line) -> str:
    """One text: for a compound `_id` the embedded database looks through the whole collection."""
    return f"{_contact_key(line.tenant, line.contact_id)}/{line.number}"


def _numbered(new: NewLine, number: int) -> Line:
    return Line(
        tenant=new.tenant,
        contact_id=new.contact_id,
        number=number,
        channel=new.channel,
        author=new.author,
        client_id=new.client_id,
        text=new.text,
        at=new.at,
        agent_id=new.agent_id,
        kind=new.kind,
        html=new.html,
        quoted=new.quoted,
        subject=new.subject,
        attachments=new.attachments,
        automatic=new.automatic,
        provider_message_id=new.provider_message_id,
        delivery="pending" if new.deliver else "",
    )
