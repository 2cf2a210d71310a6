"""Paging by where the last page ended, not by counting: stable while documents come and go."""

from collections.abc import Mapping, Sequence
from typing import Any

Sort = Sequence[tuple[str, int]]


def sort_with_id(sort: Sort) -> list[tuple[str, int]]:
    """Let the id break ties, in the direction of the last field."""
    return [*sort, ("id", sort[-1][1] if sort else 1)]


def after_cursor(sort: Sort, cursor: Sequence[Any]) -> Mapping[str, Any]:
    """Select what sorts after `cursor`. Raises ValueError where it does not fit the sort."""
    fields = sort_with_id(sort)
    if len(cursor) != len(fields):
        raise ValueError(f"a cursor of {len(cursor)} values does not fit a sort of {len(fields)} fields")
    branches: list[Mapping[str, Any]] = []
    same: dict[str, Any] = {}
    for (name, direction), value in zip(fields, cursor, strict=True):
        branches.append({**same, name: {"$gt" if direction > 0 else "$lt": value}})
        same[name] = value
    return {"$or": branches}
