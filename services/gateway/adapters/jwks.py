"""Tokens of the issuers we trust: JWTs checked against each issuer's keys, which are fetched and kept.

What a token says about its own keys (jku, x5u, jwk) is ignored: keys come from the settings or from the one address
the settings name. An issuer that is down is served from the keys it had; an unknown `kid` has them fetched again,
at most every `_REFETCH_SECONDS`, so that a rotation is seen and a forger cannot make us hammer the issuer.
"""

import asyncio
import base64
import binascii
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import httpx
import structlog
from joserfc import jws, jwt
from joserfc.errors import BadSignatureError, JoseError, UnsupportedAlgorithmError
from joserfc.jwk import Key, KeySet

from services.gateway.application.door.credentials import (
    ROLES,
    Caller,
    CredentialRefused,
    IssuerUnavailable,
    Verified,
)

log = structlog.get_logger(__name__)

#: Hosts' clocks may differ by this much; RFC 7519 allows "a few minutes at most".
LEEWAY_SECONDS: Final = 10
_FRESH_SECONDS: Final = 300.0
_REFETCH_SECONDS: Final = 10.0
_FETCH_SECONDS: Final = 3.0
_MOST_TOKEN_CHARACTERS: Final = 8192
_MOST_KEYS: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """An issuer as the settings name it; `tenants` limits whom it may speak for, None for all."""

    name: str
    audience: str
    algorithms: tuple[str, ...]
    jwks: Mapping[str, Any] | None = None
    jwks_url: str | None = None
    tenants: frozenset[str] | None = None


class IssuerKeys:
    """One issuer's keys: given, or fetched, kept and served stale."""

    def __init__(self, issuer: Issuer, http: httpx.AsyncClient) -> None:
        self._url = issuer.jwks_url
        self._http = http
        self._keys: Sequence[Key] = _keys(issuer.jwks) if issuer.jwks is not None else ()
        self._fetched = self._tried = -2 * _FRESH_SECONDS
        self._refreshing: asyncio.Task[None] | None = None

    async def matching(self, key_id: str | None) -> Sequence[Key]:
        """Return the keys that may have signed. Raises IssuerUnavailable."""
        if self._stale():
            await self._refresh()
        found = self._named(key_id)
        if not found and (self._refreshing is not None or self._may_fetch()):
            await self._refresh()
            found = self._named(key_id)
        if not self._keys:
            raise IssuerUnavailable
        return found

    def _named(self, key_id: str | None) -> Sequence[Key]:
        return self._keys if key_id is None else [key for key in self._keys if key.kid == key_id]

    def _stale(self) -> bool:
        return self._may_fetch() and time.monotonic() - self._fetched > _FRESH_SECONDS

    def _may_fetch(self) -> bool:
        return self._url is not None and time.monotonic() - self._tried > _REFETCH_SECONDS

    async def _refresh(self) -> None:
        """Fetch once for everybody who needs it now."""
        if self._refreshing is None:
            self._refreshing = asyncio.create_task(self._fetch())
        await asyncio.shield(self._refreshing)

    async def _fetch(self) -> None:
        self._tried = time.monotonic()
        try:
            answer = await self._http.get(self._url or "", timeout=_FETCH_SECONDS)
            answer.raise_for_status()
            self._keys = _keys(answer.json())
            self._fetched = time.monotonic()
        except (httpx.HTTPError, JoseError, ValueError, KeyError, TypeError) as error:
            # The keys we have go on serving; `_tried` spaces the next attempt.
            log.warning("issuer's keys not fetched", url=self._url, error=type(error).__name__)
        finally:
            self._refreshing = None


def _keys(jwks: Mapping[str, Any]) -> Sequence[Key]:
    keys = KeySet.import_key_set({"keys": list(jwks["keys"])[:_MOST_KEYS]}).keys
    return [key for key in keys if key.as_dict().get("use", "sig") == "sig"]


class TokenVerifier:
    """Verifies a JWT of any issuer in the settings."""

    def __init__(self, issuers: Sequence[Issuer], http: httpx.AsyncClient) -> None:
        self._issuers = {issuer.name: (issuer, IssuerKeys(issuer, http)) for issuer in issuers}

    async def verify(self, secret: str, now: datetime) -> Verified:
        """Raises CredentialRefused, IssuerUnavailable."""
        header, claimed = _unverified(secret)
        known = self._issuers.get(claimed) if isinstance(claimed, str) else None
        if known is None:
            raise CredentialRefused("token-issuer-unknown", "The token's issuer is not one that is trusted here.")
        issuer, keys = known
        if header.get("alg") not in issuer.algorithms:
            raise CredentialRefused("token-algorithm-refused", "The token's algorithm is not the issuer's.")
        key_id = header.get("kid")
        candidates = await keys.matching(key_id if isinstance(key_id, str) else None)
        return _checked(_claims(secret, issuer, candidates), issuer, now)


def _unverified(token: str) -> tuple[Mapping[str, Any], object]:
    """Read header and issuer only to find the keys; nothing of them is believed yet."""
    malformed = CredentialRefused("token-malformed", "The bearer token is not a signed JWT.")
    parts = token.split(".")
    if len(token) > _MOST_TOKEN_CHARACTERS or len(parts) != 3:
        raise malformed
    header, claims = _json(parts[0]), _json(parts[1])
    if not (isinstance(header, dict) and isinstance(claims, dict)):
        raise malformed
    return header, claims.get("iss")


def _json(part: str) -> object:
    try:
        return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None


def _claims(token: str, issuer: Issuer, candidates: Sequence[Key]) -> Mapping[str, Any]:
    registry = jws.JWSRegistry(algorithms=list(issuer.algorithms), strict_check_header=False)
    for key in candidates:
        try:
            return jwt.decode(token, key, algorithms=list(issuer.algorithms), registry=registry).claims
        except BadSignatureError:
            continue
        except UnsupportedAlgorithmError as error:
            raise CredentialRefused("token-algorithm-refused", "The token's algorithm is not supported.") from error
        except (JoseError, ValueError, TypeError):
            continue  # a key of another kind cannot have signed it
    raise CredentialRefused("token-signature-invalid", "No key of the issuer made the token's signature.")


def _checked(claims: Mapping[str, Any], issuer: Issuer, now: datetime) -> Verified:
    audience = claims.get("aud")
    if issuer.audience not in (audience if isinstance(audience, list) else [audience]):
        raise CredentialRefused("token-audience-wrong", "The token was made for another audience.")
    expires = _moment(claims, "exp")
    if expires is None:
        raise CredentialRefused("token-claims-missing", "The token has no expiry (exp).")
    if now.timestamp() >= expires + LEEWAY_SECONDS:
        raise CredentialRefused("token-expired", "The token has expired.")
    if (begins := _moment(claims, "nbf")) is not None and now.timestamp() < begins - LEEWAY_SECONDS:
        raise CredentialRefused("token-not-yet-valid", "The token is not valid yet (nbf).")
    caller = _caller(claims, issuer)
    return Verified(caller=caller, until=datetime.fromtimestamp(min(expires + LEEWAY_SECONDS, 1e11), UTC))


def _moment(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < float("inf"):
        raise CredentialRefused("token-malformed", f"The token's claim {name} is not a time.")
    return float(value)


def _caller(claims: Mapping[str, Any], issuer: Issuer) -> Caller:
    tenant, subject, roles = claims.get("tenant"), claims.get("sub"), claims.get("roles")
    if not (_text(tenant) and _text(subject) and isinstance(roles, list) and all(_text(role) for role in roles)):
        raise CredentialRefused("token-claims-missing", "The token must name tenant, sub and roles.")
    if issuer.tenants is not None and tenant not in issuer.tenants:
        raise CredentialRefused("token-tenant-refused", "The issuer may not speak for this tenant.")
    return Caller(
        tenant=str(tenant),
        subject=str(subject),
        roles=frozenset(roles) & ROLES,
        credential_id=f"jwt:{issuer.name}:{subject}",
    )


def _text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 256 and "/" not in value and "\0" not in value
