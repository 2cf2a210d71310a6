"""How an answer of routing becomes an HTTP answer: the one table of refusals, 202 where it takes longer."""

from typing import Final

from fastapi import Request
from starlette.responses import JSONResponse

from services.gateway.application.door.answers import Answered, Pending, Refused
from services.gateway.application.door.command_ids import Origin
from services.gateway.entrypoints.idempotency import HEADER
from switchyard.service.identity import Principal
from switchyard.service.problems import FieldError, Problem

#: What is not here is a conflict with the state as it is: 409.
_STATUSES: Final = {
    "offer-unknown": 404,
    "agent-unknown": 404,
    "break-not-requested": 404,
    "offer-of-another-agent": 403,
    "not-the-holder": 403,
    "queue-unknown": 422,
    "state-unknown": 422,
    "command-invalid": 422,
    "extension-too-long": 422,
    "never-in-hours": 422,
}


#: The field that a refusal is about, where it is one of the body's.
_POINTERS: Final = {"extension-too-long": "/seconds", "never-in-hours": "/not_after"}


def origin_of(request: Request, principal: Principal) -> Origin:
    """Say who asks by which route; a POST's Idempotency-Key makes the command the same at every repeat."""
    key = request.headers.get(HEADER) if request.method == "POST" else None
    route = f"{request.method} {request.url.path}"
    return Origin(credential_id=principal.credential_id, route=route, idempotency_key=key)


def refusal(refused: Refused) -> Problem:
    detail, pointer = refused.detail or "Routing refused this.", _POINTERS.get(refused.code)
    errors = (FieldError(pointer, detail),) if pointer else ()
    return Problem(_STATUSES.get(refused.code, 409), refused.code, detail, errors=errors)


def or_problem(answer: Answered | Refused | Pending) -> Answered | Pending:
    """Raises Problem where routing refused."""
    if isinstance(answer, Refused):
        raise refusal(answer)
    return answer


def pending(answer: Pending) -> JSONResponse:
    """Answer 202: the command is safe in the log, what becomes of it is told at its own address."""
    body = {"id": answer.command_id, "state": "pending"}
    return JSONResponse(body, status_code=202, headers={"Location": f"/v1/commands/{answer.command_id}"})
