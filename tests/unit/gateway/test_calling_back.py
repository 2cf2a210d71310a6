"""A contact that waits becomes a callback; what routing decides about it, and what the telephone tells routing."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from services.gateway.adapters.routing_requests import PublishedRequests
from services.gateway.application.apply_routing_event import Applied
from services.gateway.application.ask_again import AskAgain
from services.gateway.application.callback_offers import CallbackOffers
from services.gateway.application.door import commands as door
from services.gateway.application.door.answers import Answer, Pending
from services.gateway.application.door.command_ids import Origin, command_id
from services.gateway.application.door.ports import RoutingCommands
from services.gateway.application.open_contact import NewContact
from services.gateway.application.report_reaching import ReportReaching
from services.gateway.application.wish_callback import WishCallback
from services.gateway.domain import calling_back
from services.gateway.domain.callback import CallbackPlan, CallbackWish
from services.gateway.domain.contact import Contact, FormAnswer
from services.gateway.domain.errors import CallbackMissing
from services.gateway.domain.last_steps import words_for
from services.gateway.domain.line import CLOSING, SYSTEM
from switchyard.events.gateway.v1.contact_events_pb2 import ContactClosed, ContactOpened
from switchyard.internal.routing.v1.commands_pb2 import EndContact, EnqueueContact, ReportNotReached, RequestCallback
from tests.unit.gateway.desk import LINE, PHONE, TENANT, Desk

LATER = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CALLBACK, OTHER = "cnt_callback", "+8613900000000"
#: What looks like a number, and was not given as one.
ORDER = (FormAnswer(name="order", value=PHONE),)


async def calling(desk: Desk, **more: Any) -> Contact:
    new = NewContact(
        tenant=TENANT,
        contact_id="cnt_call",
        channel="voice",
        customer_address=PHONE,
        entry_address=LINE,
        queue_id="support",
        at=desk.clock(),
    )
    return await desk.open(replace(new, **more))


def requested(desk: Desk, contact: Contact, **more: Any) -> Any:
    told = {"callback_contact_id": CALLBACK, "reason": "asked-for", **more}
    return desk.event("CallbackRequested", contact, **told)


async def promised(**more: Any) -> tuple[Desk, Contact]:
    """A caller whose callback waits in their place."""
    desk = Desk()
    contact = await calling(desk)
    await desk.apply(requested(desk, contact, **more))
    return desk, contact


async def happens(desk: Desk, name: str, **more: Any) -> Applied:
    """The next decision about the callback."""
    return await desk.happens(name, CALLBACK, **{"channel": "voice", "callback_attempt": 1, **more})


async def accepted(**more: Any) -> Desk:
    desk, _ = await promised()
    await happens(desk, "OfferAccepted", offer_id="off_default.7", **more)
    return desk


async def state(desk: Desk) -> str:
    return calling_back.state_of(await desk.contact(CALLBACK))


async def test_a_caller_is_closed_and_their_callback_has_their_place() -> None:
    desk = Desk()
    contact = await calling(desk)
    desk.clock.advance(seconds=90)
    assert await desk.apply(requested(desk, contact, announcement="We call you.")) is Applied.WRITTEN
    before, callback = await desk.contact("cnt_call"), await desk.contact(CALLBACK)
    assert (before.state, before.outcome, before.ended_by) == ("closed", "callback", "customer")
    assert before.called_back_by == CALLBACK
    assert (callback.channel, callback.direction, callback.state) == ("voice", "outbound", "waiting")
    assert (callback.callback_address, callback.entry_address) == (PHONE, LINE)
    assert (callback.previous_contact_id, callback.customer_id) == (contact.id, contact.customer_id)
    assert callback.service_request_id == contact.service_request_id
    assert (callback.entry.number, callback.entry.queued_at) == (1, contact.entry.queued_at)
    assert callback.opened_at > callback.entry.queued_at
    assert [each.contact_id for each in desk.bus.decoded(EnqueueContact)] == ["cnt_call"]
    assert [each.contact_id for each in desk.bus.decoded(ContactOpened)] == ["cnt_call", CALLBACK]
    assert [each.outcome for each in desk.bus.decoded(ContactClosed)] == ["callback"]


async def test_told_again_by_either_reader_there_is_still_one_callback() -> None:
    desk = Desk()
    event = requested(desk, await calling(desk))
    applied = await asyncio.gather(
        desk.apply(event), desk.apply.before_answering(event), desk.apply(event), desk.apply.before_answering(event)
    )
    assert sorted(each.value for each in applied) == ["known", "known", "known", "written"]
    assert len(desk.bus.decoded(ContactOpened)) == 2
    assert len(desk.bus.decoded(ContactClosed)) == 1


async def test_after_a_crash_between_the_two_both_are_there() -> None:
    desk = Desk()
    event = requested(desk, await calling(desk))
    await desk.apply._open_callback(event)
    assert await desk.apply(event) is Applied.WRITTEN
    assert (await desk.contact("cnt_call")).state == "closed"
    assert len(desk.bus.decoded(ContactOpened)) == 2


async def test_of_an_unknown_contact_no_callback_is_made() -> None:
    desk = Desk()
    event = requested(desk, await calling(desk), contact_id="cnt_stranger")
    assert await desk.apply(event) is Applied.NO_CONTACT
    assert await desk.stores.contacts.find(TENANT, CALLBACK) is None


async def test_what_is_told_of_a_callback_before_it_is_opened_is_tried_again() -> None:
    desk = Desk()
    contact = await calling(desk)
    opening = requested(desk, contact)
    accept = desk.event(
        "OfferAccepted", contact, contact_id=CALLBACK, callback_attempt=1, offer_id="off_default.7", channel="voice"
    )
    with pytest.raises(CallbackMissing):
        await desk.apply(accept)
    early = asyncio.create_task(desk.apply.before_answering(accept))
    await asyncio.sleep(0)
    await desk.apply(opening)
    assert await early is Applied.WRITTEN
    assert await state(desk) == "calling"


async def test_a_texter_is_told_and_called_under_the_number_they_write_from() -> None:
    desk = await Desk().with_line()
    contact_id = (await desk.receive("SM1")).contact_id
    assert contact_id is not None
    await desk.apply(requested(desk, await desk.contact(contact_id), reason="overflow"))
    await desk.sending.finish(within_seconds=5)
    lines = [line for line in await desk.stores.lines.read(TENANT, contact_id) if line.kind != CLOSING]
    assert [(line.author, line.text) for line in lines][-1] == (SYSTEM, words_for("callback", ""))
    assert [sent.text for sent in desk.provider.sent] == [words_for("callback", "")]
    callback = await desk.contact(CALLBACK)
    assert (callback.channel, callback.callback_address, callback.entry_address) == ("voice", PHONE, "")
    assert (await desk.contact(contact_id)).ended_by == "system"


@pytest.mark.parametrize(
    ("more", "number"),
    [
        ({"channel": "voice", "customer_address": PHONE}, PHONE),
        ({"channel": "sms", "customer_address": "+86 138-0000 0000"}, PHONE),
        ({"channel": "voice", "customer_address": "+266696687"}, ""),
        ({"channel": "voice", "customer_address": "anonymous"}, ""),
        ({"channel": "voice", "customer_address": "client:li"}, ""),
        ({"channel": "chat", "form": (FormAnswer(name="phone", value=" +86 (138) 0000.0000 "),)}, PHONE),
        ({"channel": "chat", "form": (FormAnswer(name="phone", value="13800000000"),)}, ""),
        ({"channel": "chat", "form": ORDER}, ""),
        ({"channel": "email", "customer_address": "li@example.cn"}, ""),
    ],
)
async def test_routing_learns_whether_a_number_is_known_and_never_which(more: dict[str, Any], number: str) -> None:
    desk = Desk()
    contact = await calling(desk, **more)
    assert contact.callback_address == number
    (asked,) = desk.bus.decoded(EnqueueContact)
    assert asked.callable == bool(number)
    assert not any(b"8000" in message.data for message in desk.bus.published if more.get("form") != ORDER)


async def test_a_callback_arranged_without_a_contact_goes_to_routing_with_its_plan() -> None:
    desk = Desk()
    plan = CallbackPlan(due_at=LATER, not_after=LATER + timedelta(hours=2))
    contact = await calling(desk, direction="outbound", callback=plan, priority=3, note="Wants the yellow one.")
    (asked,) = desk.bus.decoded(EnqueueContact)
    assert asked.callback.due_at.ToDatetime(tzinfo=UTC) == LATER
    assert asked.callback.not_after.ToDatetime(tzinfo=UTC) == LATER + timedelta(hours=2)
    assert (asked.priority, asked.callable) == (3, True)
    assert (calling_back.state_of(contact), contact.note) == ("scheduled", "Wants the yellow one.")


async def test_a_callback_goes_through_its_attempts_to_its_end() -> None:
    desk, _ = await promised()
    plan = {"due_at": LATER, "not_after": LATER + timedelta(days=1)}
    seen = [await state(desk)]
    await happens(desk, "CallbackScheduled", reason="outside-hours", **plan)
    seen.append(await state(desk))
    await happens(desk, "ContactQueued")
    seen.append(await state(desk))
    await happens(desk, "OfferAccepted", offer_id="off_default.7")
    seen.append(await state(desk))
    await happens(desk, "CallbackNotReached", reason="busy", offer_id="off_default.7")
    seen.append(await state(desk))
    missed = await desk.contact(CALLBACK)
    assert (missed.holder, missed.answered_at, calling_back.attempt_of(missed)) == (None, None, 2)
    await happens(desk, "CallbackScheduled", entry=2, callback_attempt=2, reason="not-reached", **plan)
    seen.append(await state(desk))
    again = await desk.contact(CALLBACK)
    assert again.callback is not None
    assert (again.entry.number, again.callback.last_reason, again.callback.due_at) == (2, "busy", LATER)
    await happens(desk, "ContactQueued", callback_attempt=2)
    await happens(desk, "OfferAccepted", callback_attempt=2, offer_id="off_default.8")
    await ReportReaching(desk.stores.contacts).reached(tenant=TENANT, contact_id=CALLBACK, at=desk.clock())
    seen.append(await state(desk))
    await happens(desk, "ContactEnded", callback_attempt=2, ended_by="agent")
    seen.append(await state(desk))
    await happens(desk, "WrapUpCompleted", callback_attempt=2, disposition="resolved")
    seen.append(await state(desk))
    assert seen == [
        *("waiting", "scheduled", "waiting", "calling", "waiting", "scheduled", "connected", "wrap_up", "done"),
    ]
    done = await desk.contact(CALLBACK)
    assert done.callback is not None
    assert (done.outcome, done.callback.attempts) == ("handled", 2)


async def test_an_end_that_nobody_asked_for_is_the_queues() -> None:
    for plan, by_queue in ((CallbackPlan(due_at=LATER), True), (CallbackPlan(not_after=LATER), False)):
        desk = Desk()
        contact = await calling(desk, direction="outbound", callback=plan)
        told = {"due_at": LATER - timedelta(hours=1), "not_after": LATER, "reason": "requested", "callback_attempt": 1}
        await desk.happens("CallbackScheduled", contact.id, **told)
        callback = (await desk.contact(contact.id)).callback
        assert callback is not None
        assert (callback.not_after, callback.not_after_by_queue) == (LATER, by_queue)


@pytest.mark.parametrize(
    ("reason", "ended_by", "outcome", "shown"),
    [
        ("cancelled", "system", "cancelled", "cancelled"),
        ("attempts-used", "", "not-reached", "not_reached"),
        ("too-late", "", "not-reached", "not_reached"),
        ("queue-removed", "", "not-reached", "not_reached"),
    ],
)
async def test_a_callback_that_is_given_up_says_why(reason: str, ended_by: str, outcome: str, shown: str) -> None:
    desk, _ = await promised()
    assert await happens(desk, "CallbackGivenUp", reason=reason, ended_by=ended_by) is Applied.WRITTEN
    callback = await desk.contact(CALLBACK)
    assert callback.callback is not None
    assert (callback.outcome, callback.ended_by, callback.callback.last_reason) == (outcome, "system", reason)
    assert await state(desk) == shown
    assert desk.bus.decoded(ContactClosed)[-1].outcome == outcome


async def test_a_customer_who_was_reached_passed_on_and_left_is_an_abandon() -> None:
    desk = await accepted()
    await ReportReaching(desk.stores.contacts).reached(tenant=TENANT, contact_id=CALLBACK, at=desk.clock())
    await happens(desk, "ContactTransferred", to_queue="other", to_pool="default")
    await happens(desk, "CallbackGivenUp", entry=2, reason="cancelled", ended_by="customer")
    assert (await desk.contact(CALLBACK)).outcome == "abandoned"
    assert await state(desk) == "done"


async def test_who_is_on_the_line_and_passed_on_to_another_pool_is_not_called_anew() -> None:
    desk = await accepted()
    await ReportReaching(desk.stores.contacts).reached(tenant=TENANT, contact_id=CALLBACK, at=desk.clock())
    await happens(desk, "ContactTransferred", to_queue="other-queue", to_pool="other")
    asked = desk.bus.decoded(EnqueueContact)[-1]
    assert (asked.contact_id, asked.queue_id, asked.HasField("callback")) == (CALLBACK, "other-queue", False)


async def test_who_was_passed_on_unreached_is_still_to_be_called_in_the_other_pool() -> None:
    desk = await accepted()
    await happens(desk, "ContactTransferred", to_queue="other-queue", to_pool="other")
    assert desk.bus.decoded(EnqueueContact)[-1].HasField("callback")


async def test_that_nobody_answered_is_reported_once_for_each_offer() -> None:
    desk = await accepted()
    report = ReportReaching(desk.stores.contacts)
    for _ in range(2):
        await report.not_reached(tenant=TENANT, contact_id=CALLBACK, reason="busy", at=desk.clock())
    (told,) = desk.bus.decoded(ReportNotReached)
    assert (told.contact_id, told.offer_id, told.reason, told.agent_id) == (CALLBACK, "off_default.7", "busy", "")
    await happens(desk, "CallbackNotReached", reason="busy", offer_id="off_default.7")
    await report.not_reached(tenant=TENANT, contact_id=CALLBACK, reason="busy", at=desk.clock())
    await happens(desk, "OfferAccepted", callback_attempt=2, offer_id="off_default.9")
    await report.not_reached(tenant=TENANT, contact_id=CALLBACK, reason="no-answer", at=desk.clock())
    assert [each.offer_id for each in desk.bus.decoded(ReportNotReached)] == ["off_default.7", "off_default.9"]


async def test_who_was_reached_or_is_nobodys_callback_is_not_reported() -> None:
    desk = await accepted()
    report = ReportReaching(desk.stores.contacts)
    await report.reached(tenant=TENANT, contact_id=CALLBACK, at=desk.clock())
    for contact_id in (CALLBACK, "cnt_call", "cnt_stranger"):
        await report.not_reached(tenant=TENANT, contact_id=contact_id, reason="busy", at=desk.clock())
    assert desk.bus.decoded(ReportNotReached) == []


async def test_one_that_was_passed_on_unreached_ends_when_nobody_answers_for_it_is_not_tried_again() -> None:
    desk = await accepted()
    await happens(desk, "ContactTransferred", to_queue="support", to_pool="default")
    await happens(desk, "OfferAccepted", entry=2, callback_attempt=0, offer_id="off_default.8")
    assert await state(desk) == "calling"
    report = ReportReaching(desk.stores.contacts)
    for _ in range(2):
        await report.not_reached(tenant=TENANT, contact_id=CALLBACK, reason="busy", at=desk.clock())
    assert desk.bus.decoded(ReportNotReached) == []
    (end,) = desk.bus.decoded(EndContact)
    assert (end.contact_id, end.ended_by) == (CALLBACK, "system")


class Offering:
    """Queues of which `support` offers its callers to be called back."""

    def offers_callbacks(self, tenant: str, queue_id: str | None = None) -> bool:
        return queue_id in {None, "support"}


async def test_a_key_asks_routing_once_and_is_not_offered_again() -> None:
    desk = Desk()
    await calling(desk)
    offers = CallbackOffers(desk.stores.contacts, Offering())
    assert await offers.is_offered(tenant=TENANT, contact_id="cnt_call")
    assert [await offers.take(tenant=TENANT, contact_id="cnt_call", at=desk.clock()) for _ in range(2)] == [True, False]
    assert [each.contact_id for each in desk.bus.decoded(RequestCallback)] == ["cnt_call"]
    assert not await offers.is_offered(tenant=TENANT, contact_id="cnt_call")


@pytest.mark.parametrize(
    "more", [{"customer_address": "anonymous"}, {"queue_id": "other"}, {"callback": CallbackPlan()}]
)
async def test_the_key_is_offered_only_to_whom_it_may_serve(more: dict[str, Any]) -> None:
    desk = Desk()
    await calling(desk, **more)
    offers = CallbackOffers(desk.stores.contacts, Offering())
    assert not await offers.is_offered(tenant=TENANT, contact_id="cnt_call")
    assert not await offers.take(tenant=TENANT, contact_id="cnt_call", at=desk.clock())
    assert not await offers.is_offered(tenant=TENANT, contact_id="cnt_stranger")


class SlowRouting:
    """Routing takes its time: every request is pending."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def send(self, command: object, *, tenant: str, pool: str, origin: Origin, correlation_id: str) -> Answer:
        self.sent.append(command_id(tenant=tenant, pool=pool, origin=origin))
        return Pending(command_id=self.sent[-1])


async def wishing(desk: Desk, *requests: tuple[str, str, CallbackPlan]) -> tuple[Contact, list[str]]:
    """A caller who waits, and for whom callbacks are asked for by REST, each under a key: (key, number, plan)."""
    contact, routing = await calling(desk), SlowRouting()
    wish = WishCallback(
        contacts=desk.stores.contacts, commands=cast("RoutingCommands", routing), clock=desk.clock, new_id=str
    )
    for key, address, plan in requests:
        origin = Origin(credential_id="crm", route="POST /v1/callbacks", idempotency_key=key)
        command = door.RequestCallback(contact_id=contact.id, plan=plan)
        await wish(command, contact=contact, origin=origin, address=address)
    return contact, routing.sent


@pytest.mark.parametrize(("heard", "address", "shown"), [(0, OTHER, "scheduled"), (1, PHONE, "waiting")])
async def test_of_several_pending_wishes_the_one_that_routing_did_is_kept_to(
    heard: int, address: str, shown: str
) -> None:
    desk = Desk()
    asked = (("a", OTHER, CallbackPlan(due_at=LATER)), ("b", "", CallbackPlan()))
    contact, sent = await wishing(desk, *asked)
    await desk.apply(requested(desk, contact, causation_id=sent[heard]))
    assert (await desk.contact(CALLBACK)).callback_address == address
    assert await state(desk) == shown
    assert (await desk.contact(contact.id)).callback_wishes == ()


async def test_who_presses_the_key_is_called_where_they_call_from_whatever_was_asked_besides() -> None:
    desk = Desk()
    contact, _ = await wishing(desk, ("a", OTHER, CallbackPlan(due_at=LATER)))
    assert await CallbackOffers(desk.stores.contacts, Offering()).take(
        tenant=TENANT, contact_id=contact.id, at=desk.clock()
    )
    await desk.apply(requested(desk, contact, causation_id="cmd_default.key"))
    assert (await desk.contact(CALLBACK)).callback_address == PHONE
    assert await state(desk) == "waiting"


async def test_a_repeat_under_the_same_key_is_the_same_wish() -> None:
    desk = Desk()
    first, again = ("a", OTHER, CallbackPlan(due_at=LATER)), ("a", OTHER, CallbackPlan())
    contact, sent = await wishing(desk, first, again)
    assert sent[0] == sent[1]
    await desk.apply(requested(desk, contact, causation_id=sent[0]))
    assert await state(desk) == "scheduled"


async def test_wishes_that_nobody_can_answer_any_more_are_not_kept_for_ever() -> None:
    desk = Desk()
    contact, _ = await wishing(desk, ("a", OTHER, CallbackPlan()))
    late = CallbackWish(command_id="cmd_default.b", asked_at=desk.clock() + timedelta(days=1))
    kept, _ = calling_back.wish(await desk.contact(contact.id), wish=late)
    assert kept.callback_wishes == (late,)


async def test_what_routing_was_told_is_told_again_after_a_broker_forgot() -> None:
    desk = Desk()
    await calling(desk)
    await CallbackOffers(desk.stores.contacts, Offering()).take(tenant=TENANT, contact_id="cnt_call", at=desk.clock())
    again = AskAgain(desk.stores.contacts, PublishedRequests(desk.bus), desk.clock)
    assert await again() == 1
    first, second = desk.bus.decoded(RequestCallback)
    assert first == second
    await desk.apply(requested(desk, await desk.contact("cnt_call")))
    await happens(desk, "OfferAccepted", offer_id="off_default.7")
    report = ReportReaching(desk.stores.contacts)
    await report.not_reached(tenant=TENANT, contact_id=CALLBACK, reason="busy", at=desk.clock())
    await again()
    assert [each.reason for each in desk.bus.decoded(ReportNotReached)] == ["busy", "busy"]
