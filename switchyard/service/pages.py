"""Lists by cursor: `{"items": [...], "next": cursor or null}`."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel

from switchyard.service.problems import FieldError, Problem

DEFAULT_LIMIT = 50
MOST_LIMIT = 200
_MOST_CURSOR_CHARACTERS = 2048

ItemT = TypeVar("ItemT")
CursorPart = str | int | float | bool | None


class Page(BaseModel, Generic[ItemT]):
    """One page of a list; `next` is the cursor of the page that follows, null on the last."""

    items: list[ItemT]
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """What a client asked of a list. `after` holds the sort values and id of the last item it has."""

    limit: int
    after: tuple[CursorPart, ...] | None
    sort: str | None


def encode_cursor(values: Sequence[CursorPart]) -> str:
    """Pack the sort values and id of a page's last item, opaque to the client."""
    text = json.dumps(list(values), separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> tuple[CursorPart, ...]:
    """Raises Problem 400 `invalid-cursor`."""
    values = _unpacked(cursor) if len(cursor) <= _MOST_CURSOR_CHARACTERS else None
    if not isinstance(values, list) or not all(isinstance(value, CursorPart) for value in values):
        detail = "The cursor is not one that this list gave."
        raise Problem(400, "invalid-cursor", detail, errors=(FieldError("?cursor", detail),))
    return tuple(values)


def _unpacked(cursor: str) -> object:
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        return json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        return None


async def page_request(
    limit: Annotated[int, Query(ge=1, le=MOST_LIMIT)] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query()] = None,
    sort: Annotated[str | None, Query(pattern=r"^-?[a-z_]{1,40}$")] = None,
) -> PageRequest:
    """FastAPI dependency of every list."""
    return PageRequest(limit=limit, after=decode_cursor(cursor) if cursor else None, sort=sort)


Paging = Annotated[PageRequest, Depends(page_request)]
