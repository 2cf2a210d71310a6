"""Callbacks over REST: who may, what routing is asked, what is refused, how one is shown."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
import pytest_asyncio
from google.protobuf.message import Message as ProtobufMessage

from services.gateway.application.door import ports
from services.gateway.application.open_contact import NewContact, OpenContact
from services.gateway.application.ports import Cause, Waiting
from services.gateway.application.wish_callback import WishCallback
from services.gateway.domain import calling_back
from services.gateway.domain import contact as contacts
from services.gateway.domain.callback import Callback
from services.gateway.domain.calling_back import State
from services.gateway.domain.contact import Contact
from services.gateway.domain.identifiers import enqueue_command
from services.gateway.entrypoints.ask_routing import AskRouting
from services.gateway.entrypoints.callback_bodies import FILTERS
from services.gateway.entrypoints.callbacks_http import CallbackDesk
from services.gateway.entrypoints.consumer import RoutingEventsConsumer
from switchyard.events.routing.v1 import callback_events_pb2 as events
from switchyard.events.routing.v1 import contact_routing_events_pb2 as routing
from switchyard.internal.routing.v1 import commands_pb2 as commands
from switchyard.service.times import to_text
from tests.unit.gateway.desk import Desk, Queues
from tests.unit.gateway_door.bench import NOW, TENANT, Bench, entry, holder, token
from tests.unit.gateway_door.contact_floor import contact
from tests.unit.gateway_door.test_commands import refusing, succeeding

NUMBER = "+8613800000000"
AGENT, BOSS, PARTNER = token("agent-1"), token("agent-2", "supervisor"), token("crm", "partner")
TOMORROW, DAY_AFTER, LAST = (NOW + timedelta(days=days) for days in (1, 2, 3))
URL = "/v1/callbacks"


class Rooms:
    async def positions(self, tenant: str, queue_id: str) -> Mapping[str, Waiting]:
        return {"cnt_callback": Waiting(position=3, estimated_wait_seconds=120.0)}


class Hours:
    """Customers are called until the day after tomorrow, and not from then on."""

    async def are_between(self, tenant: str, queue_id: str, begin: datetime, end: datetime) -> bool:
        return begin < DAY_AFTER


Begins = Callable[[Contact], ProtobufMessage]


def as_planned(opened: Contact) -> ProtobufMessage:
    about = entry(opened.id, channel="voice", callback_attempt=1, queued_at=opened.entry.queued_at)
    plan = opened.callback
    if plan is None or plan.due_at is None:
        return routing.ContactQueued(entry=about)
    until = plan.not_after or plan.due_at + timedelta(days=2)
    return events.CallbackScheduled(entry=about, reason="requested", due_at=plan.due_at, not_after=until)


def outside_hours(opened: Contact) -> ProtobufMessage:
    about = entry(opened.id, channel="voice", callback_attempt=1)
    return events.CallbackScheduled(entry=about, reason="requested", due_at=TOMORROW, not_after=DAY_AFTER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Contacts of each kind behind the door: one waits, one waits without a number, one talks."""

    bench: Bench
    desk: Desk
    #: What routing makes of a callback that is arranged without a contact.
    begins: list[Begins] = field(default_factory=list)

    async def open(self, new: NewContact) -> Contact:
        opened = await self.desk.open(new)
        if self.begins:
            event = self.begins[0](opened)
            cause = enqueue_command("default", TENANT, opened.id, 1)
            asyncio.get_running_loop().create_task(self.bench.announce("contacts", event, cause=cause))
        return opened

    async def add(self, each: Contact) -> None:
        await self.desk.stores.contacts.add(each, (), Cause(id=each.id, at=NOW))

    async def callback(self, identity: str = "cnt_callback", state: str = "waiting", **facts: Any) -> None:
        told = {"outcome": facts.pop("outcome", "")}
        called = replace(contact(identity, state), callback_address=NUMBER, channel="voice", **told)
        await self.add(replace(called, callback=Callback(**facts)))


@pytest_asyncio.fixture
async def floor(bench: Bench) -> Floor:
    desk = Desk()
    floor = Floor(bench=bench, desk=desk, begins=[as_planned])
    numbers = (str(number) for number in range(1, 100))
    wish = WishCallback(
        contacts=desk.stores.contacts,
        commands=bench.door.commands,
        clock=bench.clock,
        new_id=lambda: next(numbers),
    )
    routes = CallbackDesk(
        contacts=desk.stores.contacts,
        queues=Queues(),
        open_contact=cast("OpenContact", floor.open),
        ask=AskRouting(desk.stores.contacts, bench.door.commands),
        wish=wish,
        rooms=Rooms(),
        hours=Hours(),
        clock=bench.clock,
        new_id=lambda: next(numbers),
        patience_seconds=0.1,
    )
    bench.app.include_router(routes.router())
    bench.door.commands.apply = RoutingEventsConsumer(desk.apply, None, lambda _: None).apply_now
    await floor.add(replace(contact("cnt_1"), callback_address=NUMBER))
    await floor.add(contact("cnt_nameless"))
    await floor.add(contact("cnt_2", contacts.TALKING))
    return floor


async def contact_of(floor: Floor, identity: str) -> Contact:
    stored = await floor.desk.stores.contacts.find(TENANT, identity)
    assert stored is not None
    return stored.thing


def promising(_message: Any, command: Any) -> list[tuple[str, Any]]:
    about, called = entry(command.contact_id), entry("cnt_callback", channel="voice", callback_attempt=1)
    requested = events.CallbackRequested(entry=about, callback_contact_id="cnt_callback", reason="asked-for")
    if not command.plan.HasField("due_at"):
        return [("contacts", requested), ("contacts", routing.ContactQueued(entry=called))]
    plan = {"due_at": command.plan.due_at, "not_after": DAY_AFTER}
    scheduled = events.CallbackScheduled(entry=called, reason="requested", **plan)
    return [("contacts", requested), ("contacts", scheduled)]


async def test_a_waiting_contact_is_called_back_in_its_place(floor: Floor) -> None:
    floor.bench.answering = promising
    body = {"contact": "cnt_1", "not_after": to_text(TOMORROW)}
    async with floor.bench.client(PARTNER) as client:
        answer = await client.post(URL, json=body)
        before = (await client.get(f"{URL}/cnt_callback")).json()
    assert (answer.status_code, answer.headers["location"]) == (201, f"{URL}/cnt_callback")
    shown = answer.json()
    assert (shown["id"], shown["state"], shown["contact"], shown["address"]) == (
        "cnt_callback",
        "waiting",
        "cnt_1",
        NUMBER,
    )
    assert (shown["queued_at"], shown["not_after"], shown["due_at"]) == (to_text(NOW), to_text(TOMORROW), None)
    assert (before["position"], before["estimated_wait_seconds"]) == (3, 120.0)
    (sent,) = floor.bench.bus.decoded(commands.RequestCallback)
    assert sent.contact_id == "cnt_1"
    assert not sent.plan.HasField("due_at")
    assert (await contact_of(floor, "cnt_1")).outcome == "callback"


async def test_a_number_given_with_the_wish_is_the_one_called(floor: Floor) -> None:
    floor.bench.answering = promising
    async with floor.bench.client(AGENT) as client:
        without = await client.post(URL, json={"contact": "cnt_nameless"})
        answer = await client.post(URL, json={"contact": "cnt_nameless", "address": NUMBER, "at": to_text(TOMORROW)})
    assert (without.status_code, without.json()["code"]) == (422, "address-missing")
    assert without.json()["errors"][0]["pointer"] == "/address"
    assert (answer.json()["address"], answer.json()["state"]) == (NUMBER, "scheduled")
    assert answer.json()["due_at"] == to_text(TOMORROW)
    assert b"8000" not in b"".join(message.data for message in floor.bench.bus.published)


OTHER = "+8613900000000"


async def test_of_two_who_ask_at_once_the_one_that_is_heard_has_its_own_number_called(floor: Floor) -> None:
    asked: list[tuple[str, Any]] = []

    def first_wins(message: Any, command: Any) -> list[tuple[str, Any]]:
        """Decide when both are there: what the second has stored must not be the first one's."""
        asked.append((message.envelope.id, command))
        if len(asked) == 1:
            return []
        for stream, event in promising(None, asked[0][1]):
            asyncio.get_running_loop().create_task(floor.bench.announce(stream, event, cause=asked[0][0]))
        return list(refusing("contact-unknown")(message, command))

    floor.bench.answering = first_wins
    async with floor.bench.client(AGENT) as one, floor.bench.client(BOSS) as two:
        bodies = [{"contact": "cnt_1", "address": NUMBER, "at": to_text(TOMORROW)}, {"contact": "cnt_1"}]
        bodies[1] |= {"address": OTHER, "at": to_text(DAY_AFTER)}
        won, lost = await asyncio.gather(one.post(URL, json=bodies[0]), two.post(URL, json=bodies[1]))
    assert (won.status_code, won.json()["address"], won.json()["due_at"]) == (201, NUMBER, to_text(TOMORROW))
    assert (lost.status_code, lost.json()["code"]) == (409, "contact-not-waiting")


async def test_a_refused_wish_leaves_the_contact_as_it_was(floor: Floor) -> None:
    before = await contact_of(floor, "cnt_1")
    floor.bench.answering = refusing("contact-connected")
    async with floor.bench.client(BOSS) as client:
        await client.post(URL, json={"contact": "cnt_1", "address": OTHER, "at": to_text(TOMORROW)})
    assert await contact_of(floor, "cnt_1") == before


async def test_a_wish_that_takes_long_is_pending(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    send = floor.bench.door.commands.send
    monkeypatch.setattr(ports, "DEADLINE_SECONDS", 0.01)

    async def hurried(self: Any, command: Any, **how: Any) -> Any:
        return await send(command, **how, deadline_seconds=0.01)

    monkeypatch.setattr(type(floor.bench.door.commands), "send", hurried)
    async with floor.bench.client(AGENT) as client:
        answer = await client.post(URL, json={"contact": "cnt_1"})
    assert answer.status_code == 202
    assert answer.headers["location"].startswith("/v1/commands/cmd_default.")


async def test_a_callback_is_arranged_without_a_contact(floor: Floor) -> None:
    body = {
        "queue": "billing",
        "address": NUMBER,
        "at": to_text(TOMORROW),
        "not_after": to_text(DAY_AFTER),
        "customer_name": "Li",
        "priority": 2,
        "attributes": {"tier": "gold"},
        "note": "About the invoice.",
    }
    async with floor.bench.client(PARTNER) as client:
        answers = [await client.post(URL, json=body, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
        other = await client.post(URL, json=body)
    assert [answer.status_code for answer in answers] == [201, 201]
    shown = answers[0].json()
    assert answers[1].json() == shown != other.json()
    assert (shown["state"], shown["contact"], shown["note"]) == ("scheduled", None, "About the invoice.")
    assert (shown["customer_name"], shown["due_at"]) == ("Li", to_text(TOMORROW))
    asked = floor.desk.bus.decoded(commands.EnqueueContact)[0]
    assert (asked.queue_id, asked.channel, asked.priority) == ("billing", "voice", 2)
    assert [(each.name, each.value) for each in asked.attributes] == [("tier", "gold")]
    assert asked.callback.due_at.ToDatetime() == TOMORROW.replace(tzinfo=None)


async def test_what_is_told_of_a_new_callback_is_what_routing_decided(floor: Floor) -> None:
    """Outside the hours it is scheduled; and the version that was told is the one to change."""
    floor.begins[:] = [outside_hours]
    async with floor.bench.client(AGENT) as client:
        made = await client.post(URL, json=ARRANGED)
        shown = await client.get(made.headers["location"])
    assert (made.status_code, made.json()["state"], made.json()["due_at"]) == (201, "scheduled", to_text(TOMORROW))
    assert shown.headers["etag"] == made.headers["etag"]


async def test_without_an_answer_of_routing_a_new_callback_is_shown_as_it_is(floor: Floor) -> None:
    floor.begins.clear()
    async with floor.bench.client(AGENT) as client:
        made = await client.post(URL, json=ARRANGED)
    assert (made.status_code, made.json()["state"]) == (201, "waiting")


async def test_a_callback_in_a_contacts_place_is_told_as_routing_decided(floor: Floor) -> None:
    def at_night(_message: Any, command: Any) -> list[tuple[str, Any]]:
        (opened, _), called = promising(None, command), entry("cnt_callback", channel="voice", callback_attempt=1)
        plan = {"due_at": TOMORROW, "not_after": DAY_AFTER}
        return [opened, ("contacts", events.CallbackScheduled(entry=called, reason="requested", **plan))]

    floor.bench.answering = at_night
    async with floor.bench.client(AGENT) as client:
        made = await client.post(URL, json={"contact": "cnt_1"})
    assert (made.status_code, made.json()["state"], made.json()["due_at"]) == (201, "scheduled", to_text(TOMORROW))


async def test_the_version_that_was_told_stays_when_nothing_new_is_decided(floor: Floor) -> None:
    await floor.callback(scheduled=True, due_at=TOMORROW, not_after=DAY_AFTER)
    floor.bench.answering = by_routing(floor)
    async with floor.bench.client(AGENT) as client:
        moved = await client.patch(f"{URL}/cnt_callback", json={"at": None})
        about = entry("cnt_callback", channel="voice", callback_attempt=1)
        event = Desk.event(floor.desk, "ContactQueued", await contact_of(floor, "cnt_callback"), callback_attempt=1)
        await floor.desk.apply(replace(event, tenant=TENANT, sequence=9, queued_at=about.queued_at.ToDatetime(UTC)))
        shown = await client.get(f"{URL}/cnt_callback")
    assert shown.headers["etag"] == moved.headers["etag"]


ARRANGED = {"queue": "billing", "address": NUMBER}


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/contact", "contact-or-queue"),
        ({"contact": "cnt_1", **ARRANGED}, "/contact", "contact-or-queue"),
        ({"contact": "cnt_1", "note": "x"}, "/note", "fields-not-together"),
        ({"queue": "billing"}, "/address", "address-missing"),
        ({"queue": "nowhere", "address": NUMBER}, "/queue", "queue-unknown"),
        ({**ARRANGED, "address": "13800000000"}, "/address", None),
        ({**ARRANGED, "address": "+8613800000000000"}, "/address", None),
        ({**ARRANGED, "address": "+266696687"}, "/address", "address-invalid"),
        ({**ARRANGED, "at": to_text(NOW - timedelta(minutes=2))}, "/at", "time-passed"),
        ({**ARRANGED, "at": to_text(NOW + timedelta(days=91))}, "/at", "time-too-far"),
        ({**ARRANGED, "not_after": to_text(NOW + timedelta(days=91))}, "/not_after", "time-too-far"),
        ({**ARRANGED, "at": to_text(TOMORROW), "not_after": to_text(TOMORROW)}, "/not_after", "time-too-early"),
        ({**ARRANGED, "not_after": to_text(NOW)}, "/not_after", "time-too-early"),
        ({**ARRANGED, "at": to_text(DAY_AFTER), "not_after": to_text(LAST)}, "/not_after", "never-in-hours"),
        ({**ARRANGED, "at": "2026-11-23T08:00:00"}, "/at", None),
        ({**ARRANGED, "at": "soon"}, "/at", None),
        ({**ARRANGED, "at": "0001-01-01T00:00:00+14:00"}, "/at", None),
        ({**ARRANGED, "not_after": "9999-12-31T23:59:59-14:00"}, "/not_after", None),
        ({**ARRANGED, "priority": 1001}, "/priority", None),
        ({**ARRANGED, "extra": 1}, "/extra", None),
    ],
)
async def test_what_is_wrong_is_named(floor: Floor, body: dict[str, Any], pointer: str, code: str | None) -> None:
    async with floor.bench.client(AGENT) as client:
        answer = await client.post(URL, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert code in {None, answer.json()["code"]}
    assert floor.bench.bus.published == []
    assert floor.desk.bus.decoded(commands.EnqueueContact) == []


async def test_a_moment_ago_is_now(floor: Floor) -> None:
    async with floor.bench.client(AGENT) as client:
        answer = await client.post(URL, json={**ARRANGED, "at": to_text(NOW - timedelta(seconds=30))})
    assert (answer.json()["state"], answer.json()["due_at"]) == ("waiting", None)


@pytest.mark.parametrize(
    ("named", "status", "code"),
    [
        ("cnt_2", 409, "contact-not-waiting"),
        ("cnt_callback", 409, "already-a-callback"),
        ("cnt_stranger", 404, "contact-unknown"),
    ],
)
async def test_only_who_waits_is_called_back(floor: Floor, named: str, status: int, code: str) -> None:
    await floor.callback()
    async with floor.bench.client(BOSS) as client:
        answer = await client.post(URL, json={"contact": named, "address": NUMBER})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert floor.bench.bus.published == []


async def test_what_routing_will_not_have_is_a_conflict(floor: Floor) -> None:
    floor.bench.answering = refusing("contact-connected")
    async with floor.bench.client(BOSS) as client:
        answer = await client.post(URL, json={"contact": "cnt_1"})
    assert (answer.status_code, answer.json()["code"]) == (409, "contact-connected")


async def test_one_that_could_never_be_made_in_time_is_invalid(floor: Floor) -> None:
    await floor.callback(scheduled=True, due_at=TOMORROW)
    floor.bench.answering = refusing("never-in-hours")
    async with floor.bench.client(BOSS) as client:
        asked = await client.post(URL, json={"contact": "cnt_1", "not_after": to_text(TOMORROW)})
        moved = await client.patch(f"{URL}/cnt_callback", json={"not_after": to_text(DAY_AFTER)})
    for answer in (asked, moved):
        assert (answer.status_code, answer.json()["code"]) == (422, "never-in-hours")
        assert answer.json()["errors"][0]["pointer"] == "/not_after"


async def test_a_callback_is_put_off_and_what_is_not_named_stays(floor: Floor) -> None:
    await floor.callback(scheduled=True, due_at=TOMORROW, not_after=DAY_AFTER)

    def put_off(_message: Any, command: Any) -> list[tuple[str, Any]]:
        about = entry(command.contact_id, channel="voice", callback_attempt=1)
        plan = {"due_at": command.plan.due_at, "not_after": command.plan.not_after}
        return [("contacts", events.CallbackScheduled(entry=about, reason="rescheduled", **plan))]

    floor.bench.answering = put_off
    later = TOMORROW + timedelta(hours=1)
    async with floor.bench.client(AGENT) as client:
        one = await client.get(f"{URL}/cnt_callback")
        answer = await client.patch(
            f"{URL}/cnt_callback", json={"at": to_text(later)}, headers={"If-Match": one.headers["etag"]}
        )
        stale = await client.patch(
            f"{URL}/cnt_callback", json={"at": to_text(TOMORROW)}, headers={"If-Match": one.headers["etag"]}
        )
        second = await client.patch(f"{URL}/cnt_callback", json={"not_after": None})
        wrong = await client.patch(f"{URL}/cnt_callback", json={"not_after": to_text(TOMORROW)})
    assert (answer.json()["due_at"], answer.json()["not_after"]) == (to_text(later), to_text(DAY_AFTER))
    assert answer.json()["last_reason"] == "rescheduled"
    assert stale.status_code == 412
    assert (second.json()["due_at"], second.json()["not_after"]) == (to_text(later), None)
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/not_after")


async def test_a_callback_that_is_due_at_once_is_queued(floor: Floor) -> None:
    await floor.callback(scheduled=True, due_at=TOMORROW)
    floor.bench.answering = lambda _message, command: [
        ("contacts", routing.ContactQueued(entry=entry(command.contact_id, channel="voice", callback_attempt=1)))
    ]
    async with floor.bench.client(AGENT) as client:
        answer = await client.patch(f"{URL}/cnt_callback", json={"at": None})
    assert (answer.status_code, answer.json()["state"]) == (200, "waiting")
    (sent,) = floor.bench.bus.decoded(commands.RescheduleCallback)
    assert not sent.plan.HasField("due_at")


def by_routing(floor: Floor, *, default: timedelta = timedelta(days=2)) -> Any:
    """Move a callback as routing does: told with its times, and queued where it is due at once."""

    def answer(_message: Any, command: Any) -> list[tuple[str, Any]]:
        now, plan = floor.bench.clock(), command.plan
        due = max(plan.due_at.ToDatetime(UTC), now) if plan.HasField("due_at") else now
        until = plan.not_after.ToDatetime(UTC) if plan.HasField("not_after") else due + default
        about = entry(command.contact_id, channel="voice", callback_attempt=1)
        told = events.CallbackScheduled(entry=about, reason="rescheduled", due_at=due, not_after=until)
        queued = [("contacts", routing.ContactQueued(entry=about))] if due == now else []
        return [("contacts", told), *queued]

    return answer


async def test_what_a_change_does_not_name_stays(floor: Floor) -> None:
    await floor.callback(scheduled=True, due_at=TOMORROW, not_after=DAY_AFTER)
    floor.bench.answering = by_routing(floor)
    path = f"{URL}/cnt_callback"
    async with floor.bench.client(AGENT) as client:
        at_once = await client.patch(path, json={"at": None})
        unchanged = await client.patch(path, json={})
        later = await client.patch(path, json={"at": to_text(TOMORROW)})
    expected = ("waiting", None, to_text(DAY_AFTER))
    for answer in (at_once, unchanged):
        assert tuple(answer.json()[name] for name in ("state", "due_at", "not_after")) == expected
    assert tuple(later.json()[name] for name in ("state", "due_at")) == ("scheduled", to_text(TOMORROW))
    assert len(floor.bench.bus.decoded(commands.RescheduleCallback)) == 2


async def test_a_time_that_has_come_stays_where_only_the_end_is_moved(floor: Floor) -> None:
    came = NOW - timedelta(minutes=10)
    await floor.callback(scheduled=False, due_at=came, not_after=DAY_AFTER)
    floor.bench.answering = by_routing(floor)
    async with floor.bench.client(AGENT) as client:
        answer = await client.patch(f"{URL}/cnt_callback", json={"not_after": to_text(TOMORROW)})
    shown = answer.json()
    assert (shown["state"], shown["due_at"], shown["not_after"]) == ("waiting", to_text(came), to_text(TOMORROW))


async def test_the_queues_own_end_moves_along_and_the_clients_does_not(floor: Floor) -> None:
    await floor.callback(scheduled=True, due_at=TOMORROW, not_after=DAY_AFTER, not_after_by_queue=True)
    floor.bench.answering = by_routing(floor)
    later, path = DAY_AFTER + timedelta(days=3), f"{URL}/cnt_callback"
    async with floor.bench.client(AGENT) as client:
        by_queue = await client.patch(path, json={"at": to_text(later)})
        own = await client.patch(path, json={"not_after": to_text(later + timedelta(hours=1))})
        too_early = await client.patch(path, json={"at": to_text(later + timedelta(hours=2))})
        again = await client.patch(path, json={"not_after": None})
    assert by_queue.json()["not_after"] == to_text(later + timedelta(days=2))
    assert own.json()["not_after"] == to_text(later + timedelta(hours=1))
    assert (too_early.status_code, too_early.json()["code"]) == (422, "time-too-early")
    assert too_early.json()["errors"][0]["pointer"] == "/not_after"
    assert again.json()["not_after"] == to_text(later + timedelta(days=2))


async def test_a_callback_is_called_off(floor: Floor) -> None:
    await floor.callback(scheduled=True, due_at=TOMORROW)
    floor.bench.answering = lambda _message, command: [
        (
            "contacts",
            events.CallbackGivenUp(
                entry=entry(command.contact_id, channel="voice", callback_attempt=1),
                reason="cancelled",
                ended_by="system",
            ),
        )
    ]
    async with floor.bench.client(PARTNER) as client:
        answer = await client.delete(f"{URL}/cnt_callback")
        again = await client.delete(f"{URL}/cnt_callback")
        shown = await client.get(f"{URL}/cnt_callback")
    assert (answer.status_code, shown.json()["state"]) == (204, "cancelled")
    assert (again.status_code, again.json()["code"]) == (409, "callback-not-open")
    (sent,) = floor.bench.bus.decoded(commands.EndContact)
    assert (sent.contact_id, sent.ended_by, sent.agent_id) == ("cnt_callback", "system", "")


@pytest.mark.parametrize("bearer", [AGENT, BOSS])
async def test_the_holder_or_an_overseer_says_that_nobody_answered(floor: Floor, bearer: str) -> None:
    await floor.callback(state=contacts.TALKING, attempts=1)
    floor.bench.answering = lambda _message, command: [
        (
            "contacts",
            events.CallbackNotReached(
                entry=entry(command.contact_id, channel="voice", callback_attempt=1),
                offer_id=command.offer_id,
                holder=holder(),
                reason=command.reason,
            ),
        )
    ]
    async with floor.bench.client(bearer) as client:
        answer = await client.post(f"{URL}/cnt_callback/not-reached", json={"reason": "busy"})
        wrong = await client.post(f"{URL}/cnt_callback/not-reached", json={"reason": "asleep"})
    assert (answer.status_code, answer.json()["last_reason"], answer.json()["agent"]) == (200, "busy", None)
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/reason")
    (sent,) = floor.bench.bus.decoded(commands.ReportNotReached)
    assert (sent.agent_id, sent.offer_id) == ("agent-1", "off_default.1")


async def test_of_a_callback_that_nobody_holds_nothing_can_be_said(floor: Floor) -> None:
    await floor.callback()
    async with floor.bench.client(BOSS) as client:
        answer = await client.post(f"{URL}/cnt_callback/not-reached", json={"reason": "busy"})
    assert (answer.status_code, answer.json()["code"]) == (409, "callback-not-connected")
    assert floor.bench.bus.published == []


async def test_another_agent_says_it_in_vain(floor: Floor) -> None:
    await floor.callback(state=contacts.TALKING, attempts=1)
    floor.bench.answering = refusing("not-the-holder")
    async with floor.bench.client(token("agent-2")) as client:
        answer = await client.post(f"{URL}/cnt_callback/not-reached", json={"reason": "busy"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not-the-holder")
    assert floor.bench.bus.decoded(commands.ReportNotReached)[0].agent_id == "agent-2"


EVERY_STATE: dict[State, dict[str, Any]] = {
    "scheduled": {"scheduled": True},
    "waiting": {},
    "calling": {"state": contacts.TALKING},
    "connected": {"state": contacts.TALKING, "reached": True},
    "wrap_up": {"state": contacts.WRAP_UP},
    "done": {"state": contacts.CLOSED, "outcome": "handled"},
    "not_reached": {"state": contacts.CLOSED, "outcome": "not-reached"},
    "cancelled": {"state": contacts.CLOSED, "outcome": "cancelled"},
}


async def test_every_state_is_shown_and_found_by_its_name(floor: Floor) -> None:
    assert set(EVERY_STATE) == set(FILTERS)
    for name, facts in EVERY_STATE.items():
        await floor.callback(f"cnt_{name}", **facts)
    async with floor.bench.client(BOSS) as client:
        for name in EVERY_STATE:
            found = (await client.get(f"{URL}?state={name}")).json()["items"]
            assert [(each["id"], each["state"]) for each in found] == [(f"cnt_{name}", name)]
        everything = (await client.get(f"{URL}?limit=200")).json()["items"]
        assert len(everything) == len(EVERY_STATE)
        assert (await client.get(f"{URL}?queue=other")).json()["items"] == []
        assert (await client.get(f"{URL}?state=asleep")).status_code == 422
        page = (await client.get(f"{URL}?limit=5")).json()
        rest = (await client.get(f"{URL}?limit=5&cursor={page['next']}")).json()
    assert sorted(each["id"] for each in page["items"] + rest["items"]) == sorted(each["id"] for each in everything)


def test_every_outcome_of_a_callback_is_one_of_the_two() -> None:
    outcomes = {contacts.HANDLED, contacts.ABANDONED, contacts.REFUSED, contacts.TOLD, contacts.LEFT_MESSAGE}
    assert {*calling_back.SPOKEN, *calling_back.UNSPOKEN} == outcomes | {calling_back.NOT_REACHED}


ROUTES = (
    ("POST", "", {"contact": "cnt_1"}),
    ("GET", "", None),
    ("GET", "/cnt_callback", None),
    ("PATCH", "/cnt_callback", {"at": None}),
    ("DELETE", "/cnt_callback", None),
    ("POST", "/cnt_callback/not-reached", {"reason": "busy"}),
)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("agent", {*range(6)}),
        ("partner", {0, 1, 2, 3, 4}),
        ("qa", {1, 2}),
        ("planner", {1, 2}),
        ("knowledge_editor", set()),
    ],
)
async def test_each_role_may_what_its_work_needs(floor: Floor, role: str, allowed: set[int]) -> None:
    await floor.callback(state=contacts.WAITING)
    floor.bench.answering = succeeding
    async with floor.bench.client(token("agent-1", role)) as client:
        statuses = [(await client.request(how, URL + path, json=body)).status_code for how, path, body in ROUTES]
    assert {index for index, status in enumerate(statuses) if status != 403} == allowed


async def test_nothing_of_another_tenant_is_there(floor: Floor) -> None:
    await floor.callback()
    async with floor.bench.client(token("agent-2", "admin", tenant="other")) as client:
        answers = [await client.request(how, URL + path, json=body) for how, path, body in ROUTES]
    assert [answer.status_code for answer in answers] == [404, 200, 404, 404, 404, 404]
    assert answers[1].json()["items"] == []


async def test_a_contact_that_is_no_callback_is_not_found_among_them(floor: Floor) -> None:
    async with floor.bench.client(BOSS) as client:
        answer = await client.get(f"{URL}/cnt_1")
    assert (answer.status_code, answer.json()["code"]) == (404, "callback-unknown")
