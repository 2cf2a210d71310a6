"""Webhooks as Twilio sends them: form fields, signed with the account's token by Twilio's own library."""

from collections.abc import Mapping

import httpx
from twilio.request_validator import RequestValidator


class TwilioWebhooks:
    """Posts to the platform under test. `answered` counts webhooks by their HTTP status."""

    def __init__(self, account_sid: str, auth_token: str) -> None:
        self._account_sid = account_sid
        self._validator = RequestValidator(auth_token)
        self._http = httpx.AsyncClient(timeout=30, trust_env=False)
        self.answered: dict[int, int] = {}

    async def post(self, url: str, fields: Mapping[str, str]) -> httpx.Response:
        """Send one webhook. Raises httpx.HTTPError where the platform cannot be reached."""
        form = {"AccountSid": self._account_sid, "ApiVersion": "2010-04-01", **fields}
        response = await self._http.post(url, data=form, headers={"X-Twilio-Signature": self.signature(url, form)})
        self.answered[response.status_code] = self.answered.get(response.status_code, 0) + 1
        return response

    def signature(self, url: str, form: Mapping[str, str]) -> str:
        return str(self._validator.compute_signature(url, dict(form)))

    async def close(self) -> None:
        await self._http.aclose()
