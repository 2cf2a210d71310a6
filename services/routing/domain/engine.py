"""A pool at work: commands by the log's order, then the timers that are due, each with the matching it leads to."""

from collections.abc import Iterator
from contextlib import contextmanager

from services.routing.domain.announcing import announce
from services.routing.domain.commands import Command
from services.routing.domain.decide import decide
from services.routing.domain.decisions.deadlines import fire
from services.routing.domain.estimates import estimate_newcomers
from services.routing.domain.events import Event, WaitEstimated
from services.routing.domain.evolve import evolve
from services.routing.domain.floor.attending import grant_breaks, watch
from services.routing.domain.interrupting import resume
from services.routing.domain.matching import match
from services.routing.domain.memory import forget, remember_answer
from services.routing.domain.moments import Moment
from services.routing.domain.offering import index_ready
from services.routing.domain.parking import parked_by_timer
from services.routing.domain.pool import PoolState
from services.routing.domain.refusals import Refusal
from services.routing.domain.stays import Offered, Waiting
from services.routing.domain.timers import CALLBACK, HOLD, STEP, TimerKey
from services.routing.domain.values import dataclass


class TimerBroke(Exception):
    """This timer cannot be fired: `error` names what was raised."""

    def __init__(self, key: TimerKey, error: str) -> None:
        super().__init__(f"{key[0]} {key[1]}: {error}")
        self.key = key
        self.error = error


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one command, or one timer, did: its events in order, or its refusal.

    `cause` is the command's id, or for a timer the id of what ran out: an offer's, for one. `repeated` is a command
    that had its answer before: it does nothing and is answered the same.
    """

    cause: str
    contact_id: str
    events: tuple[Event, ...] = ()
    refusal: Refusal | None = None
    command: Command | None = None
    repeated: bool = False


class DeadlineStuckError(RuntimeError):
    """A deadline fired and was neither moved nor cancelled, so it would fire for ever: a fault in this package."""


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
    while (first := state.timers.first()) is not None and first[0] <= through:
        with _broken(first[1]):
            fired = fire(state, first[1], now)
            events = _applied(state, fired.events, fired.contact_id, now)
            _require_moved(state, first)
        yield Step(cause=fired.cause, contact_id=fired.contact_id, events=events)


@contextmanager
def _broken(key: TimerKey) -> Iterator[None]:
    """Say of whatever is raised whose timer it was."""
    try:
        yield
    except Exception as error:
        raise TimerBroke(key, type(error).__name__) from error


def _require_moved(state: PoolState, fired: tuple[Moment, TimerKey]) -> None:
    if state.timers.first() == fired:
        raise DeadlineStuckError(fired[1])


def park(state: PoolState, key: TimerKey, error: str, now: Moment) -> Step | None:
    """Park the contact whose offer's or step's timer broke; None where the timer is another, or there no more.

    Raises TimerBroke where that breaks too, after which the state may be half changed.
    """
    kind, owner = key
    of_contact = kind in {STEP, CALLBACK}
    stay: object = state.holds.get(owner) if kind == HOLD else state.contacts.get(owner) if of_contact else None
    if not isinstance(stay, Offered | Waiting):
        return None
    contact_id = stay.entry.contact_id
    with _broken(key):
        events = _applied(state, parked_by_timer(state, stay, error, now), contact_id, now)
    return Step(cause=owner, contact_id=contact_id, events=events)


def replay(state: PoolState, step: Step, now: Moment) -> None:
    """Fold a step that was journalled; nothing is decided again, but the next matching must find whom it freed."""
    for event in step.events:
        evolve(state, event)
    if step.command is not None and not step.repeated:
        remember_answer(state, step.command.id, step.refusal, now)
    touched = (state.agents.get(agent_id) for agent_id in state.touched_agents)
    index_ready(agent for agent in touched if agent is not None and agent.seeks())
    state.touched_agents.clear()
    state.touched_contacts.clear()
    state.floor.touched.clear()


def _overdue_steps(state: PoolState, now: Moment) -> Iterator[Event]:
    """Take what came due while a contact was offered, before it is offered to the same people again."""
    for contact_id in tuple(state.touched_contacts):
        for key in ((CALLBACK, contact_id), (STEP, contact_id)):
            while (due := state.timers.due_of(key)) is not None and due <= now:
                for event in fire(state, key, now).events:
                    evolve(state, event)
                    yield event


def _applied(state: PoolState, decided: tuple[Event, ...], contact_id: str, now: Moment) -> tuple[Event, ...]:
    """Apply what was decided and what follows: resumed work, breaks, offers, changed agents, estimates, breaches."""
    for event in decided:
        evolve(state, event)
    events = [*decided]
    if state.touched_agents:
        events += resume(state, now)
    if state.floor.requests:
        events += grant_breaks(state, now)
    if state.touched_contacts:
        events += _overdue_steps(state, now)
    events += match(state, now)
    if state.touched_agents:
        events += announce(state, contact_id, now)
    if state.touched_contacts:
        events += _estimates(state, now)
    if state.floor.touched:
        events += watch(state, now)
    state.touched_agents.clear()
    state.touched_contacts.clear()
    return tuple(events)


def _estimates(state: PoolState, now: Moment) -> list[WaitEstimated]:
    estimates = estimate_newcomers(state, now)
    for estimate in estimates:
        evolve(state, estimate)
    return estimates
