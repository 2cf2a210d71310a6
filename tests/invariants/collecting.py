"""Gathering evidence: every public event of a tenant, and what each service's database says of it."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord
from google.protobuf.message_factory import GetMessageClass

from services.analytics.adapters.mongo_figures import MongoFigures
from services.analytics.adapters.mongo_generations import MongoGenerations
from services.analytics.entrypoints.consumer import TOPICS
from services.routing.adapters.journal_documents import from_document
from services.routing.adapters.wire_events import encode
from switchyard.eventing.cloudevents import from_headers
from switchyard.events.gateway.v1 import contact_events_pb2, delivery_events_pb2
from switchyard.events.notify.v1 import notice_events_pb2, survey_events_pb2
from switchyard.events.quality.v1 import evaluation_events_pb2
from switchyard.events.routing.v1 import agent_events_pb2, contact_routing_events_pb2, settings_events_pb2
from switchyard.events.ticketing.v1 import ticket_events_pb2
from switchyard.kafka.metadata import layout_of
from switchyard.kafka.settings import KafkaSettings
from switchyard.mongo.client import Database, MongoSettings, connect
from tests.invariants.evidence import Effect, Evidence, Published, StoredSource, read_history

#: Database and collection of every aggregate that announces events, and what its sources are called.
AGGREGATES = {
    ("gateway", "contacts"): "gateway/contacts",
    ("gateway", "customers"): "gateway/customers",
    ("gateway", "deliveries"): "gateway/deliveries",
    ("ticketing", "tickets"): "ticketing/tickets",
    ("quality", "evaluations"): "quality/evaluations",
    ("notify", "surveys"): "notify/surveys",
    ("notify", "notices"): "notify/notices",
}
#: What is done once a contact: collection, and where in a document the contact's id stands.
EFFECTS = {
    ("ticketing", "tickets"): ("ticket", ("body", "contact_id")),
    ("quality", "evaluations"): ("evaluation", ("body", "contact_id")),
    ("notify", "surveys"): ("survey", ("body", "contact_id")),
}
_FILES = (
    *(contact_events_pb2, delivery_events_pb2, notice_events_pb2, survey_events_pb2, evaluation_events_pb2),
    *(agent_events_pb2, contact_routing_events_pb2, settings_events_pb2, ticket_events_pb2),
)
_TYPES = {
    message.full_name: GetMessageClass(message)
    for file in _FILES
    for message in file.DESCRIPTOR.message_types_by_name.values()
}


async def collect(kafka: KafkaSettings, mongodb: str, tenant: str, histories: Iterable[Path]) -> Evidence:
    """Read everything there is of a tenant; the databases first, so that what they say has had time to be published."""
    client = connect(MongoSettings(uri=mongodb, database="switchyard", timeout_ms=30_000))
    try:
        databases = {
            name: client[f"switchyard_{name}"]
            for name in ("gateway", "routing", "ticketing", "quality", "notify", "analytics")
        }
        sources, effects = await _aggregates(databases, tenant)
        lines, line_sources = await _lines(databases["gateway"], tenant)
        contacts = {
            each["id"]: each["body"]["state"] async for each in databases["gateway"].contacts.find({"tenant": tenant})
        }
        sources += line_sources + await _journal(databases["routing"], tenant)
        counters = await _counters(databases["analytics"], tenant)
    finally:
        client.close()
    return Evidence(
        history=read_history(histories),
        published=await published_events(kafka, tenant),
        sources=sources,
        contacts=contacts,
        lines=lines,
        effects=effects,
        counters=counters,
    )


async def published_events(kafka: KafkaSettings, tenant: str) -> list[Published]:
    """Read the public topics from their beginning to where they end now."""
    consumer = AIOKafkaConsumer(**kafka.consumer())
    await consumer.start()
    try:
        partitions = (await layout_of(kafka, TOPICS)).partitions
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        await consumer.seek_to_beginning(*partitions)
        found: list[Published] = []
        async with asyncio.timeout(120):
            for partition in partitions:
                while await consumer.position(partition) < ends[partition]:
                    for records in (await consumer.getmany(timeout_ms=200)).values():
                        found += [event for each in records if (event := _published(each, tenant)) is not None]
        return found
    finally:
        await consumer.stop()


def _published(record: ConsumerRecord, tenant: str) -> Published | None:
    envelope = from_headers(record.headers)
    if envelope.tenant != tenant or envelope.sequence is None:
        return None
    return Published(
        topic=record.topic,
        source=envelope.source,
        sequence=envelope.sequence,
        tenant=envelope.tenant,
        time=envelope.time,
        data=record.value,
        message=_TYPES[envelope.type].FromString(record.value),
    )


async def _aggregates(databases: Mapping[str, Database], tenant: str) -> tuple[list[StoredSource], list[Effect]]:
    sources: list[StoredSource] = []
    effects: list[Effect] = []
    for (database, collection), prefix in AGGREGATES.items():
        async for document in databases[database][collection].find({"tenant": tenant}):
            unsent = len(document["outbox"]) if "unsent_since" in document else 0
            if document["sequence"] or unsent:
                source = f"/{tenant}/{prefix}/{document['id']}"
                sources.append(StoredSource(source=source, last=document["sequence"], unsent=unsent))
            if (database, collection) in EFFECTS:
                kind, path = EFFECTS[database, collection]
                effects += _effects(kind, path, document)
    return sources, effects


def _effects(kind: str, path: Sequence[str], document: Mapping[str, Any]) -> list[Effect]:
    cause: Any = document
    for name in path:
        cause = cause.get(name, {})
    return [Effect(kind=kind, cause=cause, id=document["id"])] if cause else []


async def _lines(gateway: Database, tenant: str) -> tuple[dict[tuple[str, str, str], int], list[StoredSource]]:
    lines: dict[tuple[str, str, str], int] = {}
    last: dict[str, int] = defaultdict(int)
    unsent: dict[str, int] = defaultdict(int)
    async for document in gateway.lines.find({"contact": {"$gte": f"{tenant}/", "$lt": f"{tenant}0"}}):
        contact = document["contact"].removeprefix(f"{tenant}/")
        lines[contact, document["author"], document["client_id"]] = document["number"]
        last[contact] = max(last[contact], document["number"])
        unsent[contact] += len(document["outbox"]) if "unsent_since" in document else 0
    sources = [
        StoredSource(source=f"/{tenant}/gateway/contacts/{contact}/lines", last=number, unsent=unsent[contact])
        for contact, number in last.items()
    ]
    return lines, sources


async def _journal(routing: Database, tenant: str) -> list[StoredSource]:
    """Make every message of the journal again: what it stands for must have been published."""
    last: dict[str, int] = defaultdict(int)
    async for document in routing.journal.find():
        entry = from_document(document)
        if entry.pool.tenant == tenant:
            for message in encode(entry):
                if message.envelope.sequence is not None:
                    last[message.envelope.source] = max(last[message.envelope.source], message.envelope.sequence)
    return [StoredSource(source=source, last=number) for source, number in last.items()]


async def _counters(analytics: Database, tenant: str) -> dict[tuple[str, str, str], int]:
    figures = await MongoGenerations(analytics).current()
    assert isinstance(figures, MongoFigures)
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for kind in ("queue", "ticket"):
        for stored in await figures.totals(tenant, kind, start=0, end=2**62, key=None, channel=None):
            for name, amount in stored.amounts.items():
                sums[name, stored.dimension.key, stored.dimension.channel] += amount
    return dict(sums)
