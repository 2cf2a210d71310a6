"""The one table from quality's refusals to HTTP."""

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import FastAPI, Request, Response

from services.quality.domain import errors
from switchyard.eventing.aggregates import AggregateConflict, AggregateExists
from switchyard.service.etags import stale
from switchyard.service.problems import FieldError, Problem, problem_response

STATUS: Mapping[type[errors.QualityError], int] = MappingProxyType(
    {
        errors.ScorecardNotFound: 404,
        errors.EvaluationNotFound: 404,
        errors.ScorecardExists: 409,
        errors.TooManyScorecards: 409,
        errors.ScorecardInvalid: 422,
    }
)


def to_problem(error: errors.QualityError) -> Problem:
    if isinstance(error, errors.VersionStale):
        return stale(error.current)
    fields = (FieldError(error.pointer, str(error)),) if error.pointer else ()
    return Problem(STATUS[type(error)], error.code, str(error), errors=fields)


def add_handlers(app: FastAPI) -> None:
    app.add_exception_handler(errors.QualityError, _answer)
    app.add_exception_handler(AggregateConflict, _answer_conflict)
    app.add_exception_handler(AggregateExists, _answer_conflict)


async def _answer(_request: Request, error: Exception) -> Response:
    if not isinstance(error, errors.QualityError):
        raise error
    return problem_response(to_problem(error))


async def _answer_conflict(_request: Request, _error: Exception) -> Response:
    detail = "Others changed this at the same moment; read it and try once more."
    return problem_response(Problem(409, "changed-meanwhile", detail))
