"""The small part of MongoDB's query language that the port of aggregates allows, on aggregates in memory."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import ge, gt, le, lt
from typing import Any

from switchyard.eventing.aggregates import StoredAggregate, cursor_of

_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {"$gt": gt, "$gte": ge, "$lt": lt, "$lte": le}


def matches(stored: StoredAggregate, query: Mapping[str, Any]) -> bool:
    """Raises ValueError for an operator outside of the port."""
    return all(_field_matches(_value_at(stored, name), wanted) for name, wanted in query.items())


def _value_at(stored: StoredAggregate, path: str) -> Any:
    head, *names = path.split(".")
    return _inside(getattr(stored, head), names)


def _inside(value: Any, names: Sequence[str]) -> Any:
    """As in MongoDB, a path leads through the items of lists, and of several values one is enough for a match."""
    if not names:
        return value
    if isinstance(value, list):
        found = [_inside(item, names) for item in value]
        return [each for one in found for each in (one if isinstance(one, list) else [one])]
    return _inside(value.get(names[0]), names[1:]) if isinstance(value, Mapping) else None


def page_of(
    found: Iterable[StoredAggregate], *, sort: Sequence[tuple[str, int]], limit: int, cursor: Sequence[Any] | None
) -> list[StoredAggregate]:
    """Sort, and take what comes after the cursor."""
    directions = [direction for _, direction in sort]
    directions.append(directions[-1] if directions else 1)
    ordered = list(found)
    for index, direction in reversed(list(enumerate(directions))):
        ordered.sort(key=lambda item, index=index: cursor_of(item, sort)[index], reverse=direction < 0)  # type: ignore[misc]
    if cursor is not None:
        ordered = [item for item in ordered if _comes_after(cursor_of(item, sort), cursor, directions)]
    return ordered[:limit]


def _comes_after(values: Sequence[Any], cursor: Sequence[Any], directions: Sequence[int]) -> bool:
    for value, end, direction in zip(values, cursor, directions, strict=True):
        if value != end:
            return bool(value > end) if direction > 0 else bool(value < end)
    return False


def _field_matches(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping) and any(name.startswith("$") for name in wanted):
        return all(_operator_matches(value, name, operand) for name, operand in wanted.items())
    return _equals(value, wanted)


def _operator_matches(value: Any, name: str, operand: Any) -> bool:
    if name in _COMPARISONS:
        return value is not None and _COMPARISONS[name](value, operand)
    if name == "$in":
        return any(_equals(value, item) for item in operand)
    if name == "$ne":
        return not _equals(value, operand)
    if name == "$exists":
        return (value is not None) == bool(operand)
    raise ValueError(f"operator {name} is outside of the port")


def _equals(value: Any, wanted: Any) -> bool:
    """As in MongoDB, a list matches where one of its items does."""
    return value == wanted or (isinstance(value, list) and wanted in value)
