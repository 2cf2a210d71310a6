"""What routing's decisions about a callback mean for the telephone, in whatever order they are told."""

from datetime import UTC, datetime
from typing import Any

import pytest
from google.protobuf.message import Message as ProtobufMessage

from services.gateway.application.call_back import CallBack
from services.gateway.application.messages import SendRefused, SendUnavailable
from services.gateway.application.ports import Cause, OutgoingCall
from services.gateway.application.report_reaching import ReportReaching
from services.gateway.domain import calling_back
from services.gateway.domain.callback import Callback, CallbackPlan
from services.gateway.domain.contact import Contact
from services.gateway.domain.entry_point import EntryPoint, Flow, place_of
from services.gateway.entrypoints.consumer import RoutingEventsConsumer
from switchyard.eventing.envelope import Received, numbered
from switchyard.eventing.outcomes import Done, Duplicate, Retry
from switchyard.events.routing.v1 import callback_events_pb2 as events
from switchyard.events.routing.v1 import contact_routing_events_pb2 as routing
from switchyard.internal.routing.v1.commands_pb2 import ReportNotReached
from switchyard.testing.messages import make_draft, make_record
from tests.unit.gateway.desk import LINE, PHONE, TENANT, Desk
from tests.unit.gateway.test_calling_back import calling
from tests.unit.gateway.test_calls_let_go import Telephone

CALLBACK = "cnt_callback"
HOLDER = routing.Holder(agent_id="ann", team_id="t", site_id="s")


class Ringing:
    """Remembers whom it was asked to ring; `trouble` is raised instead, `free` is False for who is on the line."""

    def __init__(self) -> None:
        self.rung: list[OutgoingCall] = []
        self.trouble: Exception | None = None
        self.free = True

    async def __call__(self, outgoing: OutgoingCall) -> bool:
        if self.trouble is not None:
            raise self.trouble
        self.rung.append(outgoing)
        return self.free


class Office:
    """A desk whose consumer has a telephone at hand."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.telephone, self.ringing = Telephone(), Ringing()
        contacts = self.desk.stores.contacts
        call_back = CallBack(
            contacts=contacts,
            entry_points=self.desk.stores.entry_points,
            ring=self.ringing,
            report=ReportReaching(contacts),
            clock=self.desk.clock,
        )
        self.consumer = RoutingEventsConsumer(self.desk.apply, self.telephone, lambda _: None, None, call_back)
        self._sequence = 0

    def told(self, kind: type[ProtobufMessage], contact_id: str = CALLBACK, **fields: Any) -> tuple[Received, Any]:
        """The next decision, as it comes off the topic."""
        self._sequence += 1
        about = routing.Entry(
            contact_id=contact_id,
            number=fields.pop("number", 1),
            queue_id="support",
            channel="voice",
            pool_id="default",
            callback_attempt=0 if contact_id != CALLBACK else fields.pop("attempt", 1),
        )
        message = kind(entry=about, **fields)
        draft = make_draft(message, topic="routing-events-v1", tenant=TENANT, subject=contact_id)
        source = f"/{TENANT}/routing/pools/default/contacts"
        event = numbered(draft, tenant=TENANT, source=source, sequence=self._sequence)
        return make_record(event, offset=self._sequence).read(), message

    def requested(self) -> tuple[Received, Any]:
        return self.told(events.CallbackRequested, "cnt_call", callback_contact_id=CALLBACK, reason="asked-for")

    def accepted(self, offer: str = "off_default.7", **fields: Any) -> tuple[Received, Any]:
        return self.told(routing.OfferAccepted, offer_id=offer, holder=HOLDER, **fields)

    async def callback(self) -> Contact:
        return await self.desk.contact(CALLBACK)


@pytest.fixture
def office() -> Office:
    return Office()


async def waiting(office: Office, **more: Any) -> None:
    await calling(office.desk, **more)
    assert await office.consumer.handle(*office.requested()) == Done()


async def test_a_caller_is_told_and_let_go_and_then_called_for_the_agent(office: Office) -> None:
    await waiting(office)
    assert office.telephone.asked == [("callback", "")]
    await office.consumer.handle(*office.accepted())
    (rung,) = office.ringing.rung
    assert (rung.contact_id, rung.customer, rung.called_from, rung.agent_id) == (CALLBACK, PHONE, LINE, "ann")
    assert "800" not in repr(rung)
    assert ("connect", "ann") not in office.telephone.asked


async def test_a_customer_on_the_line_is_connected(office: Office) -> None:
    await waiting(office)
    office.ringing.free = False
    await office.consumer.handle(*office.accepted())
    assert office.telephone.asked[-1] == ("connect", "ann")


async def test_an_old_acceptance_told_again_rings_nobody(office: Office) -> None:
    await waiting(office)
    first = office.accepted()
    missed = office.told(events.CallbackNotReached, offer_id="off_default.7", holder=HOLDER, reason="busy")
    again = office.accepted("off_default.8", attempt=2)
    for message in (first, missed, first, again, first, missed):
        await office.consumer.handle(*message)
    assert [rung.offer_id for rung in office.ringing.rung] == ["off_default.7", "off_default.8"]
    assert office.telephone.asked[1:] == [("hang up", "off_default.7")] * 2


async def test_a_callback_told_of_too_early_is_tried_again(office: Office) -> None:
    await calling(office.desk)
    requested, accepted = office.requested(), office.accepted()
    assert isinstance(await office.consumer.handle(*accepted), Retry)
    assert office.ringing.rung == []
    await office.consumer.handle(*requested)
    assert await office.consumer.handle(*accepted) == Done()
    assert len(office.ringing.rung) == 1


async def test_of_the_queued_only_callbacks_are_looked_at(office: Office) -> None:
    await waiting(office)
    due: dict[str, Any] = {"due_at": datetime(2026, 12, 1, tzinfo=UTC), "reason": "requested"}
    await office.consumer.handle(*office.told(events.CallbackScheduled, **due))
    assert calling_back.state_of(await office.callback()) == "scheduled"
    assert await office.consumer.queued(*office.told(routing.ContactQueued, "cnt_stranger")) == Done()
    assert await office.consumer.queued(*office.told(routing.ContactQueued)) == Done()
    assert calling_back.state_of(await office.callback()) == "waiting"


@pytest.mark.parametrize("trouble", [SendRefused("provider-refused"), None])
async def test_who_cannot_be_called_is_reported(office: Office, trouble: SendRefused | None) -> None:
    await waiting(office, customer_address="anonymous" if trouble is None else PHONE)
    office.ringing.trouble = trouble
    assert await office.consumer.handle(*office.accepted()) == Done()
    (told,) = office.desk.bus.decoded(ReportNotReached)
    assert (told.offer_id, told.reason) == ("off_default.7", "failed")


async def test_without_a_telephone_of_ours_the_agent_calls_and_says_what_came_of_it(office: Office) -> None:
    await waiting(office)
    office.ringing.trouble = SendRefused("provider-account-missing")
    assert await office.consumer.handle(*office.accepted()) == Done()
    assert office.desk.bus.decoded(ReportNotReached) == []
    assert calling_back.state_of(await office.callback()) == "calling"


async def test_a_provider_out_of_reach_is_asked_again(office: Office) -> None:
    await waiting(office)
    accepted = office.accepted()
    office.ringing.trouble = SendUnavailable()
    assert isinstance(await office.consumer.handle(*accepted), Retry)
    office.ringing.trouble = None
    assert await office.consumer.handle(*accepted) == Duplicate()
    assert len(office.ringing.rung) == 1


@pytest.mark.parametrize(
    ("lines", "number"),
    [
        ({"+15550101": "other", "+15550102": "support"}, "+15550102"),
        ({"+15550101": "other"}, "+15550101"),
        ({}, ""),
    ],
)
async def test_our_number_is_one_that_leads_to_the_queue_or_any(
    office: Office, lines: dict[str, str], number: str
) -> None:
    for address, queue in lines.items():
        await has_line(office, address, queue)
    await calling(office.desk, contact_id=CALLBACK, entry_address="", callback=CallbackPlan(), direction="outbound")
    await office.consumer.handle(*office.accepted())
    assert [rung.called_from for rung in office.ringing.rung] == [number]


async def has_line(office: Office, address: str, queue: str) -> None:
    flow = Flow(version=1, greeting="Hello", queue_id=queue, made_at=office.desk.clock())
    point = EntryPoint(
        tenant=TENANT,
        id=f"line-{address}",
        channel="voice",
        address=address,
        name=queue,
        flow=flow,
        place=place_of("voice", address),
    )
    await office.desk.stores.entry_points.add(point, (), Cause(id="made", at=office.desk.clock()))


async def test_a_callback_given_up_while_its_customer_is_on_hold_hangs_up(office: Office) -> None:
    await waiting(office)
    await office.consumer.handle(*office.told(events.CallbackGivenUp, reason="cancelled", ended_by="system"))
    assert office.telephone.asked[-1] == ("hang up", "")
    assert (await office.callback()).callback == Callback(last_reason="cancelled")
