"""`python -m services.routing export`: a recorded day as a file, to be replayed where nothing else runs."""

import argparse
import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from services.routing.adapters.journal_span import recorded_steps, write_step
from services.routing.application.ports import PoolKey
from services.routing.domain.moments import Moment
from services.routing.settings import Settings
from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.mongo.client import MongoSettings, connect


async def export(database: MongoSettings, pool: PoolKey, since: Moment, until: Moment, out: TextIO) -> int:
    """Write the steps of a pool, after a line that says of when and where; gives how many. Raises StoreUnavailable."""
    client, written = connect(database), 0
    out.write(json.dumps({"pool": str(pool), "since": since, "until": until}) + "\n")
    try:
        async for step in recorded_steps(client[database.database], pool, since, until):
            write_step(step, out)
            written += 1
    finally:
        client.close()
    return written


def main(arguments: list[str]) -> int:
    """Read the settings of the service from the environment, and what to write from the arguments."""
    parser = argparse.ArgumentParser(prog="python -m services.routing export", description="Writes a recorded day.")
    parser.add_argument("--tenant", required=True)
    parser.add_argument("--pool", default="default")
    parser.add_argument("--from", dest="since", type=_instant, required=True, help="such as 2026-01-05T08:00:00Z")
    parser.add_argument("--to", dest="until", type=_instant, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(arguments)
    if given.until <= given.since:
        parser.error("--to must be later than --from")
    try:
        with given.out.open("w") as out:
            pool = PoolKey(given.tenant, given.pool)
            written = asyncio.run(export(Settings().mongo, pool, given.since, given.until, out))
    except (StoreUnavailable, OSError) as error:
        sys.stderr.write(f"nothing exported: {error}\n")
        return 1
    sys.stdout.write(f"{written} steps are in {given.out}\n")
    return 0


def _instant(text: str) -> Moment:
    instant = datetime.fromisoformat(text)
    return round((instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp() * 1000)
