"""The one table from notify's refusals to HTTP."""

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import FastAPI, Request, Response

from services.notify.domain import errors
from switchyard.eventing.aggregates import AggregateConflict, AggregateExists
from switchyard.service.etags import stale
from switchyard.service.problems import FieldError, Problem, problem_response

STATUS: Mapping[type[errors.NotifyError], int] = MappingProxyType(
    {
        errors.TemplateNotFound: 404,
        errors.SurveyNotFound: 404,
        errors.ResponseNotFound: 404,
        errors.NoticeNotFound: 404,
        errors.TemplateExists: 409,
        errors.SurveyExists: 409,
        errors.TooManyTemplates: 409,
        errors.TooManySurveys: 409,
        errors.TemplateInvalid: 422,
        errors.RatingOutsideScale: 422,
        errors.AnswerTooLate: 409,
    }
)


def to_problem(error: errors.NotifyError) -> Problem:
    if isinstance(error, errors.VersionStale):
        return stale(error.current)
    fields = (FieldError(error.pointer, str(error)),) if error.pointer else ()
    return Problem(STATUS[type(error)], error.code, str(error), errors=fields)


def add_handlers(app: FastAPI) -> None:
    app.add_exception_handler(errors.NotifyError, _answer)
    app.add_exception_handler(AggregateConflict, _answer_conflict)
    app.add_exception_handler(AggregateExists, _answer_conflict)


async def _answer(_request: Request, error: Exception) -> Response:
    if not isinstance(error, errors.NotifyError):
        raise error
    return problem_response(to_problem(error))


async def _answer_conflict(_request: Request, _error: Exception) -> Response:
    detail = "Others changed this at the same moment; read it and try once more."
    return problem_response(Problem(409, "changed-meanwhile", detail))
