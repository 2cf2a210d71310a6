"""A pool at work: commands by the log's order, then the timers that are due, each with the matching it leads to."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.routing.domain.announcing import announce
from services.routing.domain.commands import Command
from services.routing.domain.decide import decide
from services.routing.domain.decisions.deadlines import fire
from services.routing.domain.estimates import estimate_newcomers
from services.routing.domain.events import Event
from services.routing.domain.evolve import evolve
from services.routing.domain.floor.attending import grant_breaks, watch
from services.routing.domain.matching import match
from services.routing.domain.memory import forget, remember_answer
from services.routing.domain.moments import Moment
from services.routing.domain.pool import PoolState
from services.routing.domain.refusals import Refusal


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
    """Fire every timer that is due through an instant, in the order of theirs."""
    while (first := state.timers.first()) is not None and first[0] <= through:
        fired = fire(state, first[1], now)
        events = _applied(state, fired.events, fired.contact_id, now)
        if state.timers.first() == first:
            raise DeadlineStuckError(first[1])
        yield Step(cause=fired.cause, contact_id=fired.contact_id, events=events)


def replay(state: PoolState, step: Step, now: Moment) -> None:
    """Fold a step that was journalled; nothing is decided again."""
    for event in step.events:
        evolve(state, event)
    if step.command is not None and not step.repeated:
        remember_answer(state, step.command.id, step.refusal, now)
    state.touched_agents.clear()
    state.touched_contacts.clear()
    state.floor.touched.clear()


def _applied(state: PoolState, decided: tuple[Event, ...], contact_id: str, now: Moment) -> tuple[Event, ...]:
    """Apply what was decided and what follows: breaks, offers, changed agents, estimates, breaches."""
    for event in decided:
        evolve(state, event)
    breaks = tuple(grant_breaks(state, now))
    offers = tuple(match(state, now))
    changes = tuple(announce(state, contact_id, now))
    estimates = tuple(estimate_newcomers(state, now)) if state.touched_contacts else ()
    for estimate in estimates:
        evolve(state, estimate)
    breaches = tuple(watch(state, now)) if state.floor.touched else ()
    state.touched_agents.clear()
    state.touched_contacts.clear()
    return (*decided, *breaks, *offers, *changes, *estimates, *breaches)
