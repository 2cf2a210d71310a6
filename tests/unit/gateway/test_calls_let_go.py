"""What routing's last word about a caller means for the telephone and for the contact."""

import pytest

from services.gateway.application.finish_voicemail import FinishVoicemail
from services.gateway.application.messages import SendRefused, SendUnavailable
from services.gateway.application.open_contact import NewContact
from services.gateway.entrypoints.consumer import RoutingEventsConsumer
from switchyard.eventing.envelope import Received, numbered
from switchyard.eventing.outcomes import Done, Duplicate, Retry
from switchyard.events.routing.v1.contact_routing_events_pb2 import ContactFlowedOut, Entry
from switchyard.testing.messages import make_draft, make_record
from tests.unit.gateway.desk import PHONE, TENANT, Desk


class Telephone:
    """Remembers what it was asked; `trouble` is raised instead, `there` says whether the caller still is."""

    def __init__(self, *, there: bool = True, trouble: Exception | None = None) -> None:
        self.asked: list[tuple[str, str]] = []
        self.there = there
        self.trouble = trouble

    async def connect(
        self, *, tenant: str, contact_id: str, offer_id: str, agent_id: str, agent_address: str | None
    ) -> None:
        self.asked.append(("connect", agent_id))

    async def hold(self, *, tenant: str, contact_id: str, offer_id: str) -> None:
        self.asked.append(("hold", offer_id))

    async def hang_up(self, *, tenant: str, contact_id: str, offer_id: str) -> None:
        self.asked.append(("hang up", offer_id))

    async def release(self, *, tenant: str, contact_id: str) -> None:
        self.asked.append(("release", ""))

    async def announce(self, *, tenant: str, contact_id: str, entry: int, announcement: str) -> None:
        self.asked.append(("announce", announcement))

    async def let_go(self, *, tenant: str, contact_id: str, last_step: str, announcement: str) -> bool:
        if self.trouble is not None:
            raise self.trouble
        self.asked.append((last_step, announcement))
        return self.there


async def calling(telephone: Telephone) -> tuple[Desk, RoutingEventsConsumer]:
    desk = Desk()
    await desk.open(
        NewContact(
            tenant=TENANT,
            contact_id="cnt_call",
            channel="voice",
            customer_address=PHONE,
            queue_id="support",
            at=desk.clock(),
        )
    )
    finish = FinishVoicemail(desk.stores.contacts, desk.append, desk.apply)
    return desk, RoutingEventsConsumer(desk.apply, telephone, lambda _: None, finish)


def flowed_out(**more: str) -> tuple[Received, ContactFlowedOut]:
    entry = Entry(contact_id="cnt_call", number=1, queue_id="support", channel="voice", pool_id="default")
    message = ContactFlowedOut(entry=entry, reason="closed", **more)
    draft = make_draft(message, topic="routing-events-v1", tenant=TENANT, subject="cnt_call")
    event = numbered(draft, tenant=TENANT, source=f"/{TENANT}/routing/pools/default/contacts", sequence=1)
    return make_record(event, offset=0).read(), message


async def test_the_telephone_is_told_at_every_repeat_and_the_contact_closed_once() -> None:
    telephone = Telephone()
    desk, consumer = await calling(telephone)
    outcomes = [await consumer.handle(*flowed_out(last_step="message", announcement="Closed.")) for _ in range(2)]
    assert outcomes == [Done(), Duplicate()]
    assert telephone.asked == [("message", "Closed.")] * 2
    assert (await desk.contact("cnt_call")).outcome == "told"


async def test_a_call_of_a_removed_queue_is_let_go_too() -> None:
    telephone = Telephone()
    desk, consumer = await calling(telephone)
    await consumer.handle(*flowed_out())
    assert telephone.asked == [("", "")]
    assert (await desk.contact("cnt_call")).outcome == "refused"


async def test_a_caller_on_the_way_to_another_queue_is_told_only_what_there_is_to_tell() -> None:
    telephone = Telephone()
    desk, consumer = await calling(telephone)
    await consumer.handle(*flowed_out(to_queue="night", to_pool="default", announcement="One moment."))
    await consumer.handle(*flowed_out(to_queue="night", to_pool="default"))
    assert telephone.asked == [("announce", "One moment.")]
    assert (await desk.contact("cnt_call")).entry.queue_id == "night"


async def test_a_caller_who_may_leave_a_message_keeps_the_contact_open() -> None:
    desk, consumer = await calling(Telephone())
    await consumer.handle(*flowed_out(last_step="voicemail"))
    assert (await desk.contact("cnt_call")).state == "recording"


@pytest.mark.parametrize(
    "telephone", [Telephone(there=False), Telephone(trouble=SendRefused("provider-account-missing"))]
)
async def test_a_caller_who_cannot_leave_a_message_any_more_was_told(telephone: Telephone) -> None:
    desk, consumer = await calling(telephone)
    await consumer.handle(*flowed_out(last_step="voicemail"))
    assert (await desk.contact("cnt_call")).outcome == "told"


async def test_a_provider_out_of_reach_is_asked_again_and_the_message_still_taken() -> None:
    telephone = Telephone(trouble=SendUnavailable())
    desk, consumer = await calling(telephone)
    assert isinstance(await consumer.handle(*flowed_out(last_step="voicemail")), Retry)
    telephone.trouble = None
    assert await consumer.handle(*flowed_out(last_step="voicemail")) == Duplicate()
    assert telephone.asked == [("voicemail", "")]
    assert (await desk.contact("cnt_call")).state == "recording"
