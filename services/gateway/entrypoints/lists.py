"""Lists of the gateway's things: a page by cursor, sorted by one field that every thing has."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import BaseModel

from services.gateway.application.ports import Stored, Things
from switchyard.service.pages import CursorPart, Page, PageRequest, encode_cursor
from switchyard.service.problems import FieldError, Problem
from switchyard.service.times import from_text

ThingT = TypeVar("ThingT")
BodyT = TypeVar("BodyT", bound=BaseModel)


async def page_of(
    things: Things[ThingT, Any],
    tenant: str,
    filters: Mapping[str, object],
    paging: PageRequest,
    *,
    sorts: Sequence[str],
    body: Callable[[ThingT, int], BodyT],
) -> Page[BodyT]:
    """List what matches; `sorts` are the fields that may be sorted by, the first one backwards where none is asked.

    Raises Problem 422 for another sort, 400 for a foreign cursor.
    """
    name, direction = _sort(paging.sort, sorts)
    after = _after(paging.after, name)
    found = await things.page(tenant, filters, sort=[(name, direction)], limit=paging.limit + 1, after=after)
    shown = found[: paging.limit]
    more = _cursor(shown[-1], name) if len(found) > paging.limit else None
    return Page(items=[body(stored.thing, stored.version) for stored in shown], next=more)


def _sort(asked: str | None, sorts: Sequence[str]) -> tuple[str, int]:
    wanted = asked or f"-{sorts[0]}"
    name = wanted.removeprefix("-")
    if name not in sorts:
        detail = f"This list is sorted by {', '.join(sorts)}."
        raise Problem(422, "sort-unknown", detail, errors=(FieldError("?sort", detail),))
    return name, -1 if wanted.startswith("-") else 1


def _cursor(last: Stored[ThingT], name: str) -> str:
    value = getattr(last.thing, name)
    plain: CursorPart = value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
    return encode_cursor((name, plain, getattr(last.thing, "id")))  # noqa: B009 -- every thing has an id


def _after(cursor: tuple[CursorPart, ...] | None, name: str) -> Sequence[object] | None:
    if cursor is None:
        return None
    match cursor:
        case (sorted_by, value, str() as identifier) if sorted_by == name:
            return (_value(value, name), identifier)
    raise _foreign()


def _value(value: CursorPart, name: str) -> object:
    if not (name.endswith("_at") and isinstance(value, str)):
        return value
    try:
        return from_text(value)
    except ValueError as error:
        raise _foreign() from error


def _foreign() -> Problem:
    return Problem(400, "invalid-cursor", "The cursor is not one that this list gave.")
