"""The production engine on a simulated clock: commands in, events to whoever reacts to them.

Timers and acts are taken in the order of their instants; at the same instant acts go first, as the routing loop does
a batch's commands before the timers that are due.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from services.routing.domain.commands import Command
from services.routing.domain.engine import Step, begin, fire_due, handle
from services.routing.domain.moments import Moment
from services.routing.domain.pool import PoolState
from services.routing.domain.refusals import Refusal
from services.routing.simulation.agenda import Agenda

#: `Any`: each reaction takes its own event, and the key says which.
Reaction: TypeAlias = Callable[[Any], None]
Watch: TypeAlias = Callable[[PoolState, Step], None]

#: Steps at one instant beside those of agents who all sign in: more than a crowd at the door takes.
MOST_AT_ONCE = 50_000
_MOST_OF_AN_AGENT = 20


class CommandRefused(RuntimeError):
    """The engine refused what the simulated people did, so they and the engine disagree about the state of things."""

    def __init__(self, command: Command, refusal: Refusal) -> None:
        super().__init__(f"{refusal.code}: {refusal.detail} ({command})")


class TimeStandsStill(RuntimeError):
    """More happened at one instant than ever ends: rules or agents that pass a contact on without taking any time."""


class Floor:
    """One pool; `now` is the instant that is being played."""

    def __init__(self, pool: PoolState, beginning: Moment, *, agents: int) -> None:
        self.state = pool
        self.agenda = Agenda()
        self.now = begin(self.state, beginning)
        self.steps = 0
        self._reactions: dict[type, list[Reaction]] = defaultdict(list)
        self._watches: list[Watch] = []
        self._commands = 0
        self._steps_before_now = 0
        self._most_at_once = MOST_AT_ONCE + _MOST_OF_AN_AGENT * agents

    def listen(self, reactions: Mapping[type, Reaction]) -> None:
        """Call a reaction for each event of its kind, in the order of listening."""
        for kind, reaction in reactions.items():
            self._reactions[kind].append(reaction)

    def watch(self, watch: Watch) -> None:
        """Look at the pool after every step."""
        self._watches.append(watch)

    def command_id(self) -> str:
        self._commands += 1
        return f"cmd_{self._commands}"

    def do(self, command: Command) -> None:
        """Do a command now. Raises CommandRefused."""
        step = handle(self.state, command, self.now)
        if step.refusal is not None:
            raise CommandRefused(command, step.refusal)
        self._tell(step)

    def turn(self, through: Moment) -> bool:
        """Play what comes next, if it comes through an instant; say whether anything did."""
        due, planned = self.state.next_due(), self.agenda.first()
        if planned is not None and planned <= through and (due is None or planned <= due):
            at, act = self.agenda.take()
            self._begin(at)
            act(self.now)
            return True
        if due is None or due > through:
            return False
        self._begin(due)
        for step in fire_due(self.state, self.now, self.now):
            self._tell(step)
        return True

    def _begin(self, at: Moment) -> None:
        if at > self.now:
            self.now = begin(self.state, at)
            self._steps_before_now = self.steps
        elif self.steps - self._steps_before_now > self._most_at_once:
            raise TimeStandsStill(f"{self._most_at_once:,} steps at {self.now} ms")

    def _tell(self, step: Step) -> None:
        self.steps += 1
        reactions = self._reactions
        for event in step.events:
            for reaction in reactions.get(type(event), ()):
                reaction(event)
        for watch in self._watches:
            watch(self.state, step)
