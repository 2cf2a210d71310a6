"""Handing a request on to the service that answers it, with a token that says who asks and lives a minute."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import httpx

from switchyard.service.identity import HEADER, Principal, sign_internal
from switchyard.service.telemetry import inject_trace

#: Of the connection, not of the message (RFC 9110, 7.6.1); and what each side says for itself.
_HOP_BY_HOP: Final = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_NOT_SENT: Final = _HOP_BY_HOP | {
    "host",
    "content-length",
    "accept-encoding",
    "authorization",
    "x-api-key",
    "cookie",
    "expect",
    "forwarded",
    "traceparent",
    "tracestate",
    "x-request-id",
    HEADER.lower(),
}
_NOT_RETURNED: Final = _HOP_BY_HOP | {
    "content-length",
    "content-encoding",
    "date",
    "server",
    "set-cookie",
    "traceparent",
    "tracestate",
    "x-request-id",
}
_SAFE: Final = frozenset({"GET", "HEAD"})
#: Half of the token's life, so that one given out late is still good where it arrives.
_TOKEN_REUSED_SECONDS: Final = 30.0
_MOST_TOKENS: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """A request to hand on; `path` is raw and percent-encoded, `query` without its question mark."""

    method: str
    path: bytes
    query: bytes
    headers: Sequence[tuple[str, str]]
    body: bytes
    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamAnswer:
    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes


class UpstreamDown(Exception):
    """The service could not be reached; nothing was done."""


class UpstreamSilent(Exception):
    """The service did not answer in time, or broke off; it may have done what was asked."""


@dataclass(slots=True)
class Forwarder:
    """One pooled client for all services."""

    http: httpx.AsyncClient
    secret: str
    clock: Callable[[], datetime]
    _tokens: dict[Principal, tuple[str, float]] = field(default_factory=dict)

    async def forward(self, base_url: str, principal: Principal, asked: Forwarded) -> UpstreamAnswer:
        """Raises UpstreamDown, UpstreamSilent."""
        target = httpx.URL(base_url).copy_with(raw_path=asked.path + (b"?" + asked.query if asked.query else b""))
        headers = [(name, value) for name, value in asked.headers if name.lower() not in _NOT_SENT]
        headers += [*self.identify(principal).items(), ("X-Request-Id", asked.request_id)]
        answer = await self._ask(asked.method, target, headers, asked.body)
        kept = [(name, value) for name, value in answer.headers.multi_items() if name.lower() not in _NOT_RETURNED]
        return UpstreamAnswer(status=answer.status_code, headers=kept, body=answer.content)

    def identify(self, principal: Principal) -> Mapping[str, str]:
        """Return the headers that tell a service who asks, and in which trace."""
        return {HEADER: self._token(principal), **inject_trace({})}

    async def _ask(
        self, method: str, target: httpx.URL, headers: Sequence[tuple[str, str]], body: bytes
    ) -> httpx.Response:
        try:
            return await self.http.request(method, target, headers=list(headers), content=body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise UpstreamDown(type(error).__name__) from error
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError) as error:
            if method not in _SAFE:
                raise UpstreamSilent(type(error).__name__) from error
        except httpx.HTTPError as error:
            raise UpstreamSilent(type(error).__name__) from error
        return await self._ask_again(method, target, headers)

    async def _ask_again(self, method: str, target: httpx.URL, headers: Sequence[tuple[str, str]]) -> httpx.Response:
        """Read once more where a pooled connection turned out to be closed: reading twice changes nothing."""
        try:
            return await self.http.request(method, target, headers=list(headers))
        except httpx.HTTPError as error:
            raise UpstreamDown(type(error).__name__) from error

    def _token(self, principal: Principal) -> str:
        """Sign once for a while: the services remember verified tokens, so the same one is cheap for them too."""
        now = time.monotonic()
        known = self._tokens.get(principal)
        if known is None or known[1] <= now:
            if len(self._tokens) >= _MOST_TOKENS:
                self._tokens.clear()
            known = (sign_internal(principal, self.secret, self.clock()), now + _TOKEN_REUSED_SECONDS)
            self._tokens[principal] = known
        return known[0]
