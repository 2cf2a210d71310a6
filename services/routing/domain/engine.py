"""A pool at work: commands by the log's order, then the timers that are due, each with the matching it leads to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from services.routing.domain.announcing import announce
from services.routing.domain.commands import Command
from services.routing.domain.decide import decide
from services.routing.domain.decisions.conversations import completed
from services.routing.domain.decisions.offers import time_out
from services.routing.domain.events import Event
from services.routing.domain.evolve import evolve
from services.routing.domain.matching import match
from services.routing.domain.memory import forget, remember_answer
from services.routing.domain.moments import Moment
from services.routing.domain.parking import parked_by_timer
from services.routing.domain.pool import PoolState
from services.routing.domain.refusals import Refusal
from services.routing.domain.stays import Connected, Hold, Offered, WrappingUp

HoldT = TypeVar("HoldT", bound=Hold)


class TimerBroke(Exception):
    """The timer of this offer or wrap-up cannot be fired: `error` names what was raised."""

    def __init__(self, offer_id: str, error: str) -> None:
        super().__init__(f"{offer_id}: {error}")
        self.offer_id = offer_id
        self.error = error


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one command, or one timer, did: its events in order, or its refusal.

    `cause` is the command's id, or for a timer the offer's. `repeated` is a command that had its answer before:
    it does nothing and is answered the same.
    """

    cause: str
    contact_id: str
    events: tuple[Event, ...] = ()
    refusal: Refusal | None = None
    command: Command | None = None
    repeated: bool = False


def begin(state: PoolState, now: Moment) -> Moment:
    """Give the instant that a batch happens at: the clock's, but never before the last one."""
    state.now = max(now, state.now)
    forget(state, state.now)
    return state.now


def handle(state: PoolState, command: Command, now: Moment) -> Step:
    """Do a command, or answer it as before where it has been done."""
    contact_id = getattr(command, "contact_id", "")
    answered = state.answers.get(command.id)
    if answered is not None:
        refusal = answered.value if isinstance(answered.value, Refusal) else None
        return Step(cause=command.id, contact_id=contact_id, command=command, refusal=refusal, repeated=True)
    answer = decide(state, command, now)
    refusal = answer if isinstance(answer, Refusal) else None
    events = () if isinstance(answer, Refusal) else _applied(state, answer, contact_id, now)
    remember_answer(state, command.id, refusal, now)
    return Step(cause=command.id, contact_id=contact_id, command=command, events=events, refusal=refusal)


def refuse(state: PoolState, command: Command, refusal: Refusal, now: Moment) -> Step:
    """Refuse a command undecided, for a reason that lies outside of the pool."""
    remember_answer(state, command.id, refusal, now)
    return Step(cause=command.id, contact_id=getattr(command, "contact_id", ""), command=command, refusal=refusal)


def fire_due(state: PoolState, now: Moment, through: Moment) -> Iterator[Step]:
    """Fire every timer that is due through an instant, in the order of theirs.

    Raises TimerBroke, after which the state may be half changed.
    """
    while (due := state.next_due()) is not None and due <= through:
        hold = state.holds[state.timers[0][2]]
        yield _of_timer(state, hold, lambda hold: (_fired(hold, now),), now)


def park(state: PoolState, offer_id: str, error: str, now: Moment) -> Step | None:
    """Park the contact of an offer whose timer broke; None where it is not its timer any more, or a wrap-up's.

    Raises TimerBroke where that breaks too, after which the state may be half changed.
    """
    offer = state.holds.get(offer_id)
    if not isinstance(offer, Offered):
        return None
    return _of_timer(state, offer, lambda offer: parked_by_timer(offer, error, now), now)


def replay(state: PoolState, step: Step, now: Moment) -> None:
    """Fold a step that was journalled; nothing is decided again."""
    for event in step.events:
        evolve(state, event)
    if step.command is not None and not step.repeated:
        remember_answer(state, step.command.id, step.refusal, now)
    state.touched_agents.clear()
    state.touched_contacts.clear()


def _of_timer(state: PoolState, hold: HoldT, decided: Callable[[HoldT], tuple[Event, ...]], now: Moment) -> Step:
    try:
        events = _applied(state, decided(hold), hold.entry.contact_id, now)
    except Exception as error:
        raise TimerBroke(hold.offer_id, type(error).__name__) from error
    return Step(cause=hold.offer_id, contact_id=hold.entry.contact_id, events=events)


def _fired(hold: Hold, now: Moment) -> Event:
    match hold:
        case Offered():
            return time_out(hold, now)
        case WrappingUp():
            return completed(hold, now)
        case Connected():
            raise TypeError("a conversation has no timer")


def _applied(state: PoolState, decided: tuple[Event, ...], contact_id: str, now: Moment) -> tuple[Event, ...]:
    """Apply what was decided and all that follows from it: new offers, then changed agents."""
    for event in decided:
        evolve(state, event)
    offers = tuple(match(state, now))
    changes = tuple(announce(state, contact_id, now))
    state.touched_agents.clear()
    state.touched_contacts.clear()
    return (*decided, *offers, *changes)
