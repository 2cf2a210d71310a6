"""Who asks: the gateway checks credentials once and tells the services by a token that lives a minute."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import Depends, Request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from switchyard.service.problems import Problem

HEADER = "X-Switchyard-Principal"
LIFETIME_SECONDS = 60
#: Clocks of two hosts may differ by this much.
LEEWAY_SECONDS = 5
_ISSUER = "switchyard"
_MOST_CACHED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A credential's holder; every read and write is inside its tenant."""

    tenant: str
    subject: str
    roles: frozenset[str]
    credential_id: str

    def has_any(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)


class InvalidToken(Exception):
    """The internal token is forged, expired, from the future, or not one at all."""


def sign_internal(principal: Principal, secret: str, now: datetime) -> str:
    """Return an HS256 token that names the principal for 60 seconds."""
    issued = int(now.timestamp())
    claims = {
        "iss": _ISSUER,
        "iat": issued,
        "exp": issued + LIFETIME_SECONDS,
        "tenant": principal.tenant,
        "sub": principal.subject,
        "roles": sorted(principal.roles),
        "credential": principal.credential_id,
    }
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret), algorithms=["HS256"])


def verify_internal(token: str, secret: str, now: datetime) -> Principal:
    """Return the principal of a token signed with `secret`. Raises InvalidToken."""
    return _verified(token, secret, now)[0]


def _verified(token: str, secret: str, now: datetime) -> tuple[Principal, float]:
    try:
        claims = jwt.decode(token, OctKey.import_key(secret), algorithms=["HS256"]).claims
        principal = Principal(
            tenant=_text(claims["tenant"]),
            subject=_text(claims["sub"]),
            roles=frozenset(map(_text, claims["roles"])),
            credential_id=_text(claims["credential"]),
        )
        issuer, issued, expires = claims["iss"], float(claims["iat"]), float(claims["exp"])
    except (JoseError, KeyError, TypeError, ValueError) as error:
        raise InvalidToken(type(error).__name__) from error
    moment = now.timestamp()
    if issuer != _ISSUER or moment > expires + LEEWAY_SECONDS or moment < issued - LEEWAY_SECONDS:
        raise InvalidToken("expired, not yet valid, or of another issuer")
    return principal, expires


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError("a claim is not a text")
    return value


class TokenReader:
    """Verifies internal tokens, remembering what it verified by the token's hash until that expires."""

    def __init__(self, secret: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._secret = secret
        self._now = now
        self._known: dict[bytes, tuple[Principal, float]] = {}

    def read(self, token: str) -> Principal:
        """Raises InvalidToken."""
        digest = hashlib.sha256(token.encode()).digest()
        now = self._now()
        known = self._known.get(digest)
        if known is None or now.timestamp() > known[1]:
            if len(self._known) >= _MOST_CACHED:
                self._known.clear()
            known = self._known[digest] = _verified(token, self._secret, now)
        return known[0]


async def current_principal(request: Request) -> Principal:
    """FastAPI dependency: the principal that an own door set, or that of the internal token, or a problem 401."""
    own = request.scope.get("state", {}).get("principal")
    if isinstance(own, Principal):
        return own
    token = request.headers.get(HEADER)
    if not token:
        raise Problem(401, "unauthenticated", f"This service is asked through the gateway; {HEADER} is missing.")
    reader: TokenReader = request.app.state.token_reader
    try:
        return reader.read(token)
    except InvalidToken as error:
        raise Problem(401, "internal-token-invalid", "The internal token is forged or has expired.") from error


def require(*roles: str) -> Callable[[Principal], Awaitable[Principal]]:
    """Make a FastAPI dependency that returns the principal where it has one of `roles`, else a problem 403."""

    async def check(principal: Principal = Depends(current_principal)) -> Principal:  # noqa: B008 -- FastAPI's way
        if not principal.has_any(*roles):
            raise Problem(403, "role-missing", f"Needs one of the roles {', '.join(roles)}.")
        return principal

    return check
