"""First answers: what a request under an Idempotency-Key was told, kept for 24 hours.

Who claims a key runs the request; whoever comes meanwhile waits, and whoever comes later is told the same. A claim
is a lease, so that a replica that died in between blocks nobody for longer.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

KEPT_FOR: Final = timedelta(hours=24)
#: Longer than any request takes: forwarding gives up after 30 s.
LEASE: Final = timedelta(seconds=45)
_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
#: Told again, these would be wrong: nothing was done, and the next attempt may meet another state of the platform.
_PASSING: Final = frozenset({401, 403, 408, 429})


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Claimed:
    """The caller runs the request, and then keeps its answer or releases the key, as `owner`."""

    owner: str


@dataclass(frozen=True, slots=True)
class Running:
    """Another request under this key is being answered."""


@dataclass(frozen=True, slots=True)
class OtherRequest:
    """The key was used for another request."""


Claim = Claimed | Running | OtherRequest | KeptAnswer


class FirstAnswers(Protocol):
    """Every method raises StoreUnavailable."""

    async def claim(self, key: bytes, *, fingerprint: bytes, now: datetime) -> Claim: ...

    async def keep(self, key: bytes, owner: str, answer: KeptAnswer) -> None: ...

    async def release(self, key: bytes, owner: str) -> None: ...


def is_key(text: str) -> bool:
    """Tell whether the header's value may be a key: 1 to 255 visible ASCII characters."""
    return _KEY.fullmatch(text) is not None


def storage_key(*, tenant: str, credential_id: str, route: str, key: str) -> bytes:
    return hashlib.sha256(json.dumps([tenant, credential_id, route, key]).encode()).digest()


def fingerprint(*, query: bytes, content_type: str, body: bytes) -> bytes:
    """Hash what must be the same when a key comes again; a multipart boundary differs at every attempt."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        boundary = content_type.partition("boundary=")[2].strip('" ').encode()
        body = body.replace(boundary, b"boundary") if boundary else body
    parts = (query, kind.encode(), body)
    return hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).digest()


def is_worth_keeping(status: int) -> bool:
    """Keep what was decided, not that somebody was out of reach or turned away at the door."""
    return status < 500 and status not in _PASSING
