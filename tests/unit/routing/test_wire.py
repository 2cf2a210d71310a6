"""Commands as they come in, and events as they go out."""

from collections.abc import Callable

import pytest
from google.protobuf.message import Message as ProtobufMessage

from services.routing.adapters.wire_commands import MOST_BYTES, decode
from services.routing.adapters.wire_events import encode
from services.routing.application.ports import JournalEntry, NotACommand, PoolKey
from services.routing.domain.commands import SetAgentState
from services.routing.domain.desk_commands import AssignContact
from services.routing.domain.settings import ChannelTarget
from switchyard.eventing.records import RawRecord
from switchyard.events.routing.v1 import agent_events_pb2, contact_routing_events_pb2, supervision_events_pb2
from switchyard.internal.routing.v1 import commands_pb2 as c
from switchyard.testing.messages import make_event, make_record
from tests.unit.routing.desk import Desk


def record(message: ProtobufMessage, key: str = "acme/front") -> RawRecord:
    made = make_record(make_event(message, subject="s", sequence=1, tenant="acme"), offset=0)
    return RawRecord(made.place, key.encode(), made.value, made.headers)


def test_a_queue_is_read_with_its_targets_per_channel() -> None:
    message = c.ConfigureQueue(queue_id="q", channel_targets=[c.ChannelTarget(channel="voice", target_seconds=9)])
    command = decode(record(message)).command
    assert command.rules.channel_targets == (ChannelTarget(channel="voice", target_seconds=9),)  # type: ignore[union-attr]
    rules = command.rules  # type: ignore[union-attr]
    assert (rules.target_for("voice"), rules.target_for("chat"), rules.target_for("email")) == (9, 20, 86_400)


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
        c.SkillLevel(skill_id="not a command"),
        c.AssignContact(contact_id="c", agent_id="a"),
        c.TakeOver(contact_id="c", by="sue"),
        c.ExtendWrapUp(contact_id="c", agent_id="a", seconds=float("inf")),
        c.ReportPresence(agent_id="a", grace_seconds=-1),
    ],
)
def test_what_makes_no_sense_is_no_command(message: ProtobufMessage) -> None:
    with pytest.raises(NotACommand):
        decode(record(message))


def test_what_a_supervisor_asks_for_is_read_whole() -> None:
    forced = c.SetAgentState(agent_id="a", state="offline", forced_by="sue", force=True, site="north", seat="A1")
    read = decode(record(forced)).command
    assert isinstance(read, SetAgentState)
    assert (read.forced_by, read.force, read.site, read.seat) == ("sue", True, "north", "A1")
    assigned = decode(record(c.AssignContact(contact_id="c", agent_id="a", by="sue", force=True))).command
    assert isinstance(assigned, AssignContact)
    assert (assigned.contact_id, assigned.agent_id, assigned.by, assigned.force) == ("c", "a", "sue", True)


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
    intervene(pool)
    pool.remove_agent("ann")
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


def intervene(pool: Desk) -> None:
    """Let a supervisor do all that one can, and an agent's connection come and go."""
    pool.queue("vip", wrap_up_seconds=30)
    for agent in ("cid", "sue"):
        pool.agent(agent)
    pool.enqueue("c3", "vip")
    pool.prioritise("c3", 1)
    pool.assign("c3", "cid")
    pool.accept("c3")
    pool.take_over("c3", "sue")
    pool.extend("c3", "cid", 10)
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
