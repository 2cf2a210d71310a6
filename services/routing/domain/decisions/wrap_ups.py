"""More time to write up a contact, asked for by its agent or by a supervisor."""

from services.routing.domain import refusals
from services.routing.domain.decisions.answer import Answer
from services.routing.domain.decisions.conversations import open_wrap_up
from services.routing.domain.desk_commands import ExtendWrapUp
from services.routing.domain.desk_events import WrapUpExtended
from services.routing.domain.moments import Moment, after
from services.routing.domain.pool import PoolState

#: So often a wrap-up may be extended: with an extension as long as the queue's limit at most, three limits in all.
MOST_EXTENSIONS = 2


def extend_wrap_up(state: PoolState, command: ExtendWrapUp, now: Moment) -> Answer:
    """Move the limit of the oldest open wrap-up; one extension is at most as long as the queue's own limit."""
    wrap_up = open_wrap_up(state, command.agent_id, command.contact_id)
    if wrap_up is None:
        return refusals.not_in_wrap_up(command.contact_id)
    longest = state.queue(wrap_up.entry.queue_id).wrap_up_seconds
    if not 0 < command.seconds <= longest:
        return refusals.extension_too_long(longest)
    if wrap_up.extensions >= MOST_EXTENSIONS:
        return refusals.no_extension_left(command.contact_id, MOST_EXTENSIONS)
    extended = WrapUpExtended(
        at=now,
        entry=wrap_up.entry,
        offer_id=wrap_up.offer_id,
        holder=wrap_up.holder,
        answered_at=wrap_up.answered_at,
        ended_at=wrap_up.ended_at,
        wrap_up_until=after(wrap_up.wrap_up_until, command.seconds),
        extensions=wrap_up.extensions + 1,
    )
    return (extended,)
