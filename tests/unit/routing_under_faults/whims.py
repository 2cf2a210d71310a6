"""What happens beside the work: pauses, settings, supervisors, and now and then a record that is no command."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from switchyard.internal.routing.v1 import commands_pb2 as c
from tests.unit.routing_under_faults.callers import ask_for_a_call
from tests.unit.routing_under_faults.house import POOLS

if TYPE_CHECKING:
    from tests.unit.routing_under_faults.floor import Floor


def _pause(floor: "Floor", pool: str, queue: str, agent: str) -> None:
    state, reason = floor.pick.choice((("not_ready", "break"), ("offline", "")))
    floor.set(pool, agent, state, reason)
    floor.sender.later(floor.pick.uniform(1, 10), floor.set, pool, agent, "available")


def _change_settings(floor: "Floor", pool: str, queue: str, agent: str) -> None:
    if floor.pick.random() < 0.5:
        floor.configure_agent(pool, agent)
    else:
        floor.configure_queue(pool, queue)


def _remove_agent(floor: "Floor", pool: str, queue: str, agent: str) -> None:
    floor.sender.send(pool, c.RemoveAgent(agent_id=agent, version=next(floor.versions)))


def _remove_queue(floor: "Floor", pool: str, queue: str, agent: str) -> None:
    floor.sender.send(pool, c.RemoveQueue(queue_id=queue, version=next(floor.versions)))
    floor.sender.later(floor.pick.uniform(1, 10), floor.configure_queue, pool, queue)


def _garbage(floor: "Floor", pool: str, queue: str, agent: str) -> None:
    floor.sender.garbage(pool)


def _move_somebody(floor: "Floor", pool: str, queue: str, agent: str) -> None:
    """A supervisor moves a contact, to wherever it may be."""
    if floor.stories:
        contact = floor.pick.choice(sorted(floor.stories))
        to_pool = floor.pick.choice(tuple(POOLS))
        to_queue = floor.pick.choice(POOLS[to_pool][1])
        move = c.TransferContact(contact_id=contact, to_queue=to_queue, to_pool=to_pool)
        floor.sender.send(floor.stories[contact].pool, move)


#: How often each happens, beside the others.
WHIMS: "dict[Callable[[Floor, str, str, str], None], int]" = {
    _pause: 8,
    _change_settings: 6,
    _remove_agent: 2,
    _remove_queue: 1,
    _move_somebody: 2,
    _garbage: 1,
    ask_for_a_call: 5,
}
