"""Agents' lines and other services' messages, on their way to the customer."""

from datetime import datetime, timedelta

from services.gateway.application.change_consent import ChangeConsent
from services.gateway.application.messages import SendRefused, SendUnavailable
from services.gateway.application.ports import Cause
from services.gateway.application.report_delivery import ReportDelivery
from services.gateway.domain.delivery import Delivery, Expected
from services.gateway.domain.entry_point import place_of
from services.gateway.domain.errors import GatewayError
from switchyard.events.gateway.v1.contact_events_pb2 import ConsentChanged, ContactOpened
from switchyard.events.gateway.v1.delivery_events_pb2 import (
    DeliveryAnswered,
    DeliveryConfirmed,
    DeliveryFailed,
    DeliverySent,
)
from tests.unit.gateway.desk import LINE, PHONE, TENANT, Desk


async def talking() -> tuple[Desk, str]:
    desk = await Desk().with_line()
    contact_id = (await desk.receive("SM1")).contact_id
    assert contact_id is not None
    await desk.happens("OfferAccepted", contact_id)
    return desk, contact_id


async def refusal(desk: Desk, contact_id: str, **more: object) -> str:
    try:
        await desk.reply(contact_id, "Hi", **more)
    except GatewayError as error:
        return error.code
    return "taken"


async def sent_lines(desk: Desk, contact_id: str) -> list[str]:
    await desk.sending.finish(within_seconds=5)
    return [line.delivery for line in await desk.stores.lines.read(TENANT, contact_id) if line.author == "agent"]


async def test_an_agents_lines_leave_in_their_order() -> None:
    desk, contact_id = await talking()
    desk.provider.trouble = [SendUnavailable("busy")]
    for text in ("one", "two"):
        await desk.reply(contact_id, text)
    assert await sent_lines(desk, contact_id) == ["sent", "sent"]
    assert [each.text for each in desk.provider.sent] == ["one", "two"]
    assert desk.provider.sent[0].to_address == PHONE


async def test_a_message_whose_answer_was_lost_is_not_sent_twice() -> None:
    desk, contact_id = await talking()
    desk.provider.trouble, desk.provider.swallow = [SendUnavailable("no answer")], True
    await desk.reply(contact_id, "one")
    assert await sent_lines(desk, contact_id) == ["sent"]
    assert len(desk.provider.sent) == 1


async def test_what_the_provider_refuses_has_failed() -> None:
    desk, contact_id = await talking()
    desk.provider.trouble = [SendRefused("provider-refused")]
    await desk.reply(contact_id, "one")
    assert await sent_lines(desk, contact_id) == ["failed"]


async def test_a_provider_that_stays_away_is_given_up() -> None:
    desk, contact_id = await talking()
    desk.provider.trouble = [SendUnavailable("away")] * 9
    await desk.reply(contact_id, "one")
    assert await sent_lines(desk, contact_id) == ["failed"]
    line = (await desk.stores.lines.read(TENANT, contact_id))[-1]
    assert line.delivery_code == "attempts-exhausted"


async def test_what_a_crash_left_is_looked_up_before_it_is_sent() -> None:
    desk, contact_id = await talking()
    desk.provider.trouble = [SendUnavailable("away")] * 2
    await desk.reply(contact_id, "one")
    assert await desk.send_lines.recover() == 1
    assert await sent_lines(desk, contact_id) == ["sent"]
    assert len(desk.provider.sent) == 1


async def test_who_may_not_speak_is_told_why() -> None:
    desk, contact_id = await talking()
    assert await refusal(desk, contact_id, agent_id="bob") == "not-the-holder"
    assert await refusal(desk, contact_id, agent_id="bob", may_oversee=True) == "taken"
    assert await refusal(desk, "cnt_x") == "contact-unknown"
    await desk.happens("ContactEnded", contact_id, ended_by="agent")
    assert await refusal(desk, contact_id) == "contact-not-talking"


async def test_nobody_writes_to_who_has_opted_out() -> None:
    desk, contact_id = await talking()
    consent = ChangeConsent(desk.stores.customers, desk.identify)
    for _ in range(2):
        await consent(tenant=TENANT, channel="sms", customer_address=PHONE, opted_out=True, at=desk.clock())
    assert len(desk.bus.decoded(ConsentChanged)) == 1
    assert await refusal(desk, contact_id) == "customer-opted-out"
    await desk.deliver(contact_id)
    assert (await desk.delivery()).code == "opted-out"


async def test_a_rating_answers_the_survey_instead_of_opening_a_contact() -> None:
    desk = await Desk().with_line()
    contact_id = await desk.handled()
    assert await desk.deliver(contact_id)
    assert not await desk.deliver(contact_id)
    assert len(desk.provider.sent) == len(desk.bus.decoded(DeliverySent)) == 1
    for _ in range(2):
        received = await desk.receive("SM5", " 5 分 ")
        assert (received.answered_delivery, received.contact_id) == ("ntc_1", None)
    answers = desk.bus.decoded(DeliveryAnswered)
    assert [(each.rating, each.survey_id) for each in answers] == [(5, "sur_1")]
    assert (await desk.receive("SM6", "4")).contact_id is not None


async def asked_by_call(desk: Desk, contact_id: str, *, sent_at: datetime | None) -> None:
    asked = Delivery(
        tenant=TENANT,
        id="ntc_call",
        contact_id=contact_id,
        channel="voice",
        customer_id="cus_1",
        customer_address=PHONE,
        entry_address=LINE,
        content_path="/words",
        created_at=desk.clock(),
        expects=Expected(survey_id="sur_1", scale_max=5, until=desk.clock() + timedelta(minutes=10)),
        answer_place=place_of("voice", PHONE),
        sent_at=sent_at,
    )
    await desk.stores.deliveries.add(asked, (), Cause(id=asked.id, at=desk.clock()))


async def test_an_sms_answers_a_call_that_is_gone_even_before_the_sending_is_noted() -> None:
    desk = await Desk().with_line()
    await asked_by_call(desk, await desk.handled(), sent_at=None)
    assert (await desk.receive("SM5", "2")).answered_delivery == "ntc_call"


async def test_an_sms_does_not_answer_what_was_asked_in_the_call() -> None:
    desk = await Desk().with_line()
    await asked_by_call(desk, await desk.handled(), sent_at=desk.clock())
    assert (await desk.receive("SM5", "2")).contact_id is not None


async def test_words_a_rating_off_the_scale_and_a_late_one_open_a_contact() -> None:
    for text, wait in (("5 days ago I called", 0), ("9", 0), ("5", 700)):
        desk = await Desk().with_line()
        await desk.deliver(await desk.handled())
        desk.clock.advance(seconds=wait)
        assert (await desk.receive("SM5", text)).contact_id is not None
        assert len(desk.bus.decoded(ContactOpened)) == 2


async def test_receipts_come_in_any_order() -> None:
    desk = await Desk().with_line()
    contact_id = await desk.handled()
    await desk.deliver(contact_id)
    report = ReportDelivery(desk.stores.deliveries, desk.stores.lines)
    for state in ("delivered", "failed", "delivered"):
        await report(
            tenant=TENANT, contact_id=contact_id, delivery_id="ntc_1", state=state, at=desk.clock(), code="30003"
        )
    assert len(desk.bus.decoded(DeliveryConfirmed)) == 1
    assert not desk.bus.decoded(DeliveryFailed)


async def test_no_automatic_message_answers_an_automatic_mail() -> None:
    desk = await Desk().with_line()
    contact_id = (await desk.receive("SM1", never_auto_answer=True)).contact_id
    await desk.deliver(contact_id)
    assert (await desk.delivery()).code == "automatic-mail"
    assert not desk.provider.sent
