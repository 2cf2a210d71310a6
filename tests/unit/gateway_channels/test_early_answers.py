"""A fast customer and a fast receipt: both may come before the provider's answer to the send itself."""

from datetime import UTC, datetime, timedelta

from services.gateway.domain import delivery as deliveries
from services.gateway.domain.delivery import Delivery, DeliveryAnswered, DeliveryConfirmed, DeliverySent, Expected

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
PENDING = Delivery(
    tenant="acme",
    id="ntc_1",
    contact_id="cnt_1",
    channel="sms",
    customer_id="cus_1",
    customer_address="+1555",
    entry_address="+1556",
    content_path="/",
    created_at=NOW,
    expects=Expected(survey_id="sur_1", scale_max=5, until=NOW + timedelta(days=1)),
    answer_place="sms|+1555",
)


def test_a_receipt_before_the_send_is_recorded_leaves_the_answer_awaited() -> None:
    confirmed, facts = deliveries.confirmed(PENDING)
    assert facts == (DeliverySent(), DeliveryConfirmed())
    sent, more = deliveries.sent(confirmed, provider_message_id="SM1", answer_place="sms|+1555", at=NOW)
    assert more == ()
    assert (sent.provider_message_id, sent.answer_place, sent.state) == ("SM1", "sms|+1555", deliveries.CONFIRMED)
    assert deliveries.sent(sent, provider_message_id="SM2", answer_place="x", at=NOW) == (sent, ())


def test_an_answer_before_the_send_is_recorded_counts_once() -> None:
    answered, facts = deliveries.answered(PENDING, rating=4, message_id="SM9", at=NOW)
    assert facts == (DeliveryAnswered(),)
    sent, more = deliveries.sent(answered, provider_message_id="SM1", answer_place="sms|+1555", at=NOW)
    assert more == (DeliverySent(),)
    assert (sent.answer_place, sent.rating) == (None, 4)
