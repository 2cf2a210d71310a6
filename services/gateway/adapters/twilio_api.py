"""Twilio's REST interface over httpx: what is safe to ask again is asked again, what is not says so."""

from collections.abc import Callable
from typing import Any

import httpx
import stamina
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState

from services.gateway.application.provider_accounts import ProviderAccount

_VERSION = "2010-04-01"
_TIMEOUT = httpx.Timeout(10.0, connect=3.0)


class TwilioRefused(Exception):
    """Twilio will not do it; `code` is Twilio's own number, such as 21610 for a customer who opted out."""

    def __init__(self, status: int, code: int, detail: str) -> None:
        super().__init__(f"HTTP {status}, {code}: {detail}")
        self.status = status
        self.code = code


class TwilioNotReached(Exception):
    """The request had no effect: it was never sent, or Twilio has no room for it now. Asking again is safe."""


class TwilioUnsure(Exception):
    """The request was sent and its answer lost: it may have had its effect."""


_OUTCOMES = {TwilioRefused: "refused", TwilioNotReached: "not-reached", TwilioUnsure: "unsure"}


class TwilioApi:
    """One breaker per account: after five failures in a row nothing is asked for ten seconds."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        count: Callable[[str], None] = lambda outcome: None,  # noqa: ARG005
    ) -> None:
        self._http = http
        self._count = count
        self._breakers = AsyncCircuitBreakerFactory(default_threshold=5, default_ttl=10, exclude=[TwilioRefused])

    async def post(self, account: ProviderAccount, resource: str, form: dict[str, str]) -> dict[str, Any]:
        """Raises TwilioRefused, TwilioNotReached, TwilioUnsure."""
        async for attempt in stamina.retry_context(on=TwilioNotReached, attempts=3, timeout=5.0, wait_max=1.0):
            with attempt:
                return await self._ask(account, "POST", resource, data=form)
        raise TwilioNotReached

    async def get(self, account: ProviderAccount, resource: str, query: dict[str, str]) -> dict[str, Any]:
        """Raises TwilioRefused, TwilioNotReached, TwilioUnsure."""
        retried = (TwilioNotReached, TwilioUnsure)
        async for attempt in stamina.retry_context(on=retried, attempts=3, timeout=5.0, wait_max=1.0):
            with attempt:
                return await self._ask(account, "GET", resource, params=query)
        raise TwilioNotReached

    async def _ask(self, account: ProviderAccount, method: str, resource: str, **request: Any) -> dict[str, Any]:
        url = f"{account.api_base_url.rstrip('/')}/{_VERSION}/Accounts/{account.account_sid}/{resource}"
        breaker = await self._breakers.get_breaker(f"{account.tenant}/{account.account_sid}")
        try:
            async with breaker:
                answer = await self._exchange(method, url, (account.account_sid, account.auth_token), request)
        except OpenedState:
            self._count("not-reached")
            raise TwilioNotReached("The breaker is open.") from None
        except (TwilioRefused, TwilioNotReached, TwilioUnsure) as failure:
            self._count(_OUTCOMES[type(failure)])
            raise
        self._count("done")
        return answer

    async def _exchange(self, method: str, url: str, auth: tuple[str, str], request: dict[str, Any]) -> dict[str, Any]:
        try:
            response = await self._http.request(method, url, auth=auth, timeout=_TIMEOUT, **request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise TwilioNotReached(type(error).__name__) from error
        except httpx.HTTPError as error:
            raise TwilioUnsure(type(error).__name__) from error
        return _answer(response)


def _answer(response: httpx.Response) -> dict[str, Any]:
    if response.status_code in {429, 503}:
        raise TwilioNotReached(f"HTTP {response.status_code}")
    if response.status_code >= 500 or response.is_redirect:
        raise TwilioUnsure(f"HTTP {response.status_code}")
    try:
        body = response.json()
    except ValueError:
        raise TwilioUnsure("The answer is no JSON.") from None
    if not isinstance(body, dict):
        raise TwilioUnsure("The answer is no object.")
    if response.is_error:
        detail = str(body.get("message", ""))[:200]
        raise TwilioRefused(response.status_code, int(body.get("code") or 0), detail)
    return body
