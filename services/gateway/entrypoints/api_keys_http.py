"""/v1/api-keys: administrators make, rotate and remove the keys of integrations; a secret is shown once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from services.gateway.application.door.api_keys import (
    ApiKey,
    ApiKeyChanged,
    ApiKeyExists,
    ApiKeys,
    Pepper,
    new_key_id,
    new_secret,
    rotated,
)
from services.gateway.application.door.credentials import ROLES
from switchyard.service.identity import Principal, require
from switchyard.service.pages import Page
from switchyard.service.problems import FieldError, Problem
from switchyard.service.times import Timestamp

Admin = Annotated[Principal, Depends(require("admin"))]
_ID = r"^[A-Za-z0-9_-]{1,64}$"
_MOST_GRACE_SECONDS = 7 * 24 * 3600


class NewApiKey(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str | None = Field(default=None, pattern=_ID)
    name: str = Field(min_length=1, max_length=100)
    roles: list[str] = Field(min_length=1, max_length=len(ROLES))


class Rotation(BaseModel):
    model_config = ConfigDict(extra="forbid")

    grace_seconds: float = Field(default=0, ge=0, le=_MOST_GRACE_SECONDS)


class ApiKeyBody(BaseModel):
    id: str
    name: str
    roles: list[str]
    created_at: Timestamp
    created_by: str
    rotated_at: Timestamp | None
    version: int


class ApiKeyWithSecret(ApiKeyBody):
    """`key` is the secret; it is told here and never again."""

    key: str


def api_keys_router(keys: ApiKeys, pepper: Pepper, clock: Callable[[], datetime]) -> APIRouter:
    """Return the routes of API keys."""
    desk = _Desk(keys, pepper, clock)
    router = APIRouter(prefix="/v1/api-keys", tags=["api-keys"])
    router.add_api_route("", desk.create_key, methods=["POST"], status_code=201, response_model=ApiKeyWithSecret)
    router.add_api_route("", desk.list_keys, methods=["GET"], response_model=Page[ApiKeyBody])
    router.add_api_route("/{key_id}", desk.read_key, methods=["GET"], response_model=ApiKeyBody)
    router.add_api_route("/{key_id}", desk.remove_key, methods=["DELETE"], status_code=204)
    router.add_api_route("/{key_id}/rotate", desk.rotate_key, methods=["POST"], response_model=ApiKeyWithSecret)
    return router


class _Desk:
    def __init__(self, keys: ApiKeys, pepper: Pepper, clock: Callable[[], datetime]) -> None:
        self._keys = keys
        self._pepper = pepper
        self._clock = clock

    async def create_key(self, wanted: NewApiKey, principal: Admin, response: Response) -> ApiKeyWithSecret:
        """Make a key; 409 where the id is taken."""
        _check_roles(wanted.roles)
        key_id = wanted.id or new_key_id()
        secret = new_secret(principal.tenant, key_id)
        key = ApiKey(
            tenant=principal.tenant,
            id=key_id,
            name=wanted.name,
            roles=frozenset(wanted.roles),
            digest=self._pepper.digest(secret),
            created_at=self._clock(),
            created_by=principal.subject,
        )
        try:
            await self._keys.add(key)
        except ApiKeyExists as error:
            raise Problem(409, "api-key-exists", f"There is a key {key_id} already; rotate it instead.") from error
        response.headers["Location"] = f"/v1/api-keys/{key_id}"
        return _shown(key, secret, response)

    async def list_keys(self, principal: Admin) -> Page[ApiKeyBody]:
        """List the tenant's keys, without their secrets."""
        return Page(items=[_body(key) for key in await self._keys.all(principal.tenant)])

    async def read_key(self, key_id: str, principal: Admin) -> ApiKeyBody:
        """Show a key, without its secret."""
        return _body(await self._find(principal, key_id))

    async def rotate_key(
        self, key_id: str, principal: Admin, response: Response, rotation: Rotation | None = None
    ) -> ApiKeyWithSecret:
        """Give the key a new secret; the old one opens for `grace_seconds` longer."""
        before = await self._find(principal, key_id)
        secret = new_secret(principal.tenant, key_id)
        grace = timedelta(seconds=rotation.grace_seconds if rotation else 0)
        after = rotated(before, digest=self._pepper.digest(secret), now=self._clock(), grace=grace)
        try:
            await self._keys.replace(before, after)
        except ApiKeyChanged as error:
            raise Problem(409, "api-key-changed", "Somebody else changed the key just now.") from error
        return _shown(after, secret, response)

    async def remove_key(self, key_id: str, principal: Admin) -> None:
        """Remove a key; within a minute it opens nothing any more."""
        if not await self._keys.remove(principal.tenant, key_id):
            raise _unknown(key_id)

    async def _find(self, principal: Principal, key_id: str) -> ApiKey:
        key = await self._keys.find(principal.tenant, key_id)
        if key is None:
            raise _unknown(key_id)
        return key


def _unknown(key_id: str) -> Problem:
    return Problem(404, "api-key-unknown", f"There is no API key {key_id}.")


def _check_roles(roles: list[str]) -> None:
    errors = [
        FieldError(f"/roles/{index}", f"{role} is no role; one of {', '.join(sorted(ROLES))}.")
        for index, role in enumerate(roles)
        if role not in ROLES
    ]
    if errors:
        raise Problem(422, "role-unknown", "A key may only have roles that exist.", errors=errors)


def _shown(key: ApiKey, secret: str, response: Response) -> ApiKeyWithSecret:
    response.headers["Cache-Control"] = "no-store"
    return ApiKeyWithSecret(**_body(key).model_dump(), key=secret)


def _body(key: ApiKey) -> ApiKeyBody:
    return ApiKeyBody(
        id=key.id,
        name=key.name,
        roles=sorted(key.roles),
        created_at=key.created_at,
        created_by=key.created_by,
        rotated_at=key.rotated_at,
        version=key.version,
    )
