"""Journal entries as MongoDB documents; `_id` {pool, sequence} is the fence, `contacts` what decisions are found by.

An entry stands as it was written, then packed, then emptied; `_id` and `batch_id` stay for ever: a replica that comes
back after a year must still find its number taken, and a repeated write its own entry.
"""

from typing import Any, Final

from services.routing.adapters.packing import DICTIONARY, packed, unpacked
from services.routing.application.plain import from_plain, to_plain
from services.routing.application.ports import EntryEmptied, JournalEntry, PoolKey
from services.routing.application.tracing import contact_of
from switchyard.eventing.envelope import Place
from switchyard.mongo.client import Document

#: The index that entries and snapshots are found by.
BY_NUMBER: Final = [("_id.pool", 1), ("_id.sequence", 1)]
#: What a packed entry has in `packed` instead.
PACKED_FIELDS: Final = (
    "place",
    "published_through",
    "contact_sequence",
    "agent_sequence",
    "steps",
    "traces",
)
#: What an emptied entry has no more, whichever way it stood.
EMPTIED_FIELDS: Final = ("steps", "traces", "contacts", "packed", "dictionary")


def entry_id(pool: PoolKey, sequence: int) -> Document:
    return {"pool": str(pool), "sequence": sequence}


def numbered(pool: PoolKey, sequence: int | Document) -> Document:
    """Choose by number, or by a span of numbers such as `{"$gt": 4}`; BY_NUMBER serves it.

    Not by `_id` as a whole: not every database that speaks MongoDB's protocol finds a document, or a range of them,
    by an `_id` that is a document itself without looking at all there are.
    """
    return {"_id.pool": str(pool), "_id.sequence": sequence}


def to_document(entry: JournalEntry) -> Document:
    return {
        "_id": entry_id(entry.pool, entry.sequence),
        "batch_id": entry.batch_id,
        "now": entry.now,
        "place": place_document(entry.place),
        "published_through": entry.published_through,
        "contact_sequence": entry.contact_sequence,
        "agent_sequence": entry.agent_sequence,
        "steps": to_plain(entry.steps),
        # Pairs: a contact's id may hold a dot or a dollar, which names of fields must not.
        "traces": [list(pair) for pair in entry.traces.items()],
        "contacts": sorted({id_ for step in entry.steps for event in step.events if (id_ := contact_of(event))}),
    }


def packed_update(document: Document) -> Document:
    """Make the update that packs an entry where it stands."""
    packs = packed({name: document[name] for name in PACKED_FIELDS if name in document})
    return {"$set": {"packed": packs, "dictionary": DICTIONARY}, "$unset": dict.fromkeys(PACKED_FIELDS, "")}


def emptied_update() -> Document:
    """Make the update that leaves an entry its number."""
    return {"$set": {"archived": True}, "$unset": dict.fromkeys(EMPTIED_FIELDS, "")}


def from_document(stored: Document) -> JournalEntry:
    """Read an entry, packed or not. Raises EntryEmptied."""
    pool, sequence = pool_key(stored["_id"]["pool"]), int(stored["_id"]["sequence"])
    if "archived" in stored:
        raise EntryEmptied(pool, sequence)
    document = stored | unpacked(stored["packed"], stored["dictionary"]) if "packed" in stored else stored
    return JournalEntry(
        pool=pool,
        sequence=sequence,
        batch_id=document["batch_id"],
        now=int(document["now"]),
        place=read_place(document["place"]),
        published_through=int(document["published_through"]),
        contact_sequence=int(document["contact_sequence"]),
        agent_sequence=int(document["agent_sequence"]),
        steps=from_plain(document["steps"]),
        traces=dict(document["traces"]),
    )


def pool_key(text: str) -> PoolKey:
    tenant, _, pool_id = text.partition("/")
    return PoolKey(tenant, pool_id)


def place_document(place: Place | None) -> Document | None:
    if place is None:
        return None
    return {
        "cluster": place.cluster,
        "topic": place.topic,
        "partition": place.partition,
        "offset": place.offset,
    }


def read_place(document: Any) -> Place | None:
    return None if document is None else Place(**document)
