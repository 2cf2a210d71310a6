"""Each kind of journal, made anew for each test."""

import pytest

from services.routing.adapters.memory_journal import InMemoryJournal
from services.routing.adapters.mongo_archive import MongoArchive
from services.routing.adapters.mongo_journal import MongoJournal
from switchyard.mongo.client import Database
from tests.contract.journal.entries import Kept, Make


@pytest.fixture(params=["memory", "mongo"])
def make(request: pytest.FixtureRequest) -> Make:
    async def memory() -> InMemoryJournal:
        return InMemoryJournal()

    async def mongo() -> MongoJournal:
        journal = MongoJournal(database, instance="one", address="http://one")
        await journal.prepare()
        return journal

    if request.param == "memory":
        return memory
    database: Database = request.getfixturevalue("mongo")
    return mongo


@pytest.fixture(params=["memory", "mongo"])
def kept(request: pytest.FixtureRequest) -> Kept:
    if request.param == "memory":
        journal = InMemoryJournal()
        return Kept(journal, journal)
    database: Database = request.getfixturevalue("mongo")
    return Kept(MongoJournal(database, instance="one", address="http://one"), MongoArchive(database))
