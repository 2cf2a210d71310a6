"""Who sent a webhook: form fields are believed only under a signature over the public URL as the provider saw it."""

import hmac
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from twilio.request_validator import RequestValidator, add_port, remove_port

from services.gateway.application.provider_accounts import ProviderAccount, ProviderAccounts
from switchyard.service.problems import Problem

FORM = "application/x-www-form-urlencoded"
#: A webhook of Twilio has some forty fields; the longest, a body of 1,600 characters, fits in this many times over.
MOST_BYTES = 64 * 1024
_MOST_FIELDS = 200
_FORGED = Problem(403, "signature-invalid", "The signature does not fit this request.")


class TwilioSignatures:
    """Checks `X-Twilio-Signature`. It holds no time, so a replay passes: effects are told apart by the ids inside."""

    def __init__(
        self,
        accounts: ProviderAccounts,
        public_url: str,
        count: Callable[[str], None] = lambda outcome: None,  # noqa: ARG005
    ) -> None:
        self._accounts = accounts
        self._count = count
        self._public_url = public_url.rstrip("/")

    async def verified(self, request: Request, tenant: str) -> tuple[ProviderAccount, dict[str, str]]:
        """The tenant's account and the form's fields.

        Raises Problem 403 for a forged request, one for an unknown tenant, and one of another account alike; 415 and
        413 for what no provider sends; and StoreUnavailable.
        """
        fields = await form_fields(request)
        account = await self._accounts.find(tenant, "twilio")
        signature = request.headers.get("x-twilio-signature", "")
        if account is None or not self._is_genuine(account, request, fields, signature):
            self._count("forged")
            raise _FORGED
        self._count("genuine")
        return account, fields

    def _is_genuine(
        self, account: ProviderAccount, request: Request, fields: Mapping[str, str], signature: str
    ) -> bool:
        if fields.get("AccountSid", account.account_sid) != account.account_sid:
            return False
        given = signature.encode("utf-8", "replace")
        urls = _as_signed(self._public_url + _path(request))
        # One after the other: the first nearly always fits, and each is half the cost of a webhook's check.
        computed = (
            RequestValidator(token).compute_signature(url, fields).encode() for token in account.tokens for url in urls
        )
        return any(hmac.compare_digest(candidate, given) for candidate in computed)


def _as_signed(url: str) -> list[str]:
    """Twilio signs some URLs with their port and some without: the likeliest first."""
    parts = urlsplit(url)
    return list(dict.fromkeys([url, remove_port(parts), add_port(parts)]))


async def form_fields(request: Request) -> dict[str, str]:
    """The fields of a form; empty ones too, for they are signed. Raises Problem 415, 413, 400."""
    content_type = request.headers.get("content-type", "").split(";", maxsplit=1)[0].strip().lower()
    if content_type != FORM:
        raise Problem(415, "content-type-unsupported", f"Webhooks come as {FORM}.")
    body = await request.body()
    if len(body) > MOST_BYTES:
        raise Problem(413, "body-too-large", f"A webhook may have {MOST_BYTES} bytes.")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise Problem(400, "malformed-form", "The body is no form.") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Problem(400, "malformed-form", "A field comes twice.")
    return fields


def _path(request: Request) -> str:
    raw_path: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    query: bytes = request.scope.get("query_string", b"")
    return (raw_path + (b"?" + query if query else b"")).decode("latin-1")
