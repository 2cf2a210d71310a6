"""Asking another service of the installation over internal HTTP, in the name of the gateway itself."""

from collections.abc import Mapping
from typing import Any

import httpx

from services.gateway.adapters.forwarding import Forwarder
from switchyard.service.identity import Principal


class InsideUnavailable(Exception):
    """The service could not be asked, or did not answer as agreed."""


class InsideGone(Exception):
    """The service does not know the thing."""


class Inside:
    """GET of one service; `timeout_seconds` bounds each request."""

    def __init__(self, forwarder: Forwarder, base_url: str, *, timeout_seconds: float = 3.0) -> None:
        self._forwarder = forwarder
        self._base_url = base_url.rstrip("/")
        self._timeout_seconds = timeout_seconds

    async def get(self, tenant: str, path: str) -> Mapping[str, Any]:
        """Raises InsideUnavailable, InsideGone."""
        asker = Principal(
            tenant=tenant, subject="gateway", roles=frozenset({"admin"}), credential_id="internal:gateway"
        )
        headers = dict(self._forwarder.identify(asker))
        try:
            answer = await self._forwarder.http.get(
                self._base_url + path, headers=headers, timeout=self._timeout_seconds
            )
            if answer.status_code in {404, 410}:
                raise InsideGone(path)
            answer.raise_for_status()
            body = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise InsideUnavailable(f"{path}: {type(error).__name__}") from error
        if not isinstance(body, dict):
            raise InsideUnavailable(f"{path}: not an object")
        return body
