"""A pool in the hands of this replica: its state, and how far its journal and its announcements have come."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import islice

from services.routing.application.ports import JournalEntry, LoggedCommand, PoolKey
from services.routing.application.tracing import Traces
from services.routing.domain.engine import Step, TimerBroke, begin, fire_due, handle, park, refuse, replay
from services.routing.domain.events import Event
from services.routing.domain.moments import Moment
from services.routing.domain.pool import PoolState
from services.routing.domain.refusals import command_failed
from switchyard.eventing.envelope import Place, Received

#: So many timers fire in one entry: a document of the journal has its limit, and commands want their turn.
MOST_TIMERS_AT_ONCE = 1_000
#: A pool whose timer failed and could not be set aside is left to its commands for so long.
TIMER_REST_MS = 5_000
#: Opens a span around a command; the events belong to the trace that it gives.
Spans = Callable[[Received], AbstractContextManager[str | None]]


class CommandFailed(Exception):
    """The engine raised on this command: a fault of ours, for which the others must not wait."""

    def __init__(self, logged: LoggedCommand) -> None:
        super().__init__(f"{type(logged.command).__name__} {logged.command.id}")
        self.logged = logged


def no_spans(received: Received) -> AbstractContextManager[str | None]:
    return nullcontext(received.message.envelope.traceparent)


@dataclass(slots=True, kw_only=True)
class Draft:
    """What a batch has done to a pool so far; `before` are the streams' numbers when it began."""

    before: tuple[int, int]
    place: Place | None
    steps: list[Step] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class LivePool:
    """`sequence` is the last journalled entry, `covered` the last command of the log that is in it."""

    key: PoolKey
    partition: int
    state: PoolState
    sequence: int = 0
    published_through: int = 0
    snapshot_sequence: int = 0
    covered: Place | None = None
    traces: Traces = field(default_factory=Traces)
    #: The command that the engine raised on; the state may be half changed since, and must be read again.
    broken_by: str = ""
    #: No timer fires before this: one of them failed.
    timers_rest_until: Moment = 0
    #: How old the newest command was when the loop got to it; 0 where nothing was left to be read.
    late_seconds: float = 0.0
    is_behind: bool = False

    def begin(self, now: Moment) -> Draft:
        begin(self.state, now)
        return Draft(before=(self.state.contact_sequence, self.state.agent_sequence), place=self.covered)

    def commands(
        self, draft: Draft, logged: Sequence[LoggedCommand], spans: Spans, failed: Collection[str] = ()
    ) -> None:
        """Do the commands that the journal does not cover yet; those in `failed` are refused untried.

        Raises CommandFailed, after which the pool must be loaded again: its state may be half changed.
        """
        for item in logged:
            if self.covers(item.received.place):
                continue
            with spans(item.received) as traceparent:
                draft.steps.append(self._step(item, refused=item.command.id in failed))
            self._note_trace(draft.steps[-1], traceparent)
            draft.place = item.received.place

    def timers(self, draft: Draft, through: Moment) -> None:
        """Fire what was due at that instant. Raises TimerBroke, after which the pool must be loaded again."""
        draft.steps.extend(islice(fire_due(self.state, self.state.now, through), MOST_TIMERS_AT_ONCE))

    def park(self, draft: Draft, broke: TimerBroke) -> None:
        """Set the contact aside whose timer broke; a wrap-up cannot be, so timers rest.

        Raises TimerBroke, after which the pool must be loaded again.
        """
        step = park(self.state, broke.key, broke.error, self.state.now)
        if step is None:
            self.rest()
        else:
            draft.steps.append(step)

    def rest(self) -> None:
        """Let no timer fire for a while: the first of them would break again."""
        self.timers_rest_until = self.state.now + TIMER_REST_MS

    def entry(self, draft: Draft, batch_id: str) -> JournalEntry | None:
        """Write up the batch; None where it did nothing."""
        if not draft.steps:
            return None
        return JournalEntry(
            pool=self.key,
            sequence=self.sequence + 1,
            batch_id=batch_id,
            now=self.state.now,
            place=draft.place,
            published_through=self.published_through,
            contact_sequence=draft.before[0],
            agent_sequence=draft.before[1],
            steps=tuple(draft.steps),
            traces=self.traces.of(_events(draft.steps)),
        )

    def journalled(self, entry: JournalEntry) -> None:
        self.sequence, self.covered = entry.sequence, entry.place

    def replay(self, entry: JournalEntry) -> None:
        """Take an entry from the journal."""
        now = begin(self.state, entry.now)
        for step in entry.steps:
            replay(self.state, step, now)
        for contact_id, traceparent in entry.traces.items():
            self.traces.note(contact_id, traceparent)
        self.journalled(entry)
        self.published_through = max(self.published_through, entry.published_through)

    def covers(self, place: Place) -> bool:
        """Say whether the journal has what stands at this place of the log; another cluster's places say nothing."""
        covered = self.covered
        return covered is not None and covered.cluster == place.cluster and place.offset <= covered.offset

    def due(self) -> Moment | None:
        """Say when the next timer should fire."""
        due = self.state.next_due()
        return None if due is None else max(due, self.timers_rest_until)

    def _step(self, item: LoggedCommand, *, refused: bool) -> Step:
        if refused:
            return refuse(self.state, item.command, command_failed(), self.state.now)
        try:
            return handle(self.state, item.command, self.state.now)
        except Exception as error:
            self.broken_by = item.command.id
            raise CommandFailed(item) from error

    def _note_trace(self, step: Step, traceparent: str | None) -> None:
        contact_id = step.contact_id or _answered_contact(step)
        self.traces.note(contact_id, traceparent)


def _answered_contact(step: Step) -> str:
    """Name the contact of an accepted or rejected offer: the first event's."""
    entry = getattr(step.events[0], "entry", None) if step.events else None
    return "" if entry is None else entry.contact_id


def _events(steps: Sequence[Step]) -> Iterator[Event]:
    return (event for step in steps for event in step.events)
