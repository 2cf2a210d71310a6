"""The internal token: what is signed comes back, what is not never does."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from switchyard.service.identity import InvalidToken, Principal, TokenReader, sign_internal, verify_internal

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
SECRET = "a-secret-that-is-long-enough-to-sign"
ADA = Principal(tenant="t1", subject="ada", roles=frozenset({"agent", "qa"}), credential_id="c1")


def test_a_principal_comes_back_whole() -> None:
    assert verify_internal(sign_internal(ADA, SECRET, NOW), SECRET, NOW) == ADA


def test_a_token_of_another_secret_is_refused() -> None:
    with pytest.raises(InvalidToken):
        verify_internal(sign_internal(ADA, SECRET + "x", NOW), SECRET, NOW)


@pytest.mark.parametrize("seconds", [-30, 66, 3600])
def test_a_token_outside_its_minute_is_refused(seconds: int) -> None:
    token = sign_internal(ADA, SECRET, NOW)
    with pytest.raises(InvalidToken):
        verify_internal(token, SECRET, NOW + timedelta(seconds=seconds))


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_an_unsigned_token_is_refused() -> None:
    claims = sign_internal(ADA, SECRET, NOW).split(".")[1]
    with pytest.raises(InvalidToken):
        verify_internal(f"{part({'alg': 'none'})}.{claims}.", SECRET, NOW)


@pytest.mark.parametrize("token", ["", "a", "a.b", "a.b.c", "..", "\x00", "é.é.é"])
def test_garbage_is_refused(token: str) -> None:
    with pytest.raises(InvalidToken):
        verify_internal(token, SECRET, NOW)


def test_a_changed_claim_is_refused() -> None:
    head, claims, signature = sign_internal(ADA, SECRET, NOW).split(".")
    read = json.loads(base64.urlsafe_b64decode(claims + "=="))
    with pytest.raises(InvalidToken):
        verify_internal(f"{head}.{part(read | {'tenant': 't2'})}.{signature}", SECRET, NOW)


def test_a_remembered_token_still_expires() -> None:
    now = NOW
    reader = TokenReader(SECRET, lambda: now)
    token = sign_internal(ADA, SECRET, NOW)
    assert reader.read(token) == reader.read(token) == ADA
    now = NOW + timedelta(seconds=120)
    with pytest.raises(InvalidToken):
        reader.read(token)
