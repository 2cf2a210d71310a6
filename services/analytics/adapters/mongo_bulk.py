"""What bulk operations need: telling duplicates from failures, and lists of ids in portions."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from pymongo.errors import BulkWriteError

_DUPLICATE_KEY = 11000
#: The embedded database looks many ids up one by one among all: twice as many cost four times the time.
_IDS_AT_ONCE = 200


def only_duplicates(error: BulkWriteError) -> set[int]:
    """Give the positions of the writes that met a document; raise the error if anything else failed."""
    details: Mapping[str, Any] = error.details or {}
    failures = details.get("writeErrors", [])
    if details.get("writeConcernErrors") or any(each["code"] != _DUPLICATE_KEY for each in failures):
        raise error
    return {each["index"] for each in failures}


def portions(ids: Iterable[str]) -> Iterator[list[str]]:
    """Cut ids into lists that are quickly looked up."""
    rest = iter(ids)
    while portion := list(islice(rest, _IDS_AT_ONCE)):
        yield portion
