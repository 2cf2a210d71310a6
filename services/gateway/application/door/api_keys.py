"""API keys: `sk_<tenant>.<id>.<secret>`, shown once; only a keyed hash is stored.

The secret has 256 random bits, so one fast keyed hash protects it: there is nothing to guess.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from services.gateway.application.door.credentials import Caller, CredentialRefused, Verified

_SECRET: Final = re.compile(r"sk_([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{1,64})\.[A-Za-z0-9_-]{43}")
_FOR_EVER: Final = timedelta(days=3650)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A stored key; the `previous` secret still opens until `previous_until`, so that a rotation breaks nobody."""

    tenant: str
    id: str
    name: str
    roles: frozenset[str]
    digest: bytes
    created_at: datetime
    created_by: str
    version: int = 1
    rotated_at: datetime | None = None
    previous: bytes | None = None
    previous_until: datetime | None = None


class ApiKeyExists(Exception):
    """The tenant has a key of this id already."""


class ApiKeyChanged(Exception):
    """Somebody else changed the key meanwhile."""


class ApiKeys(Protocol):
    async def find(self, tenant: str, key_id: str) -> ApiKey | None: ...

    async def all(self, tenant: str) -> Sequence[ApiKey]: ...

    async def add(self, key: ApiKey) -> None:
        """Raises ApiKeyExists."""

    async def replace(self, previous: ApiKey, key: ApiKey) -> None:
        """Raises ApiKeyChanged."""

    async def remove(self, tenant: str, key_id: str) -> bool:
        """Return whether there was one."""


@dataclass(frozen=True, slots=True)
class Pepper:
    """The key of the hash; changing it makes every API key void."""

    value: bytes

    def digest(self, secret: str) -> bytes:
        return hashlib.blake2b(secret.encode(), key=self.value, digest_size=32, person=b"api-key").digest()


def new_secret(tenant: str, key_id: str) -> str:
    return f"sk_{tenant}.{key_id}.{secrets.token_urlsafe(32)}"


def new_key_id() -> str:
    return f"key_{secrets.token_hex(8)}"


def rotated(key: ApiKey, *, digest: bytes, now: datetime, grace: timedelta) -> ApiKey:
    """Give the key a new secret; the old one opens for `grace` longer."""
    return replace(
        key,
        digest=digest,
        previous=key.digest,
        previous_until=now + grace,
        rotated_at=now,
        version=key.version + 1,
    )


class ApiKeyVerifier:
    """Tells who holds an API key."""

    def __init__(self, keys: ApiKeys, pepper: Pepper) -> None:
        self._keys = keys
        self._pepper = pepper

    async def verify(self, secret: str, now: datetime) -> Verified:
        """Raises CredentialRefused; the same code whether the key is malformed, unknown, removed or rotated away."""
        match = _SECRET.fullmatch(secret)
        key = await self._keys.find(match.group(1), match.group(2)) if match else None
        until = _opens_until(key, self._pepper.digest(secret), now) if key else None
        if key is None or until is None:
            raise CredentialRefused("api-key-invalid", "The API key is unknown, removed or was rotated.")
        caller = Caller(tenant=key.tenant, subject=key.id, roles=key.roles, credential_id=f"api-key:{key.id}")
        return Verified(caller=caller, until=until)


def _opens_until(key: ApiKey, digest: bytes, now: datetime) -> datetime | None:
    if hmac.compare_digest(digest, key.digest):
        return now + _FOR_EVER
    if key.previous is None or key.previous_until is None or key.previous_until <= now:
        return None
    return key.previous_until if hmac.compare_digest(digest, key.previous) else None
