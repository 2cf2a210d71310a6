"""The gateway's refusals as problems: the one table of statuses."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.application.pool_paces import PoolBehind
from services.gateway.domain.errors import GatewayError, Invalid, NotAllowed, NotThere, StateConflict
from switchyard.service.problems import FieldError, Problem, problem_response

_STATUSES: Final[tuple[tuple[type[GatewayError], int], ...]] = (
    (NotThere, 404),
    (StateConflict, 409),
    (NotAllowed, 403),
    (Invalid, 422),
)


def problem_of(error: GatewayError) -> Problem:
    status = next((status for kind, status in _STATUSES if isinstance(error, kind)), 409)
    errors = (FieldError(error.pointer, error.detail),) if error.pointer else ()
    return Problem(status, error.code, error.detail, errors=errors)


async def answer_pool_behind(_request: Request, error: Exception) -> Response:
    """Say when to come again; providers of webhooks go by the status, others by the header."""
    if not isinstance(error, PoolBehind):
        raise error
    retry_after = {"Retry-After": str(error.retry_after_seconds)}
    return problem_response(Problem(503, "pool-behind", str(error), headers=retry_after))


@contextmanager
def as_problems() -> Iterator[None]:
    """Raise the gateway's refusals as problems."""
    try:
        yield
    except GatewayError as error:
        raise problem_of(error) from error
