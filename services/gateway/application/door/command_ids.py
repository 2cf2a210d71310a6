"""Command ids: `cmd_<pool>.<32 hex>`, so that an id leads to the engine that knows it.

With an Idempotency-Key the id is a hash of who asked, for what and under which key: a repeat is the same command,
which the engine answers as it did the first time. Without a key every request is a command of its own.
"""

import hashlib
import json
import re
import secrets
from dataclasses import dataclass

_COMMAND = re.compile(r"cmd_([A-Za-z0-9_-]{1,64})\.[0-9a-f]{32}")
_OFFER = re.compile(r"off_([A-Za-z0-9_-]{1,64})\.[0-9]{1,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who asked, by which route (method and path), and under which Idempotency-Key, if any."""

    credential_id: str
    route: str
    idempotency_key: str | None = None


def command_id(*, tenant: str, pool: str, origin: Origin) -> str:
    """Name a command of the door."""
    if origin.idempotency_key is None:
        return f"cmd_{pool}.{secrets.token_hex(16)}"
    parts = (tenant, origin.credential_id, origin.route, origin.idempotency_key)
    return f"cmd_{pool}.{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]}"


def pool_of_command(identifier: str) -> str | None:
    """Return the pool that a command's id names, or None where it is no such id."""
    match = _COMMAND.fullmatch(identifier)
    return match.group(1) if match else None


def pool_of_offer(identifier: str) -> str | None:
    """Return the pool that an offer's id names, or None where it is no such id."""
    match = _OFFER.fullmatch(identifier)
    return match.group(1) if match else None
