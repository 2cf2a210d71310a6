"""Place in a queue and estimated wait, for people to read.

The estimate is published as: position x mean seconds between the queue's last answers (at most 20, the time
since the latest of them counted too). None until the queue has answered anything.
"""

from dataclasses import dataclass

from services.routing.domain.moments import Moment, seconds_between
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    waiting: Waiting
    position: int
    waited_seconds: float
    estimated_wait_seconds: float | None


def places(state: PoolState, queue_id: str, now: Moment) -> list[Place]:
    """List who waits in a queue, next first, from position 1."""
    pace = seconds_between_answers(state.answered.get(queue_id, ()), now)
    return [
        Place(
            waiting=waiting,
            position=position,
            waited_seconds=seconds_between(waiting.entry.queued_at, now),
            estimated_wait_seconds=None if pace is None else round(position * pace, 1),
        )
        for position, waiting in enumerate(state.waiting_in(queue_id), start=1)
    ]


def seconds_between_answers(answered: tuple[Moment, ...], now: Moment) -> float | None:
    """Give the mean gap between answers up to now; a queue that has come to a halt grows slower by the second."""
    return seconds_between(answered[0], now) / len(answered) if answered else None
