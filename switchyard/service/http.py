"""The HTTP frame of a service: every error a problem, ids in and out, health and metrics."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from opentelemetry.sdk.trace import TracerProvider
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.eventing.ports import BrokerUnavailable
from switchyard.service.edge import BodyLimit, Edge
from switchyard.service.health import Health
from switchyard.service.identity import TokenReader
from switchyard.service.metrics import HttpMetrics
from switchyard.service.problems import FieldError, Problem, as_problem, json_pointer, problem_response
from switchyard.service.settings import ServiceSettings

OPERATIONS_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
#: Field errors told in one answer: enough for a person, bounded for a hostile body.
_MOST_ERRORS = 20
#: What pydantic puts before the words of a check of our own.
_RAISED = "Value error, "


def make_app(
    name: str,
    *,
    settings: ServiceSettings,
    registry: CollectorRegistry,
    health: Health,
    tracer_provider: TracerProvider | None = None,
    body_limits: Mapping[str, int] | None = None,
) -> FastAPI:
    """Return a service's application without its routes; `body_limits` are bytes by path prefix."""
    app = FastAPI(
        title=f"Switchyard {name}",
        docs_url=None,
        redoc_url=None,
        telemetry={
            "tracer_provider": tracer_provider,
            "tracing": tracer_provider is not None,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
            "exclude": lambda scope: scope.get("path") in OPERATIONS_PATHS,
        },
    )
    app.state.token_reader = TokenReader(settings.internal_secret.get_secret_value())
    app.add_middleware(BodyLimit, limit=settings.http_body_limit, by_prefix=body_limits or {})
    app.add_middleware(Edge, metrics=HttpMetrics(registry))
    app.add_exception_handler(Problem, _answer_problem)
    app.add_exception_handler(HTTPException, _answer_problem)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(BrokerUnavailable, _answer_unavailable)
    app.add_exception_handler(StoreUnavailable, _answer_unavailable)
    _add_operations(app, registry, health)
    return app


def _add_operations(app: FastAPI, registry: CollectorRegistry, health: Health) -> None:
    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> JSONResponse:
        stuck = health.stuck()
        body = {"status": "stuck" if stuck else "ok", "stuck": stuck, "seconds_since_turn": health.loops()}
        return JSONResponse(body, status_code=503 if stuck else 200)

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> JSONResponse:
        unready = await health.unready()
        body = {"status": "unready" if unready else "ready", "waiting_for": unready}
        return JSONResponse(body, status_code=503 if unready else 200)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


async def _answer_problem(_request: Request, error: Exception) -> Response:
    return problem_response(as_problem(error))


async def _answer_unavailable(_request: Request, error: Exception) -> Response:
    part = "broker" if isinstance(error, BrokerUnavailable) else "database"
    detail = f"The {part} did not answer in time; the same request may be sent again."
    return problem_response(Problem(503, f"{part}-unavailable", detail, headers={"Retry-After": "1"}))


async def _answer_invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    return problem_response(invalid_request(error, request.headers.get("content-type", "")))


def invalid_request(error: RequestValidationError, content_type: str) -> Problem:
    """Tell malformed JSON (400) and a foreign content type (415) from fields at fault (422)."""
    found = error.errors()
    if any(each["type"] == "json_invalid" for each in found):
        return Problem(400, "malformed-json", "The request body is not valid JSON.")
    if any(_is_unread_body(each) for each in found):
        detail = f"The body must be application/json, not {content_type or 'of no content type'}."
        return Problem(415, "content-type-unsupported", detail)
    errors = tuple(_field_error(each) for each in found[:_MOST_ERRORS])
    return Problem(422, "invalid-request", "The request does not fit what this route takes.", errors=errors)


def _field_error(error: Mapping[str, Any]) -> FieldError:
    return FieldError(json_pointer(error["loc"]), error["msg"].removeprefix(_RAISED))


def _is_unread_body(error: Mapping[str, Any]) -> bool:
    """FastAPI leaves a body it does not take for JSON as bytes, which then fit no model."""
    return tuple(error["loc"]) == ("body",) and isinstance(error.get("input"), bytes)
