"""Notify's collections in MongoDB."""

from collections.abc import Sequence
from datetime import datetime

from services.notify.adapters.repositories import (
    NOTICES_SOURCE,
    SETTINGS_SOURCE,
    SURVEYS_SOURCE,
    TEMPLATE_VERSIONS_SOURCE,
    TEMPLATES_SOURCE,
)
from services.notify.adapters.stores import Stores
from services.notify.domain.survey import SurveyState
from switchyard.eventing.clock import Clock
from switchyard.eventing.ports import Publisher
from switchyard.mongo.aggregates import MongoAggregates
from switchyard.mongo.client import Collection, Database
from switchyard.mongo.failures import translated
from switchyard.service.times import to_text

#: What lists filter by.
_SURVEY_FIELDS = ("contact_id", "agent_id", "queue_id", "state")
_NOTICE_FIELDS = ("contact_id", "survey_id", "state")


def mongo_stores(database: Database, publisher: Publisher, clock: Clock) -> Stores:
    """Return the stores over one database."""

    def aggregates(collection: str, source: str) -> MongoAggregates:
        return MongoAggregates(database[collection], publisher, source_prefix=source, clock=clock)

    surveys, notices = aggregates("surveys", SURVEYS_SOURCE), aggregates("notices", NOTICES_SOURCE)

    async def prepare() -> None:
        await surveys.prepare()
        await notices.prepare()
        await _create_indexes(database)

    return Stores(
        templates=aggregates("templates", TEMPLATES_SOURCE),
        template_versions=aggregates("template_versions", TEMPLATE_VERSIONS_SOURCE),
        settings=aggregates("survey_settings", SETTINGS_SOURCE),
        surveys=surveys,
        notices=notices,
        due=MongoDueSurveys(database["surveys"]),
        prepare=prepare,
        sweeps=(surveys.outbox.run, notices.outbox.run),
    )


async def _create_indexes(database: Database) -> None:
    """Safe to repeat. Raises StoreUnavailable."""
    with translated():
        await database["surveys"].create_index([("body.state", 1), ("body.expires_at", 1)])
        for collection, fields in (("surveys", _SURVEY_FIELDS), ("notices", _NOTICE_FIELDS)):
            for field in fields:
                await database[collection].create_index(
                    [("tenant", 1), (f"body.{field}", 1), ("body.created_at", -1), ("id", -1)]
                )
            await database[collection].create_index([("tenant", 1), ("body.created_at", -1), ("id", -1)])
        for collection in ("templates", "survey_settings"):
            await database[collection].create_index([("tenant", 1), ("id", 1)])


class MongoDueSurveys:
    """The one look across tenants: time runs out for all of them alike, and each is then changed in its own name."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def due(self, before: datetime, limit: int) -> Sequence[tuple[str, str]]:
        query = {"body.state": SurveyState.ASKED.value, "body.expires_at": {"$lte": to_text(before)}}
        with translated():
            found = self._collection.find(query, {"tenant": 1, "id": 1}).sort("body.expires_at", 1).limit(limit)
            return [(document["tenant"], document["id"]) for document in await found.to_list(limit)]
