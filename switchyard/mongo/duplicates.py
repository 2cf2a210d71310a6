"""Telling, of an unordered bulk, what stood there already from what failed."""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo.errors import BulkWriteError

_DUPLICATE_KEY = 11000


def only_duplicates(error: BulkWriteError) -> set[int]:
    """Give the positions of the writes that met a document; raise the error if anything else failed."""
    details: Mapping[str, Any] = error.details or {}
    failures: Sequence[Mapping[str, Any]] = details.get("writeErrors", ())
    if details.get("writeConcernErrors") or any(failure["code"] != _DUPLICATE_KEY for failure in failures):
        raise error
    return {failure["index"] for failure in failures}
