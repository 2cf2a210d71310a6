"""The states of a ticket, and the one table of moves between them."""

from enum import StrEnum
from types import MappingProxyType

from services.ticketing.domain.errors import TicketClosedAlready, TransitionRefused


class State(StrEnum):
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    WAITING_CUSTOMER = "waiting_customer"
    RESOLVED = "resolved"
    CLOSED = "closed"


#: Where work moves a ticket. Closing takes a resolution and reopening a reason, so both are acts of their own.
MOVES = MappingProxyType(
    {
        State.OPEN: frozenset({State.IN_PROGRESS, State.WAITING_CUSTOMER, State.RESOLVED}),
        State.IN_PROGRESS: frozenset({State.OPEN, State.WAITING_CUSTOMER, State.RESOLVED}),
        State.WAITING_CUSTOMER: frozenset({State.OPEN, State.IN_PROGRESS, State.RESOLVED}),
        State.RESOLVED: frozenset({State.IN_PROGRESS}),
        State.CLOSED: frozenset[State](),
    }
)
#: A customer who is not content comes back to these.
REOPENABLE = frozenset({State.RESOLVED, State.CLOSED})


def check_move(state: State, wanted: State) -> None:
    """Raises TicketClosedAlready, TransitionRefused."""
    if state is State.CLOSED:
        raise TicketClosedAlready
    if wanted not in MOVES[state]:
        raise TransitionRefused(state, wanted)
