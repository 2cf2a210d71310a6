"""A corpus of credentials, good and forged, at the door."""

import asyncio
import base64
import hmac
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry, serialize_compact

from services.gateway.adapters.jwks import Issuer, TokenVerifier
from services.gateway.application.door.credentials import CredentialRefused, IssuerUnavailable
from tests.unit.gateway_door.bench import ISSUER, KEY, NOW, Bench, jwks, token

STRANGER = RSAKey.generate_key(2048, {"kid": "one"}, private=True)


def claims(**changes: object) -> dict[str, Any]:
    body = {
        "iss": ISSUER,
        "aud": "switchyard",
        "sub": "agent-1",
        "tenant": "acme",
        "roles": ["admin"],
        "exp": int((NOW + timedelta(hours=1)).timestamp()),
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def unsigned(header: dict[str, object], body: dict[str, Any]) -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, body))
    return ".".join(parts) + "."


def confused() -> str:
    """Sign with HS256 and the RSA public key's text as the secret, by hand: the library refuses such a key."""
    signed = unsigned({"alg": "HS256", "kid": "one"}, claims()).removesuffix(".")
    mac = hmac.digest(KEY.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def own_key_in_header() -> str:
    header = {"alg": "RS256", "kid": "one", "jku": "https://evil.test/jwks", "jwk": STRANGER.as_dict(private=False)}
    return serialize_compact(header, json.dumps(claims()), STRANGER, registry=JWSRegistry(strict_check_header=False))


def at(seconds: float) -> int:
    return int(NOW.timestamp() + seconds)


FORGED = [
    ("token-expired", token("a", "admin", exp=at(-11))),
    ("token-not-yet-valid", token("a", "admin", nbf=at(60))),
    ("token-issuer-unknown", token("a", "admin", iss="https://elsewhere.test")),
    ("token-issuer-unknown", token("a", "admin", iss=None)),
    ("token-issuer-unknown", unsigned({"alg": "RS256"}, claims(iss=["https://issuer.test"]))),
    ("token-audience-wrong", token("a", "admin", aud="billing")),
    ("token-audience-wrong", token("a", "admin", aud=None)),
    ("token-audience-wrong", token("a", "admin", aud=["x", "y"])),
    ("token-claims-missing", token("a", "admin", exp=None)),
    ("token-claims-missing", token("a", "admin", tenant=None)),
    ("token-claims-missing", jwt.encode({"alg": "RS256", "kid": "one"}, claims(roles="admin"), KEY)),
    ("token-claims-missing", token("a", "admin", tenant="acme/../other")),
    ("token-malformed", token("a", "admin", exp="tomorrow")),
    ("token-algorithm-refused", unsigned({"alg": "none"}, claims())),
    ("token-algorithm-refused", unsigned({"alg": "NONE"}, claims())),
    ("token-algorithm-refused", unsigned({}, claims())),
    ("token-algorithm-refused", confused()),
    ("token-signature-invalid", jwt.encode({"alg": "RS256", "kid": "one"}, claims(), STRANGER)),
    ("token-signature-invalid", jwt.encode({"alg": "RS256", "kid": "../../dev/null"}, claims(), STRANGER)),
    ("token-signature-invalid", own_key_in_header()),
    ("token-signature-invalid", token("a", "admin")[:-4] + "AAAA"),
    ("token-malformed", "not-a-token"),
    ("token-malformed", "a.b.c"),
    ("token-malformed", "x" * 10_000),
    ("token-malformed", unsigned({"alg": "RS256"}, claims())[:-20] + "[[[["),
]


@pytest.mark.parametrize(("code", "bearer"), FORGED)
async def test_a_forged_token_opens_nothing(bench: Bench, code: str, bearer: str) -> None:
    async with bench.client(bearer) as client:
        answer = await client.get("/v1/api-keys")
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", ["/v1/offers", "/v1/agents/agent-1/state", "/v1/tickets", "/v1/no-such-thing"])
async def test_without_a_credential_every_path_of_the_door_is_401(bench: Bench, path: str) -> None:
    async with bench.client() as client:
        answer = await client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (401, "credential-missing")


@pytest.mark.parametrize("authorization", ["Basic dXNlcjpwYXNz", "Bearer", "Bearer  "])
async def test_another_scheme_is_malformed(bench: Bench, authorization: str) -> None:
    async with bench.client(None, Authorization=authorization) as client:
        answer = await client.get("/v1/offers")
    assert (answer.status_code, answer.json()["code"]) == (401, "credential-malformed")


async def test_a_forged_internal_header_is_not_believed(bench: Bench) -> None:
    async with bench.client(None, **{"X-Switchyard-Principal": "anything"}) as client:
        assert (await client.get("/v1/offers")).status_code == 401


async def test_a_good_token_opens_and_a_missing_role_is_403(bench: Bench) -> None:
    async with bench.client(token("boss", "admin")) as client:
        assert (await client.get("/v1/api-keys")).status_code == 200
    async with bench.client(token("agent-1", "agent", "superuser")) as client:
        answer = await client.get("/v1/api-keys")
    assert (answer.status_code, answer.json()["code"]) == (403, "role-missing")


async def test_a_token_is_refused_once_it_expires_though_it_was_believed_before(bench: Bench) -> None:
    async with bench.client(token("boss", "admin", exp=at(30))) as client:
        assert (await client.get("/v1/api-keys")).status_code == 200
        bench.clock.advance(seconds=45)
        assert (await client.get("/v1/api-keys")).json()["code"] == "token-expired"


class Keys:
    """An issuer's address, which can be down and changes its keys."""

    def __init__(self) -> None:
        self.keys = jwks()
        self.up = True
        self.asked = 0

    async def __call__(self, _request: httpx.Request) -> httpx.Response:
        self.asked += 1
        await asyncio.sleep(0)
        return httpx.Response(200, json=self.keys) if self.up else httpx.Response(503)

    def verifier(self, tenants: frozenset[str] | None = None) -> TokenVerifier:
        issuer = Issuer(
            name=ISSUER,
            audience="switchyard",
            algorithms=("RS256",),
            jwks_url="https://issuer.test/jwks",
            tenants=tenants,
        )
        return TokenVerifier([issuer], httpx.AsyncClient(transport=httpx.MockTransport(self)))


async def test_fetched_keys_are_kept_and_served_while_the_issuer_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    issuer, now = Keys(), [1000.0]
    monkeypatch.setattr("services.gateway.adapters.jwks.time.monotonic", lambda: now[0])
    verifier = issuer.verifier()
    await verifier.verify(token(), NOW)
    issuer.up = False
    now[0] += 3600
    for _ in range(3):
        assert (await verifier.verify(token(), NOW)).caller.subject == "agent-1"
    assert issuer.asked == 2


async def test_requests_that_come_together_have_the_keys_fetched_once() -> None:
    issuer = Keys()
    verifier = issuer.verifier()
    verified = await asyncio.gather(*(verifier.verify(token(f"agent-{number}"), NOW) for number in range(20)))
    assert len({each.caller.subject for each in verified}) == 20
    assert issuer.asked == 1


async def test_an_unknown_key_id_has_the_keys_fetched_again_but_not_at_every_forgery(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    issuer, now = Keys(), [1000.0]
    monkeypatch.setattr("services.gateway.adapters.jwks.time.monotonic", lambda: now[0])
    verifier = issuer.verifier()
    await verifier.verify(token(), NOW)
    fresh = RSAKey.generate_key(2048, {"kid": "two"}, private=True)
    issuer.keys = {"keys": [fresh.as_dict(private=False)]}
    now[0] += 11
    rotated = jwt.encode({"alg": "RS256", "kid": "two"}, claims(), fresh)
    assert (await verifier.verify(rotated, NOW)).caller.roles == {"admin"}
    for number in range(5):
        forged = jwt.encode({"alg": "RS256", "kid": f"made-up-{number}"}, claims(), STRANGER)
        with pytest.raises(CredentialRefused, match="token-signature-invalid"):
            await verifier.verify(forged, NOW)
    assert issuer.asked == 2


async def test_an_issuer_never_reached_says_nothing_of_its_tokens() -> None:
    issuer = Keys()
    issuer.up = False
    with pytest.raises(IssuerUnavailable):
        await issuer.verifier().verify(token(), NOW)


async def test_an_issuer_may_speak_for_its_own_tenants_only() -> None:
    verifier = Keys().verifier(frozenset({"acme"}))
    assert (await verifier.verify(token(tenant="acme"), NOW)).caller.tenant == "acme"
    with pytest.raises(CredentialRefused, match="token-tenant-refused"):
        await verifier.verify(token(tenant="other"), NOW)
