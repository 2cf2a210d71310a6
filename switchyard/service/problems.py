"""Errors as application/problem+json (RFC 9457), with a stable code and the fields at fault."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

_CODES = {
    400: "malformed-request",
    404: "not-found",
    405: "method-not-allowed",
    413: "body-too-large",
    415: "content-type-unsupported",
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field at fault: `pointer` is a JSON pointer into the body, or `?name` for a query parameter."""

    pointer: str
    detail: str


class Problem(Exception):
    """An answer other than success. `code` is kebab-case and never changes its meaning."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})


class ProblemResponse(JSONResponse):
    media_type = "application/problem+json"


def problem_body(problem: Problem) -> dict[str, Any]:
    """Return the problem as its JSON object."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
    }
    if problem.errors:
        body["errors"] = [{"pointer": error.pointer, "detail": error.detail} for error in problem.errors]
    return body


def as_problem(error: Exception) -> Problem:
    """Give the framework's own errors a code."""
    match error:
        case Problem():
            return error
        case HTTPException(status_code=status):
            code = _CODES.get(status, HTTPStatus(status).phrase.lower().replace(" ", "-"))
            return Problem(status, code, str(error.detail), headers=error.headers)
    raise error


def problem_response(problem: Problem) -> ProblemResponse:
    return ProblemResponse(problem_body(problem), status_code=problem.status, headers=problem.headers)


def json_pointer(location: Sequence[str | int]) -> str:
    """Turn a pydantic location into a pointer: ("body", "skills", 0, "level") becomes /skills/0/level."""
    where, *rest = location or ("body",)
    path = [str(part).replace("~", "~0").replace("/", "~1") for part in rest]
    if where in {"query", "header", "path", "cookie"}:
        prefix = "?" if where == "query" else f"{where}:"
        return prefix + "/".join(path)
    return "".join(f"/{part}" for part in path)
