"""What is handed on to the services, and how."""

from urllib.parse import unquote

import httpx
import pytest
from starlette.types import Message, Scope

from services.gateway.entrypoints.forward import TABLE, owner_of
from switchyard.service.identity import HEADER, verify_internal
from tests.unit.gateway_door.bench import NOW, Bench, token


class Recorder:
    def __init__(self, answer: httpx.Response | None = None) -> None:
        self.asked: list[httpx.Request] = []
        self.answer = answer or httpx.Response(200, json={"items": []})

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answer


async def test_a_request_goes_on_as_it_came_with_who_asks_and_without_the_credential(bench: Bench) -> None:
    upstream = bench.upstream = Recorder()
    async with bench.client(token("agent-1", "agent", "qa")) as client:
        headers = {"X-Request-Id": "req-1", "If-Match": '"3"', "Cookie": "a=b", HEADER: "forged", "Connection": "x"}
        await client.patch("/v1/tickets/a%2Fb?x=1&x=%20", content=b"{}", headers=headers)
    sent = upstream.asked[0]
    assert sent.method == "PATCH"
    assert str(sent.url) == "http://127.0.0.1:8082/v1/tickets/a%2Fb?x=1&x=%20"
    assert sent.content == b"{}"
    assert sent.headers["if-match"] == '"3"'
    assert sent.headers["x-request-id"] == "req-1"
    assert not {"authorization", "cookie"} & set(sent.headers)
    principal = verify_internal(sent.headers[HEADER], bench.settings.internal_secret.get_secret_value(), NOW)
    assert (principal.tenant, principal.subject, principal.roles) == (
        "acme",
        "agent-1",
        frozenset({"agent", "qa"}),
    )


async def test_the_answer_comes_back_with_its_headers_but_not_the_connections(bench: Bench) -> None:
    headers = {"ETag": '"4"', "Location": "/v1/tickets/1", "Connection": "close", "Set-Cookie": "a=b", "Server": "x"}
    bench.upstream = Recorder(httpx.Response(412, content=b"{}", headers=headers))
    async with bench.client(token()) as client:
        answer = await client.put("/v1/tickets/1", json={})
    assert answer.status_code == 412
    assert answer.headers["etag"] == '"4"'
    assert answer.headers["location"] == "/v1/tickets/1"
    assert not {"connection", "set-cookie", "server"} & set(answer.headers)


async def test_a_service_that_is_down_is_503_and_says_when_to_try_again(bench: Bench) -> None:
    async with bench.client(token()) as client:
        answer = await client.get("/v1/scorecards")
    assert (answer.status_code, answer.json()["code"]) == (503, "service-unavailable")
    assert answer.headers["retry-after"] == "1"


async def test_a_service_that_stays_silent_may_have_done_it(bench: Bench) -> None:
    async def silent(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    bench.upstream = silent
    async with bench.client(token()) as client:
        answer = await client.post("/v1/tickets", json={})
    assert (answer.status_code, answer.json()["code"]) == (503, "service-timeout")


async def test_a_read_is_asked_once_more_on_a_broken_connection_and_a_write_is_not(bench: Bench) -> None:
    calls: list[str] = []

    async def broken_once(request: httpx.Request) -> httpx.Response:
        calls.append(request.method)
        if len(calls) == 1 or request.method == "POST":
            raise httpx.RemoteProtocolError("closed", request=request)
        return httpx.Response(200, json={})

    bench.upstream = broken_once
    async with bench.client(token()) as client:
        assert (await client.get("/v1/tickets")).status_code == 200
        assert (await client.post("/v1/tickets", json={})).status_code == 503
    assert calls == ["GET", "GET", "POST"]


@pytest.mark.parametrize(
    "path", ["/v1/tickets/../../internal/x", "/v1/tickets/%2e%2e/%2e%2e/internal/x", "/v1/tickets/..%2f..%2finternal"]
)
async def test_no_path_climbs_out_of_its_prefix(bench: Bench, path: str) -> None:
    upstream = bench.upstream = Recorder()
    scope: Scope = {
        "type": "http",
        "method": "GET",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {token()}".encode())],
    }
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await bench.app(scope, receive, send)
    assert sent[0]["status"] == 400
    assert upstream.asked == []


async def test_internal_routes_of_the_services_are_not_reachable(bench: Bench) -> None:
    upstream = bench.upstream = Recorder()
    async with bench.client(token("boss", "admin")) as client:
        for path in ("/internal/pools/acme/default/snapshot", "/v1/internal/x", "/v1/ticketsx", "/v1/live2"):
            assert (await client.get(path)).status_code == 404
    assert upstream.asked == []


async def test_a_body_over_the_limit_never_goes_on(bench: Bench) -> None:
    upstream = bench.upstream = Recorder()
    async with bench.client(token()) as client:
        answer = await client.post("/v1/tickets", content=b"x" * (bench.settings.http_body_limit + 1))
    assert answer.status_code == 413
    assert upstream.asked == []


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("/v1/contacts/{id}/timeline", "analytics"),
        ("/v1/contacts/{contact_id}/decisions", "routing"),
        ("/v1/contacts/{contact_id}/candidates", "routing"),
        ("/v1/contacts/{id}", None),
        ("/v1/queues/{id}/waiting", "routing"),
        ("/v1/callbacks/cnt_1", None),
        ("/v1/live/queues", "analytics"),
        ("/internal/contacts/{id}/transcript", None),
    ],
)
def test_every_path_has_one_owner(path: str, owner: str | None) -> None:
    assert owner_of(path) == owner


def test_no_prefix_is_in_the_table_twice() -> None:
    prefixes = [prefix for each in TABLE.values() for prefix in each]
    assert len(prefixes) == len(set(prefixes))


async def test_too_many_requests_are_429_until_there_is_room_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("services.gateway.entrypoints.rate_limits.time.monotonic", lambda: now[0])
    burst = int(bench.settings.rate_limit_burst)
    async with bench.client(token("agent-1")) as client:
        answers = [await client.get("/v1/offers") for _ in range(burst + 1)]
        async with bench.client(token("agent-2")) as other:
            assert (await other.get("/v1/offers")).status_code == 200
        now[0] += 1
        assert (await client.get("/v1/offers")).status_code == 200
    assert {answer.status_code for answer in answers[:-1]} == {200}
    assert (answers[-1].status_code, answers[-1].json()["code"]) == (429, "rate-limited")
    assert answers[-1].headers["retry-after"] == "1"


async def test_new_work_is_turned_away_while_events_pile_up_and_reading_goes_on(bench: Bench) -> None:
    bench.upstream, bench.congested = Recorder(), True
    async with bench.client(token()) as client:
        answer = await client.post("/v1/tickets", json={})
        assert (await client.get("/v1/tickets")).status_code == 200
    assert (answer.status_code, answer.json()["code"]) == (503, "backlog")
    assert answer.headers["retry-after"]
