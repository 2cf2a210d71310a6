"""What sessions of the stream are told, and how they resume."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.gateway.application.door.queue_outlooks import QueueOutlook, QueueOutlooks
from services.gateway.application.door.stream_contacts import ContactFollower
from services.gateway.application.door.stream_desk import StreamDesk, StreamRefused
from services.gateway.application.door.stream_session import MOST_FRAMES, StreamSession, StreamSessions
from services.gateway.application.feed_items import LineAdded, LinesMissing, TypingChanged
from services.gateway.domain.line import CLOSING, Line
from switchyard.events.routing.v1 import callback_events_pb2 as callbacks
from switchyard.events.routing.v1 import contact_routing_events_pb2 as contacts
from switchyard.events.routing.v1 import supervision_events_pb2 as supervision
from tests.unit.gateway_door.bench import NOW, TENANT, Bench, entry, holder, offer_accepted, offer_made, state_changed


def session(subject: str = "agent-1", *, oversees: bool = False, tenant: str = TENANT) -> StreamSession:
    return StreamSession(tenant=tenant, subject=subject, credential_id="c", oversees=oversees)


class Outlook:
    """Routing's word on a queue, as the test sets it."""

    def __init__(self) -> None:
        self.now: QueueOutlook | None = None

    async def of_queue(self, tenant: str, queue_id: str) -> QueueOutlook | None:
        return self.now if (tenant, queue_id) == (TENANT, "billing") else None


def desk(bench: Bench, outlook: Outlook | None = None) -> StreamDesk:
    return StreamDesk(
        feed=bench.feed,
        views=bench.door.views,
        settings=bench.door.routing_settings,
        contact_views=bench.held,
        follower=ContactFollower(feed=bench.feed, lines=bench.lines),
        outlooks=QueueOutlooks(outlook or Outlook(), bench.feed, shortest=0.01, longest=5),
    )


def frames(of: StreamSession) -> list[dict[str, Any]]:
    return [json.loads(frame) for frame in of.after(0) or ()]


def types(of: StreamSession) -> list[str]:
    return [frame["type"] for frame in frames(of)]


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not reached():  # noqa: ASYNC110 -- what is awaited is another task's work, which sets no event
            await asyncio.sleep(0.001)


def line(number: int, text: str = "hello", author: str = "customer", **changes: Any) -> Line:
    fields = {"channel": "chat", "client_id": f"c{number}", "at": NOW, **changes}
    return Line(tenant=TENANT, contact_id="cnt_1", number=number, author=author, text=text, **fields)


async def test_a_subscriber_gets_a_snapshot_and_then_what_happens_to_them_alone(bench: Bench) -> None:
    await bench.announce("agents", state_changed())
    await bench.announce("contacts", offer_made("off_default.1"))
    me = session()
    await desk(bench).subscribe(me, "me")
    await until(lambda: me.last == 1)
    await bench.announce("contacts", offer_made("off_default.2", "agent-2"))
    await bench.announce("contacts", offer_made("off_default.3"))
    await bench.announce(
        "contacts", contacts.OfferTimedOut(entry=entry(), offer_id="off_default.3", holder=holder(), offered_at=NOW)
    )
    await until(lambda: me.last == 3)
    snapshot, offer, ended = frames(me)
    assert snapshot["state"]["state"] == "available"
    assert [each["id"] for each in snapshot["offers"]] == ["off_default.1"]
    assert offer["offer"]["id"] == "off_default.3"
    assert offer["offer"]["contact"] == "cnt_1"
    assert (ended["type"], ended["outcome"]) == ("offer_ended", "timed_out")
    assert [frame["seq"] for frame in frames(me)] == [1, 2, 3]
    me.end()


async def test_a_callback_is_offered_as_one_and_gone_when_its_customer_is_not_reached(bench: Bench) -> None:
    me, back = session(), entry(channel="voice", callback_attempt=2)
    await desk(bench).subscribe(me, "me")
    await until(lambda: me.last == 1)
    await bench.announce(
        "contacts", contacts.OfferMade(entry=back, offer_id="off_default.1", holder=holder(), expires_at=NOW)
    )
    await bench.announce(
        "contacts", contacts.OfferAccepted(entry=back, offer_id="off_default.1", holder=holder(), offered_at=NOW)
    )
    await until(lambda: me.follows("contact:cnt_1"))
    missed = callbacks.CallbackNotReached(entry=back, offer_id="off_default.1", holder=holder(), reason="busy")
    await bench.announce("contacts", missed)
    await until(lambda: not me.follows("contact:cnt_1"))
    told = frames(me)
    assert [frame["offer"]["callback_attempt"] for frame in told if frame["type"] == "offer"] == [2]
    assert [frame["state"] for frame in told if frame["type"] == "contact"] == ["connected", "not_reached"]
    me.end()


async def test_a_contact_taken_brings_its_lines_each_once_and_in_order(bench: Bench) -> None:
    bench.lines.lines = [line(1, "first")]
    me = session()
    await desk(bench).subscribe(me, "me")
    await until(lambda: me.last == 1)
    await bench.announce("contacts", offer_accepted())
    await until(lambda: "line" in types(me))
    for number in (2, 3, 4):
        bench.lines.lines.append(line(number))
    bench.feed.publish(TENANT, "contact:cnt_1", LineAdded(line=line(2)))
    bench.feed.publish(TENANT, "contact:cnt_1", LineAdded(line=line(2)))
    bench.feed.publish(TENANT, "contact:cnt_1", LinesMissing(contact_id="cnt_1", through_line=4))
    bench.feed.publish(TENANT, "contact:cnt_1", LineAdded(line=line(3)))
    bench.lines.lines.append(line(5, kind=CLOSING))
    bench.feed.publish(TENANT, "contact:cnt_1", LineAdded(line=bench.lines.lines[-1]))
    bench.feed.publish(TENANT, "contact:cnt_1", TypingChanged(contact_id="cnt_1", author="customer", typing=True))
    bench.feed.publish(TENANT, "contact:cnt_1", TypingChanged(contact_id="cnt_1", author="agent", typing=True))
    await until(lambda: "typing" in types(me))
    told = frames(me)
    assert [frame["line"] for frame in told if frame["type"] == "line"] == [1, 2, 3, 4]
    assert next(frame for frame in told if frame["type"] == "contact")["state"] == "connected"
    assert types(me).count("typing") == 1
    me.end()


async def test_after_the_wrap_up_no_line_of_the_contact_comes_any_more(bench: Bench) -> None:
    me = session()
    await desk(bench).subscribe(me, "me")
    await until(lambda: me.last == 1)
    await bench.announce("contacts", offer_accepted())
    await until(lambda: me.follows("contact:cnt_1"))
    await bench.announce("contacts", contacts.WrapUpCompleted(entry=entry(), offer_id="off_default.1", holder=holder()))
    await until(lambda: not me.follows("contact:cnt_1"))
    assert frames(me)[-1]["state"] == "closed"
    me.end()


async def test_contacts_held_before_are_in_the_snapshot_with_their_lines_behind_it(bench: Bench) -> None:
    bench.held.held["agent-1"] = [{"id": "cnt_1", "state": "talking"}]
    bench.lines.lines = [line(1), line(2)]
    me = session()
    await desk(bench).subscribe(me, "me")
    await until(lambda: me.last == 3)
    assert types(me) == ["snapshot", "line", "line"]
    assert frames(me)[0]["contacts"] == [{"id": "cnt_1", "state": "talking"}]
    me.end()


async def test_a_queue_is_told_as_it_stands_and_not_at_every_event(bench: Bench) -> None:
    boss = session("boss", oversees=True)
    await desk(bench).subscribe(boss, "queue:billing")
    await until(lambda: boss.last == 1)
    for number in range(20):
        await bench.announce("contacts", contacts.ContactQueued(entry=entry(f"cnt_{number}")))
    await until(lambda: boss.last >= 2)
    told = frames(boss)
    assert told[0]["queues"] == [{"queue": "billing", "waiting": 0, "oldest_queued_at": None}]
    assert told[1]["waiting"] == 20
    assert boss.last == 2
    boss.end()


async def test_the_floor_shows_agents_and_queues_to_overseers(bench: Bench) -> None:
    await bench.announce("agents", state_changed("agent-1"))
    boss = session("boss", oversees=True)
    await desk(bench).subscribe(boss, "live")
    await until(lambda: boss.last == 1)
    await bench.announce("agents", state_changed("agent-2", "not_ready"))
    await until(lambda: boss.last == 2)
    snapshot, state = frames(boss)
    assert [agent["agent"] for agent in snapshot["agents"]] == ["agent-1"]
    assert (state["type"], state["agent"], state["state"]) == ("state", "agent-2", "not_ready")
    boss.end()


@pytest.mark.parametrize(
    ("to", "code"),
    [("live", "role-missing"), ("queue:nowhere", "queue-unknown"), ("everything", "subscription-unknown")],
)
async def test_what_an_agent_may_not_follow_is_refused(bench: Bench, to: str, code: str) -> None:
    with pytest.raises(StreamRefused) as refused:
        await desk(bench).subscribe(session(), to)
    assert refused.value.code == code


async def test_another_tenants_session_hears_nothing(bench: Bench) -> None:
    stranger = session(oversees=True, tenant="other")
    for to in ("me", "live"):
        await desk(bench).subscribe(stranger, to)
    await until(lambda: stranger.last == 2)
    await bench.announce("agents", state_changed())
    await bench.announce("contacts", offer_made())
    mine = session()
    await desk(bench).subscribe(mine, "me")
    await until(lambda: mine.last == 1)
    assert types(stranger) == ["snapshot", "snapshot"]
    assert frames(stranger)[1]["agents"] == []
    stranger.end()
    mine.end()


def test_a_session_gives_the_frames_missed_or_says_that_they_are_gone() -> None:
    some = session()
    for number in range(MOST_FRAMES + 10):
        some.add({"type": "x", "n": number})
    missed = some.after(MOST_FRAMES + 7)
    assert missed is not None
    assert [json.loads(frame)["n"] for frame in missed] == [MOST_FRAMES + 7, MOST_FRAMES + 8, MOST_FRAMES + 9]
    assert some.after(9) is None
    assert len(some.after(10) or ()) == MOST_FRAMES
    assert some.after(some.last) == []
    assert some.after(some.last + 1) is None


def test_a_session_is_found_by_its_owner_only_and_not_for_ever() -> None:
    sessions, some = StreamSessions(), session()
    sessions.add(some)
    assert sessions.find(some.token, tenant=TENANT, subject="agent-1") is some
    assert sessions.find(some.token, tenant=TENANT, subject="agent-2") is None
    assert sessions.find(some.token, tenant="other", subject="agent-1") is None
    attachment = some.attach()
    some.detach(attachment)
    detached = some.detached_at or 0.0
    sessions.expire(detached + 59)
    assert len(sessions) == 1
    sessions.expire(detached + 61)
    assert len(sessions) == 0


async def test_a_queues_followers_are_told_how_long_a_newcomer_would_wait_as_it_changes(bench: Bench) -> None:
    outlook, overseer, other = Outlook(), session(oversees=True), session("agent-2", oversees=True)
    first = QueueOutlook(
        waiting=3,
        estimated_wait_seconds=40.0,
        low_seconds=20.0,
        high_seconds=70.5,
        mean_absolute_error_seconds=9.5,
        inside_band_share=0.81,
    )
    outlook.now = first
    telling = desk(bench, outlook)
    await telling.subscribe(overseer, "queue:billing")
    await telling.subscribe(other, "queue:billing")

    def estimates(of: StreamSession) -> list[Any]:
        return [frame["estimated_wait_seconds"] for frame in frames(of) if frame["type"] == "queue_estimate"]

    await until(lambda: estimates(overseer) == estimates(other) == [40.0])
    outlook.now = replace(first, estimated_wait_seconds=55.0)
    await bench.announce("contacts", contacts.ContactQueued(entry=entry()))
    await until(lambda: estimates(overseer) == estimates(other) == [40.0, 55.0])
    (told, _) = [frame for frame in frames(overseer) if frame["type"] == "queue_estimate"]
    assert (told["waiting"], told["estimated_wait_high_seconds"], told["inside_band_share"]) == (3, 70.5, 0.81)
    overseer.end()
    other.end()


async def test_an_extended_wrap_up_is_told_with_its_limit(bench: Bench) -> None:
    me = session()
    await desk(bench).subscribe(me, "me")
    await until(lambda: me.last == 1)
    await bench.announce(
        "contacts",
        supervision.WrapUpExtended(entry=entry(), holder=holder(), wrap_up_until=NOW + timedelta(seconds=90)),
    )
    await until(lambda: me.last == 2)
    told = frames(me)[-1]
    assert (told["type"], told["contact"], told["until"]) == ("wrap_up", "cnt_1", "2026-11-22T08:01:30.000Z")
    me.end()


async def test_an_agent_is_told_that_work_is_set_aside_and_that_it_is_back(bench: Bench) -> None:
    me, written = session(), entry(channel="email")
    await desk(bench).subscribe(me, "me")
    await until(lambda: me.last == 1)
    for kind in (contacts.WorkInterrupted, contacts.WorkResumed):
        await bench.announce("contacts", kind(entry=written, offer_id="off_default.1", holder=holder()))
    await until(lambda: me.last == 3)
    told = frames(me)[1:]
    assert [(frame["type"], frame["state"]) for frame in told] == [("contact", "interrupted"), ("contact", "resumed")]
    assert (told[0]["contact"], told[0]["channel"]) == ("cnt_1", "email")
    me.end()
