"""The steps of a pool within a span of time, from the journal in MongoDB or from a file that was written from it."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any, TextIO

from services.routing.adapters.journal_documents import from_document, numbered
from services.routing.application.plain import from_plain, to_plain
from services.routing.application.ports import PoolKey
from services.routing.domain.engine import Step
from services.routing.domain.moments import Moment
from switchyard.mongo.client import Collection, Database
from switchyard.mongo.failures import translated

#: Settings are told to every pool once an hour, so two hours before a span tell all rules and profiles.
LEAD_MS = 2 * 3_600 * 1000
_READ_AT_ONCE = 200


async def recorded_steps(database: Database, pool: PoolKey, since: Moment, until: Moment) -> AsyncIterator[Step]:
    """Read what a pool did from two hours before a span to its end; entries emptied by age are passed over.

    Raises StoreUnavailable.
    """
    journal = database["journal"]
    with translated():
        begins = await _last_before(journal, pool, since - LEAD_MS)
        span = {**numbered(pool, {"$gt": begins}), "archived": {"$exists": False}}
        async for document in journal.find(span, batch_size=_READ_AT_ONCE).sort("_id.sequence", 1):
            if document["now"] > until:
                return
            for step in from_document(document).steps:
                yield step


async def _last_before(journal: Collection, pool: PoolKey, instant: Moment) -> int:
    """Find the last entry before an instant by halving: a pool's time does not run backwards. 0 for none."""
    low, high = 0, await _last(journal, pool)
    while low < high:
        middle = (low + high + 1) // 2
        found = await journal.find_one(numbered(pool, middle), {"now": 1})
        if found is None or found["now"] < instant:
            low = middle
        else:
            high = middle - 1
    return low


async def _last(journal: Collection, pool: PoolKey) -> int:
    newest = await journal.find(numbered(pool, {"$gt": 0}), {"_id": 1}).sort("_id.sequence", -1).limit(1).to_list(1)
    return int(newest[0]["_id"]["sequence"]) if newest else 0


def write_step(step: Step, file: TextIO) -> None:
    """Write a step as a line of JSON."""
    file.write(json.dumps(to_plain(step), ensure_ascii=False) + "\n")


def read_steps(file: TextIO) -> Iterator[Step]:
    """Read what `write_step` wrote. Raises ValueError for a line that is no step."""
    for number, line in enumerate(file, start=1):
        try:
            step: Any = from_plain(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"line {number} is no step of a journal: {error}") from error
        if not isinstance(step, Step):
            raise ValueError(f"line {number} is no step of a journal")  # noqa: TRY004 - the file's fault
        yield step
