"""Resume tokens: who has one is the customer of that contact, on any replica, until the contact's data is gone."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass

_SIGNATURE_BYTES = 16
MOST_CHARACTERS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    tenant: str
    contact_id: str


class InvalidToken(Exception):
    """The token was not made here."""


class ResumeTokens:
    """Signed with a key of their own, derived from the installation's secret."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), b"switchyard chat resume", hashlib.sha256)

    def sign(self, ticket: Ticket) -> str:
        words = f"{ticket.tenant}/{ticket.contact_id}".encode()
        return base64.urlsafe_b64encode(self._signature(words) + words).decode().rstrip("=")

    def read(self, token: str) -> Ticket:
        """Raises InvalidToken."""
        if len(token) > MOST_CHARACTERS:
            raise InvalidToken
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (ValueError, binascii.Error) as error:
            raise InvalidToken from error
        signature, words = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._signature(words)):
            raise InvalidToken
        tenant, _, contact_id = words.decode().partition("/")
        return Ticket(tenant=tenant, contact_id=contact_id)

    def _signature(self, words: bytes) -> bytes:
        return hmac.digest(self._key, words, hashlib.sha256)[:_SIGNATURE_BYTES]
