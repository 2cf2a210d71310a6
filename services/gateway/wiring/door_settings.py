"""What the door is told by its environment."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from services.gateway.adapters.jwks import Issuer
from switchyard.service.settings import ServiceSettings

#: `none` is no algorithm; HS* only for issuers whose secret is in the settings, never fetched.
Algorithm = Literal[
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519", "HS256"
]


class IssuerSettings(BaseModel):
    """An issuer of tokens: its keys as `jwks`, or where they are fetched; `tenants` limits whom it may speak for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    audience: str = "switchyard"
    algorithms: tuple[Algorithm, ...] = Field(default=("RS256",), min_length=1)
    jwks: dict[str, Any] | None = None
    jwks_url: str | None = None
    tenants: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def has_one_source_of_keys(self) -> "IssuerSettings":
        if (self.jwks is None) == (self.jwks_url is None):
            raise ValueError("give either jwks or jwks_url")
        if self.jwks_url is not None and "HS256" in self.algorithms:
            raise ValueError("a shared secret is never fetched: HS256 needs jwks")
        return self


class DoorSettings(ServiceSettings):
    """The gateway's settings inherit these."""

    #: By issuer (the token's `iss`), as JSON.
    jwt_issuers: dict[str, IssuerSettings] = Field(default_factory=dict)
    #: The key of the hash under which API keys are stored, at most 64 bytes; changing it makes every key void.
    api_key_pepper: SecretStr = Field(default=SecretStr(""), max_length=64)
    #: Requests per second and credential in the long run, and at once; 0 for no limit.
    rate_limit_per_second: float = Field(default=200.0, ge=0)
    rate_limit_burst: float = Field(default=400.0, ge=1)
    #: How long the gateway waits for a service it forwards to, in seconds.
    forward_timeout_seconds: float = Field(default=30.0, gt=0)
    #: Connections that may read /v1/events at once, in this process; each one is a reader at the broker.
    event_readers: int = Field(default=32, gt=0)
    #: How many seconds routing may be behind with a pool before new contacts for it are asked to come again: as many
    #: as events may wait in an outbox, and as another replica of routing may take to have the largest of pools.
    pool_behind_seconds: float = Field(default=30.0, gt=0)
    #: Seconds that an agent may be without any stream, before its offers go back and it is set not ready.
    agent_grace_seconds: float = Field(default=30.0, ge=0, le=3600)

    def issuers(self) -> tuple[Issuer, ...]:
        return tuple(
            Issuer(
                name=name,
                audience=each.audience,
                algorithms=each.algorithms,
                jwks=each.jwks,
                jwks_url=each.jwks_url,
                tenants=frozenset(each.tenants) if each.tenants is not None else None,
            )
            for name, each in self.jwt_issuers.items()
        )
