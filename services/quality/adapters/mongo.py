"""Quality's collections in MongoDB."""

from services.quality.adapters.repositories import EVALUATIONS_SOURCE, SCORECARD_VERSIONS_SOURCE, SCORECARDS_SOURCE
from services.quality.adapters.stores import Stores
from switchyard.eventing.clock import Clock
from switchyard.eventing.ports import Publisher
from switchyard.mongo.aggregates import MongoAggregates
from switchyard.mongo.client import Database
from switchyard.mongo.failures import translated

#: What lists filter by.
_LIST_FIELDS = ("contact_id", "agent_id", "queue_id", "scorecard_id", "flagged")


def mongo_stores(database: Database, publisher: Publisher, clock: Clock) -> Stores:
    """Return the stores over one database."""
    scorecards = MongoAggregates(database["scorecards"], publisher, source_prefix=SCORECARDS_SOURCE, clock=clock)
    versions = MongoAggregates(
        database["scorecard_versions"], publisher, source_prefix=SCORECARD_VERSIONS_SOURCE, clock=clock
    )
    evaluations = MongoAggregates(database["evaluations"], publisher, source_prefix=EVALUATIONS_SOURCE, clock=clock)

    async def prepare() -> None:
        await evaluations.prepare()
        await _create_indexes(database)

    return Stores(
        scorecards=scorecards,
        scorecard_versions=versions,
        evaluations=evaluations,
        prepare=prepare,
        sweeps=(evaluations.outbox.run,),
    )


async def _create_indexes(database: Database) -> None:
    """Safe to repeat. Raises StoreUnavailable."""
    with translated():
        for field in _LIST_FIELDS:
            await database["evaluations"].create_index(
                [("tenant", 1), (f"body.{field}", 1), ("body.created_at", -1), ("id", -1)]
            )
        await database["evaluations"].create_index([("tenant", 1), ("body.created_at", -1), ("id", -1)])
        await database["scorecards"].create_index([("tenant", 1), ("id", 1)])
