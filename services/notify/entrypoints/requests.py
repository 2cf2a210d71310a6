"""What the routes of notify read from their requests alike."""

from typing import Annotated

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict, StringConstraints

from services.notify.application.ports import ListQuery, Position
from switchyard.service.identity import Principal, current_principal, require
from switchyard.service.pages import PageRequest
from switchyard.service.problems import FieldError, Problem

Reader = Annotated[Principal, Depends(current_principal)]
Keeper = Annotated[Principal, Depends(require("admin", "manager", "supervisor"))]
Filter = Annotated[Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:@+-]{1,128}$")] | None, Query()]
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Channel = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
#: ISO 639-1, with a region where it matters.
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


def list_query(paging: PageRequest, equal: dict[str, str | None]) -> ListQuery:
    """Make the query of a list; filters that are None are left out. Raises Problem 400, 422."""
    if paging.sort not in {None, "created_at", "-created_at"}:
        detail = "Sort by created_at or -created_at."
        raise Problem(422, "invalid-request", detail, errors=(FieldError("?sort", detail),))
    return ListQuery(
        equal={name: value for name, value in equal.items() if value is not None},
        newest_first=paging.sort != "created_at",
        limit=paging.limit,
        after=_position(paging),
    )


def check_id(in_path: str, in_body: str | None) -> None:
    """Raises Problem 422 where a body names another thing than its path."""
    if in_body not in {None, in_path}:
        detail = "The id is the one in the path."
        raise Problem(422, "invalid-request", detail, errors=(FieldError("/id", detail),))


def _position(paging: PageRequest) -> Position | None:
    """Positions here are a time and an id; a cursor of another list is not one of ours."""
    if paging.after is not None and [type(part) for part in paging.after] != [str, str]:
        raise Problem(400, "invalid-cursor", "The cursor is not one that this list gave.")
    return paging.after
