"""Documents that are inserted at once share round trips, and none pays for another."""

import asyncio
from collections.abc import Sequence

import pytest
from bson.errors import InvalidDocument
from pymongo.errors import BulkWriteError

from switchyard.mongo.client import Database, Document
from switchyard.mongo.grouped_inserts import GroupedInserts


async def _insert(inserts: GroupedInserts, id_: object, **fields: object) -> bool:
    return await inserts.insert({"_id": id_, **fields}, mine={"_id": id_, **fields})


async def test_documents_that_come_while_one_is_under_way_go_out_together(mongo: Database) -> None:
    bulks: list[int] = []

    async def noted(documents: Sequence[Document]) -> None:
        bulks.append(len(documents))

    inserts = GroupedInserts(mongo["things"], after_bulk=noted)
    first = asyncio.create_task(_insert(inserts, 0))
    # Once it runs, the first document is on its way.
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = [_insert(inserts, number) for number in range(1, 20)]
    assert all([await first, *await asyncio.gather(*others)])
    await inserts.finish()
    assert bulks == [1, 19]
    assert await mongo["things"].count_documents({}) == 20


async def test_of_two_with_one_id_in_a_bulk_only_one_is_stored(mongo: Database) -> None:
    inserts = GroupedInserts(mongo["things"])
    taken = await asyncio.gather(*(_insert(inserts, "same", by=number) for number in range(5)), _insert(inserts, "x"))
    assert sum(taken) == 2
    stored = await mongo["things"].find_one({"_id": "same"})
    assert stored is not None
    assert taken[stored["by"]]


async def test_a_document_that_cannot_be_stored_refuses_itself_alone(mongo: Database) -> None:
    inserts = GroupedInserts(mongo["things"])
    good, bad, also_good = await asyncio.gather(
        _insert(inserts, "a"), _insert(inserts, "b", of=object()), _insert(inserts, "c"), return_exceptions=True
    )
    assert (good, also_good) == (True, True)
    with pytest.raises(InvalidDocument):
        raise bad if isinstance(bad, BaseException) else AssertionError(bad)
    assert await mongo["things"].count_documents({}) == 2


async def test_what_was_stored_beside_a_document_that_the_server_refuses_is_stored(mongo: Database) -> None:
    await mongo.create_collection("things", validator={"by": {"$ne": "nobody"}})
    inserts = GroupedInserts(mongo["things"])
    good, bad, also_good = await asyncio.gather(
        _insert(inserts, "a"), _insert(inserts, "b", by="nobody"), _insert(inserts, "c"), return_exceptions=True
    )
    assert (good, also_good) == (True, True)
    assert isinstance(bad, BulkWriteError)
    assert await mongo["things"].count_documents({}) == 2
