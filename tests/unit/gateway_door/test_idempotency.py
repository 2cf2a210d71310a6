"""The same request under the same Idempotency-Key is answered as the first time, whoever answers it."""

import asyncio

import httpx
import pytest

from tests.unit.gateway_door.bench import Bench, token

KEYED = {"Idempotency-Key": "k1"}


class Upstream:
    """A service that counts; it can fail, wait, and answer with what it was asked."""

    def __init__(self) -> None:
        self.calls = 0
        self.status = 201
        self.go = asyncio.Event()
        self.go.set()
        self.asked = asyncio.Event()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        self.asked.set()
        await self.go.wait()
        body = {"call": self.calls, "body": request.content.decode()}
        return httpx.Response(self.status, json=body, headers={"Location": f"/v1/tickets/{self.calls}"})


@pytest.fixture
def upstream(bench: Bench) -> Upstream:
    bench.upstream = Upstream()
    return bench.upstream


async def test_a_repeat_gets_the_first_answer_with_its_headers(bench: Bench, upstream: Upstream) -> None:
    async with bench.client(token()) as client:
        first = await client.post("/v1/tickets", json={"a": 1}, headers=KEYED)
        again = await client.post("/v1/tickets", json={"a": 1}, headers=KEYED)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["location"] == "/v1/tickets/1"
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    assert upstream.calls == 1


async def test_another_body_under_the_same_key_is_422(bench: Bench, upstream: Upstream) -> None:
    async with bench.client(token()) as client:
        await client.post("/v1/tickets", json={"a": 1}, headers=KEYED)
        for other in (
            await client.post("/v1/tickets", json={"a": 2}, headers=KEYED),
            await client.post("/v1/tickets", json={"a": 1}, params={"x": 1}, headers=KEYED),
        ):
            assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert upstream.calls == 1


async def test_a_key_belongs_to_its_tenant_credential_and_route(bench: Bench, upstream: Upstream) -> None:
    for bearer, path in (
        (token("agent-1"), "/v1/tickets"),
        (token("agent-2"), "/v1/tickets"),
        (token("agent-1", tenant="other"), "/v1/tickets"),
        (token("agent-1"), "/v1/tickets/7/notes"),
    ):
        async with bench.client(bearer) as client:
            assert (await client.post(path, json={}, headers=KEYED)).status_code == 201
    assert upstream.calls == 4


async def test_concurrent_duplicates_run_once(bench: Bench, upstream: Upstream) -> None:
    upstream.go.clear()
    async with bench.client(token()) as client:
        asked = [asyncio.create_task(client.post("/v1/tickets", json={}, headers=KEYED)) for _ in range(5)]
        await upstream.asked.wait()
        upstream.go.set()
        answers = await asyncio.gather(*asked)
    assert [answer.json() for answer in answers] == [answers[0].json()] * 5
    assert upstream.calls == 1


async def test_a_duplicate_that_waited_long_enough_is_409(
    bench: Bench, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.gateway.entrypoints.idempotency._PATIENCE_SECONDS", 0.01)
    upstream.go.clear()
    async with bench.client(token()) as client:
        first = asyncio.create_task(client.post("/v1/tickets", json={}, headers=KEYED))
        await upstream.asked.wait()
        second = await client.post("/v1/tickets", json={}, headers=KEYED)
        upstream.go.set()
        assert (await first).status_code == 201
    assert (second.status_code, second.json()["code"]) == (409, "request-in-progress")
    assert second.headers["retry-after"]


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_what_did_not_happen_may_be_tried_again(bench: Bench, upstream: Upstream, status: int) -> None:
    upstream.status = status
    async with bench.client(token()) as client:
        assert (await client.post("/v1/tickets", json={}, headers=KEYED)).status_code == status
        upstream.status = 201
        assert (await client.post("/v1/tickets", json={}, headers=KEYED)).status_code == 201


async def test_a_decided_refusal_is_kept(bench: Bench, upstream: Upstream) -> None:
    upstream.status = 409
    async with bench.client(token()) as client:
        await client.post("/v1/tickets", json={}, headers=KEYED)
        upstream.status = 201
        assert (await client.post("/v1/tickets", json={}, headers=KEYED)).status_code == 409


@pytest.mark.parametrize("key", ["", "x" * 256, "with space", "ключ"])
async def test_a_key_that_is_none_is_400(bench: Bench, upstream: Upstream, key: str) -> None:
    async with bench.client(token()) as client:
        headers = [(b"Idempotency-Key", key.encode())]
        answer = await client.post("/v1/tickets", json={}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-invalid")
    assert upstream.calls == 0


async def test_a_claim_left_by_a_dead_replica_lapses(bench: Bench, upstream: Upstream) -> None:
    upstream.go.clear()
    async with bench.client(token()) as client:
        first = asyncio.create_task(client.post("/v1/tickets", json={}, headers=KEYED))
        await upstream.asked.wait()
        bench.clock.advance(seconds=60)
        upstream.go.set()
        assert (await client.post("/v1/tickets", json={}, headers=KEYED)).status_code == 201
        await first


async def test_gets_and_puts_pay_no_heed_to_the_key(bench: Bench, upstream: Upstream) -> None:
    async with bench.client(token()) as client:
        for _ in range(2):
            await client.get("/v1/tickets", headers=KEYED)
            await client.put("/v1/tickets/1", json={}, headers=KEYED)
    assert upstream.calls == 4
