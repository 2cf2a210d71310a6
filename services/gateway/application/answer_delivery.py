"""Recording a customer's rating as the answer to a delivery."""

from datetime import datetime

from services.gateway.application.changing import change
from services.gateway.application.ports import Cause, Deliveries
from services.gateway.domain import delivery as deliveries
from services.gateway.domain.delivery import Delivery
from services.gateway.domain.entry_point import place_of
from services.gateway.domain.errors import StateConflict
from services.gateway.domain.rating import rating_in


class AnswerDelivery:
    """A call that is gone is asked by SMS, and an answer may be faster than the note that it was: until that note is
    stored the call's question is open to an SMS of the caller too.
    """

    def __init__(self, deliveries: Deliveries) -> None:
        self._deliveries = deliveries

    async def __call__(self, *, tenant: str, delivery_id: str, rating: int, at: datetime, message_id: str = "") -> bool:
        """Return whether this is the answer; False where there was one already.

        Raises NotThere, StateConflict (answer-not-expected, answer-too-late, rating-off-scale), StoreUnavailable.
        """

        def answered(delivery: Delivery) -> deliveries.Change:
            return deliveries.answered(delivery, rating=rating, message_id=message_id, at=at)

        cause = Cause(id=message_id or delivery_id, at=at)
        _, changed = await change(self._deliveries, tenant, delivery_id, answered, cause, missing="delivery-unknown")
        return changed

    async def by_message(
        self, *, tenant: str, channel: str, address: str, text: str, message_id: str, at: datetime
    ) -> str | None:
        """Take a message as an answer if it is one; return the delivery it answers, also at its repeat."""
        rating = rating_in(text)
        if rating is None:
            return None
        before = await self._deliveries.answered_by(tenant, message_id)
        if before is not None:
            return before.thing.id
        awaiting = await self._awaiting(tenant, channel, address)
        if awaiting is None:
            return None
        try:
            await self(tenant=tenant, delivery_id=awaiting.id, rating=rating, at=at, message_id=message_id)
        except StateConflict:
            return None
        return awaiting.id

    async def _awaiting(self, tenant: str, channel: str, address: str) -> Delivery | None:
        found = await self._deliveries.awaiting_answer(tenant, place_of(channel, address))
        if found is None and channel == "sms":
            found = await self._deliveries.awaiting_answer(tenant, place_of("voice", address))
            if found is not None and found.thing.sent_at is not None:
                return None
        return found.thing if found else None
