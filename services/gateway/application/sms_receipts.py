"""Takes a provider's receipts for SMS: only what is final about a message is told on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.gateway.domain.errors import NotThere

_DELIVERED = frozenset({"delivered", "read"})
_FAILED = frozenset({"failed", "undelivered", "canceled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsReceipt:
    """`status` is the provider's word; `line` or `delivery_id` names what was sent."""

    tenant: str
    contact_id: str
    line: int | None
    delivery_id: str | None
    status: str
    error_code: str
    at: datetime


class ReportDelivery(Protocol):
    async def __call__(
        self,
        *,
        tenant: str,
        contact_id: str,
        state: str,
        at: datetime,
        line: int | None = None,
        delivery_id: str | None = None,
        code: str = "",
    ) -> None: ...


class TakeSmsReceipt:
    def __init__(self, report: ReportDelivery) -> None:
        self._report = report

    async def __call__(self, receipt: SmsReceipt) -> bool:
        """Return whether the receipt said something final of a message we know. Raises StoreUnavailable."""
        state = "delivered" if receipt.status in _DELIVERED else "failed" if receipt.status in _FAILED else ""
        if not state:
            return False
        try:
            await self._report(
                tenant=receipt.tenant,
                contact_id=receipt.contact_id,
                line=receipt.line,
                delivery_id=receipt.delivery_id,
                state=state,
                code=_code(receipt) if state == "failed" else "",
                at=receipt.at,
            )
        except NotThere:
            return False
        return True


def _code(receipt: SmsReceipt) -> str:
    """21610 and 30004 are the customer's wish, 30003 and 30005 an unreachable or unknown handset (Twilio's numbers)."""
    if receipt.error_code in {"21610", "30004"}:
        return "opted-out"
    return "customer-gone" if receipt.error_code in {"30003", "30005", "30006"} else "provider-refused"
