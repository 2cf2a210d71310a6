"""The one table from ticketing's refusals to HTTP."""

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import FastAPI, Request, Response

from services.ticketing.domain import errors
from switchyard.eventing.aggregates import AggregateConflict, AggregateExists
from switchyard.service.etags import stale
from switchyard.service.problems import FieldError, Problem, problem_response

STATUS: Mapping[type[errors.TicketingError], int] = MappingProxyType(
    {
        errors.TicketNotFound: 404,
        errors.TicketTypeUnknown: 422,
        errors.TicketTypeRetired: 422,
        errors.TicketTypeExists: 409,
        errors.TooManyTicketTypes: 409,
        errors.TransitionRefused: 409,
        errors.TicketClosedAlready: 409,
        errors.TicketNotReopenable: 409,
        errors.TicketFull: 409,
    }
)


def to_problem(error: errors.TicketingError) -> Problem:
    if isinstance(error, errors.VersionStale):
        return stale(error.current)
    fields = (FieldError(error.pointer, str(error)),) if error.pointer else ()
    return Problem(STATUS[type(error)], error.code, str(error), errors=fields)


def add_handlers(app: FastAPI) -> None:
    app.add_exception_handler(errors.TicketingError, _answer)
    app.add_exception_handler(AggregateConflict, _answer_conflict)
    app.add_exception_handler(AggregateExists, _answer_conflict)


async def _answer(_request: Request, error: Exception) -> Response:
    if not isinstance(error, errors.TicketingError):
        raise error
    return problem_response(to_problem(error))


async def _answer_conflict(_request: Request, _error: Exception) -> Response:
    detail = "Others changed this at the same moment, again and again; read it and try once more."
    return problem_response(Problem(409, "changed-meanwhile", detail))
