"""Where contacts go that leave a queue unanswered, and whether a way leads back to where it began."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.routing.domain.organisation import Queue
from services.routing.domain.queue_steps import WayOut


@dataclass(frozen=True, slots=True)
class PlacedWayOut:
    """A way out, and where in its queue it stands (a JSON pointer)."""

    pointer: str
    way: WayOut


def ways_out(queue: Queue) -> Iterator[PlacedWayOut]:
    """Walk the ways out of a queue: those of its steps, of its overflows, and of its hours."""
    for index, step in enumerate(queue.steps):
        if step.then is not None:
            yield PlacedWayOut(f"/steps/{index}/then", step.then)
    for index, overflow in enumerate(queue.overflows):
        yield PlacedWayOut(f"/overflows/{index}/then", overflow.then)
    if queue.when_closed is not None:
        yield PlacedWayOut("/when_closed", queue.when_closed)


def next_queues(queue: Queue) -> tuple[str, ...]:
    """Name the queues that contacts of this one may go on to."""
    return tuple(placed.way.to_queue for placed in ways_out(queue) if placed.way.to_queue)


def leading_back(queue: Queue, others: Mapping[str, Queue]) -> list[PlacedWayOut]:
    """Give the ways out over which a contact would come back to the queue, directly or through `others`."""
    return [placed for placed in ways_out(queue) if _reaches(placed.way.to_queue, queue.id, others)]


def _reaches(start: str, target: str, others: Mapping[str, Queue]) -> bool:
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        reached = ahead.pop()
        if reached == target:
            return True
        if reached in others and reached not in seen:
            seen.add(reached)
            ahead += next_queues(others[reached])
    return False
