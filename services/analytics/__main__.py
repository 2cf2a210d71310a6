"""`python -m services.analytics`, and `python -m services.analytics rebuild` to count the archive anew."""

import asyncio
import sys

from services.analytics.adapters.mongo_archive import MongoArchive
from services.analytics.adapters.mongo_generations import MongoGenerations
from services.analytics.application.rebuild import rebuild
from services.analytics.bootstrap import build
from services.analytics.entrypoints.facts import read_fact
from services.analytics.settings import Settings
from switchyard.mongo.client import connect
from switchyard.service.running import run


async def rebuild_figures(settings: Settings) -> int:
    """Count every archived event into a new generation and put it in use. Raises StoreUnavailable."""
    client = connect(settings.mongo)
    try:
        database = client[settings.database]
        archive = MongoArchive(database)
        await archive.prepare()
        return await rebuild(archive, MongoGenerations(database), read_fact)
    finally:
        client.close()


if __name__ == "__main__":
    if sys.argv[1:] == ["rebuild"]:
        sys.stdout.write(f"{asyncio.run(rebuild_figures(Settings()))} events counted anew\n")
    else:
        run(Settings, build)
