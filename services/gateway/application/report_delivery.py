"""A provider's receipt: a message reached the customer's device, or will not."""

from datetime import datetime

from services.gateway.application.changing import change
from services.gateway.application.ports import Cause, Deliveries, Lines
from services.gateway.domain import delivery as deliveries
from services.gateway.domain.delivery import Delivery
from services.gateway.domain.errors import Invalid, NotThere

DELIVERED, FAILED = "delivered", "failed"


class ReportDelivery:
    """Receipts come repeated and out of order: what is known and later stands."""

    def __init__(self, deliveries: Deliveries, lines: Lines) -> None:
        self._deliveries = deliveries
        self._lines = lines

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
    ) -> None:
        """`state` is delivered or failed, with a `code` why. Raises NotThere, Invalid, StoreUnavailable."""
        if state not in {DELIVERED, FAILED}:
            raise Invalid("receipt-state-unknown", f"{state} is no receipt.", pointer="/state")
        if delivery_id is not None:
            await self._of_delivery(tenant, delivery_id, state, code, at)
        elif line is not None:
            await self._of_line(tenant, contact_id, line, state, code)

    async def _of_delivery(self, tenant: str, delivery_id: str, state: str, code: str, at: datetime) -> None:
        def reported(delivery: Delivery) -> deliveries.Change:
            if state == DELIVERED:
                return deliveries.confirmed(delivery)
            return deliveries.failed(delivery, code=code or "provider-refused")

        cause = Cause(id=f"{delivery_id}/{state}", at=at)
        await change(self._deliveries, tenant, delivery_id, reported, cause, missing="delivery-unknown")

    async def _of_line(self, tenant: str, contact_id: str, number: int, state: str, code: str) -> None:
        found = await self._lines.read(tenant, contact_id, after=number - 1, limit=1)
        if not found or found[0].number != number:
            raise NotThere("line-unknown", f"{contact_id} has no line {number}.")
        await self._lines.delivered(found[0], state=state, code=code)
