"""The one table from refused settings to HTTP."""

from collections.abc import Mapping

from fastapi import FastAPI, Request, Response

from services.routing.application.settings import errors
from switchyard.eventing.aggregates import AggregateConflict, AggregateExists
from switchyard.service.etags import stale
from switchyard.service.problems import FieldError, Problem, problem_response

STATUS: Mapping[type[errors.SettingError], int] = {
    errors.SettingNotFound: 404,
    errors.SettingExists: 409,
    errors.StillUsed: 409,
    errors.QueueNotEmpty: 409,
    errors.PoolMoving: 503,
    errors.AgentMoving: 409,
    errors.BuiltIn: 409,
    errors.PoolFixed: 422,
    errors.CrossesPools: 422,
    errors.ReferenceUnknown: 422,
    errors.SettingImpossible: 422,
    errors.CycleOfOverflows: 422,
    errors.SkillUnstaffed: 422,
    errors.ExpressionRefused: 422,
    errors.ShiftsOverlap: 422,
    errors.HoursOverlap: 422,
    errors.DateRepeated: 422,
    errors.CountryUnknown: 422,
    errors.HolidaysWithoutHours: 422,
    errors.AnnouncementMissing: 422,
    errors.EmergencyUnclear: 422,
}


def to_problem(error: errors.SettingError) -> Problem:
    if isinstance(error, errors.VersionStale):
        return stale(error.current)
    fields = tuple(FieldError(fault.pointer, fault.detail) for fault in error.faults)
    headers = {"Retry-After": "1"} if isinstance(error, errors.PoolMoving) else None
    return Problem(STATUS[type(error)], error.code, str(error), errors=fields, headers=headers)


def add_handlers(app: FastAPI) -> None:
    app.add_exception_handler(errors.SettingError, _answer)
    app.add_exception_handler(AggregateConflict, _answer_conflict)
    app.add_exception_handler(AggregateExists, _answer_conflict)


async def _answer(_request: Request, error: Exception) -> Response:
    if not isinstance(error, errors.SettingError):
        raise error
    return problem_response(to_problem(error))


async def _answer_conflict(_request: Request, _error: Exception) -> Response:
    detail = "Somebody else changed this at the same moment; read it and try once more."
    return problem_response(Problem(409, "changed-meanwhile", detail))
