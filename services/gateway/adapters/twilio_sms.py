"""Sends SMS by Twilio, each once: the SMS channel's ChannelSender."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from services.gateway.adapters.twilio_orders import PROVIDER, TwilioOrders
from services.gateway.application.messages import OutgoingMessage, Sent
from services.gateway.application.provider_accounts import ProviderAccount

_CAUSES = {
    21610: "opted-out",
    21211: "customer-gone",
    21214: "customer-gone",
    21217: "customer-gone",
    21612: "customer-gone",
    21614: "customer-gone",
}


class TwilioSmsSender:
    """`public_url` is where Twilio reports what became of a message."""

    def __init__(self, orders: TwilioOrders, *, public_url: str) -> None:
        self._orders = orders
        self._public_url = public_url.rstrip("/")

    async def send(self, message: OutgoingMessage) -> Sent:
        """Raises SendRefused, SendUnavailable."""
        return Sent(provider_message_id=await self._orders.place(_SmsOrder(message, self._public_url)))

    async def find_sent(self, message: OutgoingMessage) -> Sent | None:
        """Raises SendRefused where there is no account, SendUnavailable."""
        sid = await self._orders.find(_SmsOrder(message, self._public_url))
        return Sent(provider_message_id=sid) if sid else None


@dataclass(frozen=True, slots=True)
class _SmsOrder:
    message: OutgoingMessage
    public_url: str
    resource: ClassVar[str] = "Messages"
    causes: ClassVar[Mapping[int, str]] = _CAUSES
    known_sid: ClassVar[str] = ""
    other_sids: ClassVar[frozenset[str]] = frozenset()

    @property
    def tenant(self) -> str:
        return self.message.tenant

    @property
    def key(self) -> str:
        return f"{self.tenant}/sms/{self.message.delivery_id or f'{self.message.contact_id}/{self.message.line}'}"

    def form(self, account: ProviderAccount) -> dict[str, str]:
        return {
            "To": self.message.to_address,
            "From": self.message.from_address or account.from_number,
            "Body": self.message.text,
            "StatusCallback": self._callback(),
        }

    def query(self, account: ProviderAccount, since: datetime) -> dict[str, str]:  # noqa: ARG002
        return {"To": self.message.to_address, "DateSent>": since.date().isoformat()}

    def is_alike(self, entry: Mapping[str, Any]) -> bool:
        """The same words to the same number."""
        return entry.get("body") == self.message.text and str(entry.get("direction", "")).startswith("outbound")

    def _callback(self) -> str:
        query = {"contact": self.message.contact_id, "line": self.message.line, "delivery": self.message.delivery_id}
        told = urlencode({name: value for name, value in query.items() if value is not None})
        return f"{self.public_url}/v1/providers/{PROVIDER}/{self.tenant}/sms/status?{told}"
