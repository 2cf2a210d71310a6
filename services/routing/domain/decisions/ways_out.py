"""A contact leaves its queue unanswered: for another queue of the pool, or for a last step."""

from services.routing.domain.events import ContactFlowedOut
from services.routing.domain.moments import Moment
from services.routing.domain.pool import PoolState
from services.routing.domain.queue_steps import ON_LENGTH, ON_NO_STAFF, WayOut
from services.routing.domain.search import Search
from services.routing.domain.settings import QueueRules
from services.routing.domain.stays import Waiting

OVERFLOW = "overflow"


def leave_by(way_out: WayOut, waiting: Waiting, reason: str, now: Moment) -> ContactFlowedOut:
    entry = waiting.entry
    return ContactFlowedOut(
        at=now,
        entry=entry,
        reason=reason,
        to_queue=way_out.to_queue,
        to_pool=entry.pool_id if way_out.to_queue else "",
        last_step=way_out.last_step,
        announcement=way_out.announcement,
    )


def overflow_of(state: PoolState, rules: QueueRules, search: Search) -> WayOut | None:
    """Give the first way out whose cause is there as a contact arrives; the contact itself is not counted yet."""
    for overflow in rules.overflows:
        if overflow.on == ON_LENGTH and state.unanswered[rules.queue_id] >= overflow.limit:
            return overflow.then
        if overflow.on == ON_NO_STAFF and not state.is_staffed(search):
            return overflow.then
    return None


def is_open_way(state: PoolState, way_out: WayOut, passed: tuple[str, ...]) -> bool:
    """Say whether a way out leads on: never back to a queue that the contact has just come through, nor nowhere."""
    return not way_out.to_queue or (way_out.to_queue not in passed and way_out.to_queue in state.queues)
