"""The process that explains one contact: a job as JSON on its standard input, the whole answer on its output.

It makes decisions again beside the routing loop, at a low priority and within the kernel's limits; what goes wrong
here ends it, and the service answers with what the journal itself says.
"""

import asyncio
import json
import sys
from typing import Any

from services.routing.adapters.cel_expressions import CelExpressions
from services.routing.adapters.child_processes import confine
from services.routing.adapters.mongo_journal import MongoJournal
from services.routing.application.explaining import Bounds, explain
from services.routing.entrypoints.decision_bodies import decisions_body
from switchyard.mongo.client import MongoSettings, connect


def main() -> None:
    """Answer, or end with a traceback."""
    job: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    confine(**job["limits"])
    sys.stdout.buffer.write(asyncio.run(_answer(job)))


async def _answer(job: dict[str, Any]) -> bytes:
    place = job["journal"]
    client = connect(MongoSettings(uri=place["uri"], database=place["database"], app_name="routing-explaining"))
    journal = MongoJournal(client[place["database"]], instance="", address="")
    try:
        found = await explain(journal, job["tenant"], job["contact"], CelExpressions(), Bounds())
    finally:
        client.close()
    return b"null" if found is None else decisions_body(found).model_dump_json().encode()


if __name__ == "__main__":
    main()
