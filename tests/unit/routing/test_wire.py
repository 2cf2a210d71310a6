"""Commands as they come in, and events as they go out."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from google.protobuf.message import Message as ProtobufMessage

from services.routing.adapters.floor_wire_commands import write_rule, write_shift
from services.routing.adapters.wire_commands import MOST_BYTES, decode
from services.routing.adapters.wire_events import encode
from services.routing.application.ports import JournalEntry, NotACommand, PoolKey
from services.routing.domain import commands
from services.routing.domain.commands import CompleteWrapUp, EnqueueContact, SetAgentState
from services.routing.domain.desk_commands import AssignContact, ExtendWrapUp
from services.routing.domain.engine import park
from services.routing.domain.floor.rules import DEFAULT_RULES
from services.routing.domain.floor.shifts import Meal, Shift
from services.routing.domain.queue_steps import RuleStep
from services.routing.domain.settings import AgentProfile, Attribute, ChannelTarget
from switchyard.eventing.records import RawRecord
from switchyard.events.routing.v1 import agent_events_pb2, contact_routing_events_pb2, supervision_events_pb2
from switchyard.internal.routing.v1 import commands_pb2 as c
from switchyard.testing.messages import make_event, make_record
from tests.unit.routing.desk import Desk
from tests.unit.routing.driver import Driver
from tests.unit.routing.play import INTERRUPTED


def record(message: ProtobufMessage, key: str = "acme/front") -> RawRecord:
    made = make_record(make_event(message, subject="s", sequence=1, tenant="acme"), offset=0)
    return RawRecord(made.place, key.encode(), made.value, made.headers)


def test_a_queue_is_read_with_its_targets_per_channel() -> None:
    message = c.ConfigureQueue(queue_id="q", channel_targets=[c.ChannelTarget(channel="voice", target_seconds=9)])
    command = decode(record(message)).command
    assert command.rules.channel_targets == (ChannelTarget(channel="voice", target_seconds=9),)  # type: ignore[union-attr]
    rules = command.rules  # type: ignore[union-attr]
    assert (rules.target_for("voice"), rules.target_for("chat"), rules.target_for("email")) == (9, 20, 86_400)


def test_a_contact_is_read_with_its_last_agent_and_attributes() -> None:
    attributes = [c.Attribute(name="language", value="cmn")]
    message = c.EnqueueContact(
        contact_id="c", entry=1, queue_id="q", channel="chat", last_agent_id="ann", attributes=attributes
    )
    command = decode(record(message)).command
    assert isinstance(command, EnqueueContact)
    assert (command.last_agent_id, command.attributes) == ("ann", (Attribute(name="language", value="cmn"),))


TO_SALES = c.WayOut(to_queue="sales")


@pytest.mark.parametrize(
    "rules",
    [
        {"choice": "cleverest"},
        {"sticky_seconds": -1},
        {"agent_rule": "x" * 5_000},
        {"channel_offers": [c.ChannelOffers(ring_seconds=1)]},
        {"channel_offers": [c.ChannelOffers(channel="voice", ring_seconds=-1)]},
        {"channel_offers": [c.ChannelOffers(channel="voice", at_once=-1)]},
        {"steps": [c.RuleStep(after_seconds=float("nan"))]},
        {"steps": [c.RuleStep(after_seconds=2), c.RuleStep(after_seconds=1)]},
        {"steps": [c.RuleStep(relax_levels=-1)]},
        {"steps": [c.RuleStep(add_queues=[""])]},
        {"steps": [c.RuleStep(then=c.WayOut())]},
        {"steps": [c.RuleStep(then=c.WayOut(to_queue="sales", last_step="voicemail"))]},
        {"steps": [c.RuleStep()] * 1_001},
        {"overflows": [c.Overflow(on="boredom", then=TO_SALES)]},
        {"overflows": [c.Overflow(on="length", limit=-1, then=TO_SALES)]},
        {"overflows": [c.Overflow(on="length", limit=1)]},
        {"overflows": [c.Overflow(on="no-staff", then=c.WayOut(last_step="shrug"))]},
    ],
)
def test_rules_that_make_no_sense_are_no_command(rules: dict[str, Any]) -> None:
    with pytest.raises(NotACommand):
        decode(record(c.ConfigureQueue(queue_id="q", **rules)))


@pytest.mark.parametrize(
    "message",
    [
        c.EnqueueContact(entry=1, queue_id="q", channel="chat"),
        c.EnqueueContact(contact_id="c", queue_id="q", channel="chat"),
        c.EnqueueContact(contact_id="c", entry=1, queue_id="q"),
        c.EnqueueContact(contact_id="c" * 300, entry=1, queue_id="q", channel="chat"),
        c.ConfigureQueue(queue_id="q", ring_seconds=-1),
        c.ConfigureQueue(queue_id="q", wrap_up_seconds=float("nan")),
        c.SetAgentState(state="available"),
        c.EnqueueContact(contact_id="c", entry=1, queue_id="q", channel="chat", attributes=[c.Attribute()]),
        c.ConfigureAgent(agent_id="a", queue_ranks=[c.QueueRank(queue_id="q", rank=-1)]),
        c.ConfigureAgent(agent_id="a", attributes=[c.Attribute(name="a", value="x" * 5_000)]),
        c.ConfigureAgent(agent_id="a", channels=[c.ChannelCapacity(channel="voice", interruptible_by=[""])]),
        c.SkillLevel(skill_id="not a command"),
        c.ConfigureFloorRule(rule_id="r", kind="sleeping", ladder=[c.LadderRung(name="reminder")]),
        c.ConfigureFloorRule(rule_id="r", kind="sign-in"),
        c.ConfigureFloorRule(rule_id="r", kind="sign-in", ladder=[c.LadderRung(name="fired")]),
        c.ConfigureFloorRule(rule_id="r", kind="sign-in", limit_seconds=-1, ladder=[c.LadderRung(name="reminder")]),
        c.PlanShift(shift_id="s", agent_id="a"),
        c.CancelShift(),
        c.CancelBreak(),
        c.AssignContact(contact_id="c", agent_id="a"),
        c.TakeOver(contact_id="c", by="sue"),
        c.ExtendWrapUp(contact_id="c", agent_id="a", seconds=float("inf")),
        c.ReportPresence(agent_id="a", grace_seconds=-1),
    ],
)
def test_what_makes_no_sense_is_no_command(message: ProtobufMessage) -> None:
    with pytest.raises(NotACommand):
        decode(record(message))


def test_rules_and_shifts_are_read_as_they_were_written() -> None:
    for rule in DEFAULT_RULES:
        command = decode(record(write_rule(rule, 4))).command
        assert isinstance(command, commands.ConfigureFloorRule)
        assert command.rule == replace(rule, version=4)
    meal = Meal(begins_at=2_000, ends_at=3_001)
    shift = Shift(shift_id="s", agent_id="ann", begins_at=1_000, ends_at=9_000, meals=(meal,), night=True, version=7)
    planned = decode(record(write_shift(shift, 7))).command
    assert isinstance(planned, commands.PlanShift)
    assert planned.shift == shift


def test_what_a_supervisor_asks_for_is_read_whole() -> None:
    forced = c.SetAgentState(agent_id="a", state="offline", forced_by="sue", force=True, site="north", seat="A1")
    read = decode(record(forced)).command
    assert isinstance(read, SetAgentState)
    assert (read.forced_by, read.force, read.site, read.seat) == ("sue", True, "north", "A1")
    assigned = decode(record(c.AssignContact(contact_id="c", agent_id="a", by="sue", force=True))).command
    assert isinstance(assigned, AssignContact)
    assert (assigned.contact_id, assigned.agent_id, assigned.by, assigned.force) == ("c", "a", "sue", True)


@pytest.mark.parametrize("kind", [c.CompleteWrapUp, c.ExtendWrapUp])
def test_a_wrap_up_is_asked_for_without_naming_its_agent(kind: Any) -> None:
    read = decode(record(kind(contact_id="c"))).command
    assert isinstance(read, CompleteWrapUp | ExtendWrapUp)
    assert (read.contact_id, read.agent_id) == ("c", "")


@pytest.mark.parametrize("key", ["", "acme", "other/front", "acme/", "front"])
def test_a_command_of_another_tenant_than_its_key_is_none(key: str) -> None:
    with pytest.raises(NotACommand):
        decode(record(c.EndContact(contact_id="c"), key))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda r: RawRecord(r.place, r.key, b"\xff\xff\xff", r.headers),
        lambda r: RawRecord(r.place, r.key, b"x" * (MOST_BYTES + 1), r.headers),
        lambda r: RawRecord(r.place, b"\xff", r.value, r.headers),
        lambda r: RawRecord(r.place, r.key, r.value, []),
        lambda r: RawRecord(r.place, None, None, []),
    ],
)
def test_garbage_is_no_command(spoil: Callable[[RawRecord], RawRecord]) -> None:
    with pytest.raises(NotACommand):
        decode(spoil(record(c.EndContact(contact_id="c"))))


def every_event() -> JournalEntry:
    """Bring about every kind of public event once."""
    pool = Desk()
    pool.queue("billing", ring_seconds=5, wrap_up_seconds=0)
    pool.queue("sales", wrap_up_seconds=0)
    pool.agent("ann", "billing")
    pool.agent("bob", "billing")
    pool.queue("post", wrap_up_seconds=0)
    pool.agent("mia", "post", channels=INTERRUPTED)
    pool.enqueue("mail", "post", channel="email")
    pool.accept("mail")
    pool.enqueue("call", "post")
    pool.end("call")
    pool.queue("late", steps=(RuleStep(after_seconds=1, raise_priority=1),))
    pool.enqueue("c0", "late")
    pool.later(1)
    pool.enqueue("c1")
    pool.reject("c1")
    pool.later(5)
    pool.set("bob", "available")
    pool.accept("c1")
    pool.transfer("c1", "sales", agent_id=pool.with_whom("c1") or "")
    pool.transfer("c1", "billing")
    pool.end("c1")
    pool.enqueue("c2")
    pool.accept("c2")
    pool.end("c2")
    floor_events(pool)
    intervene(pool)
    pool.remove_agent("ann")
    pool.enqueue("c3")
    offer_id, _ = pool.offer_of("c3")
    step = park(pool.state, ("hold", offer_id), "ZeroDivisionError", pool.now)
    assert step is not None
    pool.steps.append((pool.now, step))
    return JournalEntry(
        pool=PoolKey("acme", "front"),
        sequence=1,
        batch_id="b",
        now=pool.now,
        place=None,
        published_through=0,
        contact_sequence=100,
        agent_sequence=200,
        steps=tuple(step for _, step in pool.steps),
        traces={"c1": "00-1-2-01"},
    )


def floor_events(pool: Driver) -> None:
    """Two of a team of three on break, one of whom overstays; the third waits twice, once for nothing."""
    for agent_id in ("eve", "fay", "gil"):
        profile = AgentProfile(agent_id=agent_id, team_id="days", version=1)
        pool.do(commands.ConfigureAgent(id=pool.id(), issued_at=pool.now, profile=profile))
        pool.set(agent_id, "available")
    pool.set("eve", "not_ready", "break")
    for agent_id in ("fay", "gil"):
        ask = {"agent_id": agent_id, "state": "not_ready", "reason": "break", "queue": True}
        pool.do(commands.SetAgentState(id=pool.id(), issued_at=pool.now, **ask))  # type: ignore[arg-type]
    pool.set("fay", "offline")
    pool.later(600)
    pool.set("eve", "available")


def intervene(pool: Desk) -> None:
    """Let a supervisor do all that one can, and an agent's connection come and go."""
    pool.queue("vip", wrap_up_seconds=30)
    for agent in ("cid", "sue"):
        pool.agent(agent)
    pool.enqueue("c9", "vip")
    pool.prioritise("c9", 1)
    pool.assign("c9", "cid")
    pool.accept("c9")
    pool.take_over("c9", "sue")
    pool.extend("c9", "cid", 10)
    pool.report("sue", 1, present=False)
    pool.report("sue", 2, present=True)


def test_every_public_event_of_the_contract_is_told() -> None:
    told = {message.envelope.type for message in encode(every_event())}
    for module in (contact_routing_events_pb2, agent_events_pb2, supervision_events_pb2):
        events = [m.full_name for m in module.DESCRIPTOR.message_types_by_name.values() if _is_event(m.name)]
        assert set(events) <= told


def test_the_same_entry_is_told_in_the_same_bytes() -> None:
    assert encode(every_event()) == encode(every_event())


def test_each_stream_goes_on_with_its_own_numbers() -> None:
    messages = encode(every_event())
    for stream, first in (("contacts", 101), ("agents", 201)):
        numbers = [m.envelope.sequence for m in messages if m.envelope.source == f"/acme/routing/pools/front/{stream}"]
        assert numbers == list(range(first, first + len(numbers)))


def test_the_events_of_a_contact_belong_to_its_trace() -> None:
    traced = {m.envelope.traceparent for m in encode(every_event()) if m.envelope.correlation_id == "c1"}
    assert traced == {"00-1-2-01"}


def _is_event(name: str) -> bool:
    return name not in {"Entry", "Holder", "Decision", "ConsideredAgent", "RequiredSkill"}
