"""The one place where credentials are looked at: the same path for HTTP and WebSockets.

Everything under /v1 needs a credential, except what has its own: providers' webhooks are signed, the chat has its
site key. The principal is put where the kit's `current_principal` and `require` find it.
"""

from collections.abc import Awaitable
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from services.gateway.adapters.door_telemetry import DoorMetrics
from services.gateway.application.door.credentials import Caller, CredentialRefused, IssuerUnavailable, Remembering
from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.service.identity import Principal
from switchyard.service.problems import Problem

_OPEN_PREFIXES: Final = ("/v1/providers/",)
_OPEN_PATHS: Final = frozenset({"/v1/chat"})
#: The subprotocol that a browser names after its token, so that the token need not be sent back.
SUBPROTOCOL: Final = "switchyard.v1"


class Authenticator:
    """Turns what a client shows into a principal."""

    def __init__(self, *, tokens: Remembering, api_keys: Remembering, metrics: DoorMetrics) -> None:
        self._tokens = tokens
        self._api_keys = api_keys
        self._metrics = metrics

    async def of_headers(self, headers: Headers) -> Principal:
        """Raises Problem 401 or 503."""
        try:
            return await self._shown(headers)
        except Problem as problem:
            self._metrics.credential_refused(problem.code)
            raise

    async def _shown(self, headers: Headers) -> Principal:
        authorization, api_key = headers.get("authorization"), headers.get("x-api-key")
        if authorization and api_key:
            raise _unauthorized("credential-ambiguous", "Send either Authorization or X-Api-Key, not both.")
        if api_key:
            return await _believed(self._api_keys.caller(api_key))
        if not authorization:
            raise _unauthorized("credential-missing", "Send Authorization: Bearer <token>, or X-Api-Key.")
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise _unauthorized("credential-malformed", "Authorization must be: Bearer <token>.")
        return await _believed(self._tokens.caller(token.strip()))

    async def of_websocket(self, websocket: WebSocket) -> Principal:
        """Take the token from where a browser can put it, else from the headers. Raises Problem 401 or 503."""
        token = websocket.query_params.get("access_token")
        offered = websocket.scope.get("subprotocols") or [""]
        if token is None and "authorization" not in websocket.headers and offered[0].count(".") == 2:
            token = offered[0]
        if not token:
            return await self.of_headers(websocket.headers)
        return await self.of_headers(Headers({"authorization": f"Bearer {token}"}))


def accepted_subprotocol(websocket: WebSocket) -> str | None:
    """Choose what to answer a browser that offered subprotocols: one of them must come back."""
    offered = list(websocket.scope.get("subprotocols") or ())
    if SUBPROTOCOL in offered:
        return SUBPROTOCOL
    return offered[0] if offered else None


async def _believed(asked: Awaitable[Caller]) -> Principal:
    try:
        caller = await asked
    except CredentialRefused as refusal:
        raise _unauthorized(refusal.code, refusal.detail) from refusal
    except IssuerUnavailable as error:
        detail = "The token's issuer cannot be asked for its keys now."
        raise Problem(503, "issuer-unavailable", detail, headers={"Retry-After": "5"}) from error
    except StoreUnavailable as error:
        detail = "The database did not answer in time; the same request may be sent again."
        raise Problem(503, "database-unavailable", detail, headers={"Retry-After": "1"}) from error
    return Principal(
        tenant=caller.tenant, subject=caller.subject, roles=caller.roles, credential_id=caller.credential_id
    )


def _unauthorized(code: str, detail: str) -> Problem:
    return Problem(401, code, detail, headers={"WWW-Authenticate": 'Bearer realm="switchyard"'})


def needs_credential(path: str) -> bool:
    return path.startswith("/v1/") and path not in _OPEN_PATHS and not path.startswith(_OPEN_PREFIXES)


class Authentication:
    """Plain ASGI, before any route: an unknown path under /v1 is 401 too, so that nobody maps the door unseen."""

    def __init__(self, app: ASGIApp, authenticator: Authenticator) -> None:
        self._app = app
        self._authenticator = authenticator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and needs_credential(scope["path"]):
            principal = await self._authenticator.of_headers(Headers(scope=scope))
            scope.setdefault("state", {})["principal"] = principal
        await self._app(scope, receive, send)


def principal_of(scope: Scope) -> Principal | None:
    """Return who asks, where the door has looked."""
    principal = scope.get("state", {}).get("principal")
    return principal if isinstance(principal, Principal) else None
