"""The development keys of a local stack, made once and kept in its folder; production has an identity provider."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

ISSUER = "https://issuer.switchyard.localhost"
AUDIENCE = "switchyard"
_ALGORITHM = "RS256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """`signing_key` is a private JWK; `partner_key` is empty until the gateway has given one."""

    signing_key: dict[str, Any]
    internal_secret: str
    twilio_auth_token: str
    partner_key: str = ""

    def issuers(self) -> str:
        """Return the gateway's JWT_ISSUERS: our one issuer and its public key."""
        public = _imported(json.dumps(self.signing_key)).as_dict(private=False)
        return json.dumps({ISSUER: {"jwks": {"keys": [public]}, "audience": AUDIENCE, "algorithms": [_ALGORITHM]}})

    def token(self, *, tenant: str, subject: str, roles: list[str], now: datetime, lifetime: timedelta) -> str:
        """Sign a JWT as the development issuer."""
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": subject,
            "tenant": tenant,
            "roles": roles,
            "iat": int(now.timestamp()),
            "nbf": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
            "jti": secrets.token_hex(16),
        }
        key = _imported(json.dumps(self.signing_key))
        return jwt.encode({"alg": _ALGORITHM, "kid": key.kid}, claims, key, algorithms=[_ALGORITHM])


@cache
def _imported(private_jwk: str) -> RSAKey:
    """Importing checks the key's primes, which takes as long as fifty signatures."""
    return RSAKey.import_key(json.loads(private_jwk))


def load_or_make(folder: Path) -> Keys:
    """Read the folder's keys, or make them; only the owner may read the file."""
    path = _path(folder)
    if path.exists():
        return Keys(**json.loads(path.read_text()))
    made = Keys(
        signing_key=RSAKey.generate_key(2048, {"kid": secrets.token_hex(8), "use": "sig"}).as_dict(private=True),
        internal_secret=secrets.token_urlsafe(32),
        twilio_auth_token=secrets.token_hex(16),
    )
    _write(path, made)
    return made


def with_partner_key(folder: Path, keys: Keys, partner_key: str) -> Keys:
    """Keep the partner's key: the gateway has only its hash."""
    changed = replace(keys, partner_key=partner_key)
    _write(_path(folder), changed)
    return changed


def _path(folder: Path) -> Path:
    return folder / "keys.json"


def _write(path: Path, keys: Keys) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(keys), file, indent=1)
    fresh.replace(path)
