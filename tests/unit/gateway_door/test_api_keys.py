"""API keys from their making to their end."""

import httpx

from tests.unit.gateway_door.bench import Bench, token


async def made(client: httpx.AsyncClient, **changes: object) -> httpx.Response:
    return await client.post("/v1/api-keys", json={"id": "partner", "name": "P", "roles": ["admin"], **changes})


async def opens(bench: Bench, secret: str) -> bool:
    async with bench.client(None, **{"X-Api-Key": secret}) as client:
        answer = await client.get("/v1/api-keys")
    assert answer.status_code == 200 or answer.json()["code"] == "api-key-invalid"
    return answer.status_code == 200


async def test_a_key_opens_and_its_secret_is_shown_once(bench: Bench) -> None:
    async with bench.client(token("boss", "admin")) as client:
        answer = await made(client)
        listed = await client.get("/v1/api-keys")
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    secret = answer.json()["key"]
    assert await opens(bench, secret)
    assert "key" not in listed.json()["items"][0]
    assert all(secret.encode() not in repr(key).encode() for key in bench.api_keys.keys.values())


async def test_a_second_key_of_the_same_id_is_a_conflict(bench: Bench) -> None:
    async with bench.client(token("boss", "admin")) as client:
        await made(client)
        again = await made(client)
    assert (again.status_code, again.json()["code"]) == (409, "api-key-exists")


async def test_an_unknown_role_is_named(bench: Bench) -> None:
    async with bench.client(token("boss", "admin")) as client:
        answer = await made(client, roles=["admin", "emperor"])
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/roles/1"


async def test_a_rotated_secret_opens_until_its_grace_is_over(bench: Bench) -> None:
    async with bench.client(token("boss", "admin")) as client:
        old = (await made(client)).json()["key"]
        new = (await client.post("/v1/api-keys/partner/rotate", json={"grace_seconds": 100})).json()["key"]
    assert old != new
    assert await opens(bench, old)
    assert await opens(bench, new)
    bench.clock.advance(seconds=101)
    assert not await opens(bench, old)
    assert await opens(bench, new)


async def test_a_removed_key_opens_nothing_after_a_minute(bench: Bench) -> None:
    async with bench.client(token("boss", "admin")) as client:
        secret = (await made(client)).json()["key"]
        assert await opens(bench, secret)
        assert (await client.delete("/v1/api-keys/partner")).status_code == 204
        assert (await client.delete("/v1/api-keys/partner")).status_code == 404
    bench.clock.advance(seconds=61)
    assert not await opens(bench, secret)


async def test_another_tenants_key_is_not_found(bench: Bench) -> None:
    async with bench.client(token("boss", "admin")) as client:
        secret = (await made(client)).json()["key"]
    async with bench.client(token("boss", "admin", tenant="other")) as client:
        for answer in (
            await client.get("/v1/api-keys/partner"),
            await client.post("/v1/api-keys/partner/rotate"),
            await client.delete("/v1/api-keys/partner"),
        ):
            assert answer.status_code == 404
    assert await opens(bench, secret)


async def test_a_changed_or_invented_secret_opens_nothing(bench: Bench) -> None:
    async with bench.client(token("boss", "admin")) as client:
        secret = (await made(client)).json()["key"]
    for forged in (
        secret[:-1] + ("A" if secret[-1] != "A" else "B"),
        secret.replace("acme", "other"),
        "sk_x",
        "sk_a.b",
    ):
        assert not await opens(bench, forged)
