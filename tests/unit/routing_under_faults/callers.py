"""Customers who are called back: what they ask for, and what their telephones do."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from google.protobuf.message import Message as ProtobufMessage

from switchyard.events.routing.v1 import callback_events_pb2
from switchyard.internal.routing.v1 import commands_pb2 as c
from tests.unit.routing_under_faults.story import Story

if TYPE_CHECKING:
    from tests.unit.routing_under_faults.floor import Floor

RULES = c.CallbackRules(most_attempts=2, retry_after_seconds=3, give_up_after_seconds=40)


def ask_for_a_call(floor: "Floor", pool: str, queue: str, agent: str) -> None:
    """Somebody asks for a call, now or a little later; whoever talks already is refused it."""
    if floor.stories:
        contact = floor.pick.choice(sorted(floor.stories))
        plan = c.CallbackPlan()
        if floor.pick.random() < 0.4:
            plan.due_at.FromMilliseconds(floor.sender.process.clock() + floor.pick.randint(1_000, 9_000))
        floor.sender.send(floor.stories[contact].pool, c.RequestCallback(contact_id=contact, plan=plan))


def does_not_answer(message: Any) -> ProtobufMessage:
    return c.ReportNotReached(
        contact_id=message.entry.contact_id, offer_id=message.offer_id, reason="no-answer", agent_id=""
    )


def _requested(floor: "Floor", pool: str, message: Any) -> None:
    floor.ended(message, "callback")
    floor.stories[message.callback_contact_id] = Story(pool=pool)
    if floor.closing:
        floor.hang_up(message.callback_contact_id)


def _scheduled(floor: "Floor", _: str, message: Any) -> None:
    floor.stories[message.entry.contact_id].entry = message.entry.number
    if floor.closing:
        floor.hang_up(message.entry.contact_id)


def _given_up(floor: "Floor", _: str, message: Any) -> None:
    floor.ended(message, "given-up")


#: `Any`: each takes its own message, and the key says which.
CALLBACK_REACTIONS: "dict[type[ProtobufMessage], Callable[[Floor, str, Any], object]]" = {
    callback_events_pb2.CallbackRequested: _requested,
    callback_events_pb2.CallbackScheduled: _scheduled,
    callback_events_pb2.CallbackGivenUp: _given_up,
}
