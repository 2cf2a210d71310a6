"""The HTTP frame: every error is a problem, ids pass, bodies are bounded, nothing leaks."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

import pytest
from fastapi import Depends, FastAPI, WebSocket
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace import TracerProvider
from prometheus_client import CollectorRegistry
from pydantic import AfterValidator, BaseModel, ConfigDict

from switchyard.eventing.ports import BrokerUnavailable
from switchyard.service.health import Health
from switchyard.service.http import make_app
from switchyard.service.identity import HEADER, Principal, require, sign_internal
from switchyard.service.pages import Page, Paging, encode_cursor
from switchyard.service.problems import FieldError, Problem
from switchyard.service.running import utc_now
from switchyard.service.settings import ServiceSettings

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Settings(ServiceSettings):
    service: ClassVar[str] = "probe"
    http_body_limit: int = 200


def even(level: int) -> int:
    if level % 2:
        raise ValueError("must be even")
    return level


class Skill(BaseModel):
    model_config = ConfigDict(extra="forbid")
    level: Annotated[int, AfterValidator(even)]


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid")
    skills: list[Skill]


@pytest.fixture
def health() -> Health:
    return Health(started=True)


@pytest.fixture
def app(health: Health) -> FastAPI:
    provider = TracerProvider(shutdown_on_exit=False)
    app = make_app(
        "probe",
        settings=Settings(),
        registry=CollectorRegistry(),
        health=health,
        tracer_provider=provider,
        body_limits={"/large": 1000},
    )

    @app.post("/things")
    @app.post("/large")
    async def post(thing: Thing) -> Thing:
        return thing

    @app.get("/conflict")
    async def conflict() -> None:
        raise Problem(409, "taken", "It is taken.", errors=[FieldError("/id", "taken")], headers={"Retry-After": "3"})

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("the secret is swordfish")

    @app.get("/away")
    async def away() -> None:
        raise BrokerUnavailable("gone")

    @app.get("/list")
    async def listing(page: Paging) -> Page[str]:
        return Page(items=[str(page.limit), *map(str, page.after or ())])

    @app.get("/mine")
    async def mine(principal: Annotated[Principal, Depends(require("qa"))]) -> dict[str, str]:
        return {"tenant": principal.tenant}

    @app.websocket("/socket")
    async def socket(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(socket.scope["state"]["request_id"])
        await socket.close()

    return app


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["title"]
    assert body["detail"]
    return body


def test_a_field_of_the_wrong_type_is_named_by_its_pointer(client: TestClient) -> None:
    body = problem(client.post("/things", json={"skills": [{"level": "high"}]}), 422, "invalid-request")
    assert [error["pointer"] for error in body["errors"]] == ["/skills/0/level"]


def test_a_check_of_our_own_is_told_in_its_own_words(client: TestClient) -> None:
    body = problem(client.post("/things", json={"skills": [{"level": 3}]}), 422, "invalid-request")
    assert body["errors"] == [{"pointer": "/skills/0/level", "detail": "must be even"}]


def test_an_unknown_field_is_refused(client: TestClient) -> None:
    body = problem(client.post("/things", json={"skills": [], "colour": "red"}), 422, "invalid-request")
    assert body["errors"][0]["pointer"] == "/colour"


def test_malformed_json_is_not_an_invalid_request(client: TestClient) -> None:
    response = client.post("/things", content=b'{"skills": [', headers={"content-type": "application/json"})
    problem(response, 400, "malformed-json")


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"[" * 190])
def test_bytes_that_are_no_json_are_refused(client: TestClient, body: bytes) -> None:
    response = client.post("/things", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 400


def test_another_content_type_is_refused(client: TestClient) -> None:
    response = client.post("/things", content=b"<a/>", headers={"content-type": "text/xml"})
    problem(response, 415, "content-type-unsupported")


def test_a_long_list_of_errors_is_cut(client: TestClient) -> None:
    body = problem(client.post("/large", json={"skills": ["x"] * 100}), 422, "invalid-request")
    assert len(body["errors"]) == 20


def test_a_declared_oversize_body_is_refused(client: TestClient) -> None:
    problem(client.post("/things", content=b" " * 201), 413, "body-too-large")


def test_an_undeclared_oversize_body_is_refused_while_it_arrives(client: TestClient) -> None:
    taken = []

    def endless() -> Iterator[bytes]:
        for number in range(1000):
            taken.append(number)
            yield b" " * 50

    problem(
        client.post("/things", content=endless(), headers={"content-type": "application/json"}), 413, "body-too-large"
    )


def test_a_route_may_take_more(client: TestClient) -> None:
    assert client.post("/large", content=b'{"skills": []}' + b" " * 500).status_code != 413


def test_unknown_paths_and_methods_are_problems(client: TestClient) -> None:
    problem(client.get("/nowhere"), 404, "not-found")
    response = client.delete("/things")
    problem(response, 405, "method-not-allowed")
    assert response.headers["allow"] == "POST"


def test_a_problem_keeps_its_errors_and_headers(client: TestClient) -> None:
    response = client.get("/conflict")
    assert problem(response, 409, "taken")["errors"] == [{"pointer": "/id", "detail": "taken"}]
    assert response.headers["retry-after"] == "3"


def test_an_unhandled_failure_tells_nothing_of_itself(client: TestClient) -> None:
    response = client.get("/broken")
    body = problem(response, 500, "internal-error")
    assert "swordfish" not in response.text
    assert response.headers["x-request-id"] in body["detail"]


def test_a_broker_away_is_a_503_to_be_tried_again(client: TestClient) -> None:
    response = client.get("/away")
    problem(response, 503, "broker-unavailable")
    assert response.headers["retry-after"] == "1"


def test_a_request_id_passes_or_is_made(client: TestClient) -> None:
    assert client.get("/list", headers={"X-Request-Id": "abc-1"}).headers["x-request-id"] == "abc-1"
    made = client.get("/list", headers={"X-Request-Id": "bad id\t"}).headers["x-request-id"]
    assert re.fullmatch(r"req_[0-9a-f]{32}", made)


def test_a_web_socket_has_a_request_id_too(client: TestClient) -> None:
    with client.websocket_connect("/socket", headers={"X-Request-Id": "abc-2"}) as socket:
        assert socket.receive_text() == "abc-2"


def test_a_trace_goes_on(client: TestClient) -> None:
    answered = client.get("/list", headers={"traceparent": TRACEPARENT}).headers["traceparent"]
    assert answered.split("-")[1] == TRACEPARENT.split("-")[1]
    assert answered.split("-")[2] != TRACEPARENT.split("-")[2]


def test_a_cursor_goes_round(client: TestClient) -> None:
    cursor = encode_cursor(["2026-11-22T08:00:00Z", "tkt_1", None])
    answer = client.get("/list", params={"cursor": cursor, "limit": 2}).json()
    assert answer == {"items": ["2", "2026-11-22T08:00:00Z", "tkt_1", "None"], "next": None}


@pytest.mark.parametrize("cursor", ["%%%", "e30", "W1tdXQ", "bnVsbA", "a" * 5000])
def test_a_cursor_that_no_list_gave_is_refused(client: TestClient, cursor: str) -> None:
    problem(client.get("/list", params={"cursor": cursor}), 400, "invalid-cursor")


@pytest.mark.parametrize("limit", ["0", "201", "x"])
def test_a_limit_out_of_bounds_is_named(client: TestClient, limit: str) -> None:
    body = problem(client.get("/list", params={"limit": limit}), 422, "invalid-request")
    assert body["errors"][0]["pointer"] == "?limit"


def signed(*roles: str) -> dict[str, str]:
    principal = Principal(tenant="t1", subject="ada", roles=frozenset(roles), credential_id="c1")
    return {HEADER: sign_internal(principal, Settings().internal_secret.get_secret_value(), utc_now())}


def test_a_route_asks_for_a_principal_and_a_role(client: TestClient) -> None:
    problem(client.get("/mine"), 401, "unauthenticated")
    problem(client.get("/mine", headers={HEADER: "x.y.z"}), 401, "internal-token-invalid")
    problem(client.get("/mine", headers=signed("agent")), 403, "role-missing")
    assert client.get("/mine", headers=signed("qa")).json() == {"tenant": "t1"}


def test_metrics_name_routes_and_not_paths(client: TestClient) -> None:
    client.get("/nowhere/tkt_123")
    client.get("/list")
    text = client.get("/metrics").text
    assert 'switchyard_http_requests_total{method="GET",route="/list",status="200"} 1.0' in text
    assert "tkt_123" not in text


def test_a_loop_that_stands_still_is_told(client: TestClient, health: Health) -> None:
    health.watch("engine", lambda: 91.0)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["stuck"]) == (503, ["engine"])


def test_readiness_names_what_is_missing(client: TestClient, health: Health) -> None:
    async def no() -> bool:
        raise ConnectionError

    assert client.get("/readyz").status_code == 200
    health.require("database", no)
    assert client.get("/readyz").json()["waiting_for"] == ["database"]
    health.draining.set()
    assert client.get("/readyz").json()["waiting_for"] == ["draining"]
