"""Calls customers by Twilio, each once: the CallOut port."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from services.gateway.adapters.twilio_orders import PROVIDER, TwilioOrders
from services.gateway.application.provider_accounts import ProviderAccount
from services.gateway.domain.voice_call import Call

#: What a leg tells while it rings, answered and ended included.
_TOLD = "initiated ringing answered completed"


class TwilioDials:
    """`public_url` is where Twilio asks what to do, and tells what became of a call."""

    def __init__(self, orders: TwilioOrders, *, public_url: str, ring_seconds: int) -> None:
        self._orders = orders
        self._public_url = public_url.rstrip("/")
        self._ring_seconds = ring_seconds

    async def ring(self, call: Call) -> str:
        """Raises SendRefused, SendUnavailable."""
        return await self._orders.place(_CallOrder(call, self._public_url, self._ring_seconds))


@dataclass(frozen=True, slots=True)
class _CallOrder:
    call: Call
    public_url: str
    ring_seconds: int
    resource: ClassVar[str] = "Calls"
    causes: ClassVar[Mapping[int, str]] = {}

    @property
    def tenant(self) -> str:
        return self.call.tenant

    @property
    def key(self) -> str:
        return f"{self.call.tenant}/call/{self.call.contact_id}/{self.call.rings}"

    @property
    def known_sid(self) -> str:
        """The leg may have told its name itself."""
        return self.call.call_sid

    @property
    def other_sids(self) -> frozenset[str]:
        return frozenset(self.call.earlier_sids)

    def form(self, account: ProviderAccount) -> dict[str, str]:
        return {
            **self._ends(account),
            "Url": self._url("answered"),
            "Method": "POST",
            "StatusCallback": self._url("called"),
            "StatusCallbackEvent": _TOLD,
            "StatusCallbackMethod": "POST",
            "Timeout": str(self.ring_seconds),
        }

    def query(self, account: ProviderAccount, since: datetime) -> dict[str, str]:  # noqa: ARG002
        """Not by when it started: a call that is still queued has not."""
        return self._ends(account)

    def is_alike(self, entry: Mapping[str, Any]) -> bool:
        return str(entry.get("direction", "")).startswith("outbound-api")

    def _ends(self, account: ProviderAccount) -> dict[str, str]:
        return {"To": self.call.caller, "From": self.call.called or account.voice_number or account.from_number}

    def _url(self, what: str) -> str:
        told = urlencode({"contact": self.call.contact_id, "ring": self.call.rings})
        return f"{self.public_url}/v1/providers/{PROVIDER}/{self.call.tenant}/voice/{what}?{told}"
