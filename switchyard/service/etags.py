"""Versions of changeable things at the door: `ETag` out, `If-Match` in (RFC 9110)."""

import re
from typing import Annotated

from fastapi import Depends, Header

from switchyard.service.problems import FieldError, Problem

_STRONG = re.compile(r'^"(\d{1,18})"$')


def etag(version: int) -> str:
    """Write a version as a strong entity tag."""
    return f'"{version}"'


async def if_match(if_match: Annotated[str | None, Header()] = None) -> int | None:
    """FastAPI dependency: the version a client insists on; None where it names none, or any (`*`).

    Raises Problem 400 `invalid-if-match`.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    found = _STRONG.match(if_match.strip())
    if found is None:
        detail = 'If-Match must be one ETag as this service gave it, such as "3".'
        raise Problem(400, "invalid-if-match", detail, errors=(FieldError("header:if-match", detail),))
    return int(found.group(1))


def stale(current: int) -> Problem:
    """Make the answer to a change of a version that is no longer the current one."""
    return Problem(412, "version-stale", f"The current version is {current}.", headers={"ETag": etag(current)})


IfMatch = Annotated[int | None, Depends(if_match)]
