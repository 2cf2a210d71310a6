"""Why a contact was offered to whom it was: each decision made again from the journal, for every agent of its pool.

A pool is folded from the newest snapshot before a decision up to the event before it, one pass for all decisions of
a contact in that pool. What cannot be made again, for age or for its cost, keeps what the journal says of it.
"""

from collections import Counter
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final, Protocol

from services.routing.application.ports import EntryEmptied, JournalEntry, PoolKey, PoolSnapshot
from services.routing.application.snapshots import restored
from services.routing.domain.decisions.supervision import ASSIGNED_BY_HAND
from services.routing.domain.desk_events import ContactAssignedByHand
from services.routing.domain.engine import Step, begin, replay
from services.routing.domain.events import ContactParked, Event, OfferMade, WorkInterrupted
from services.routing.domain.evolve import evolve
from services.routing.domain.expressions import Expressions
from services.routing.domain.pool import PoolState
from services.routing.domain.remade import Decided, Verdict, recorded, remade

#: Why a decision shows those looked at alone: its time is not kept any more, or to fold or to list it costs too much.
EMPTIED: Final = "emptied"
TOO_FAR: Final = "too-far-from-a-snapshot"
TOO_MANY: Final = "too-many-agents"
#: Whoever was to make it again came to no end.
NOT_MADE_AGAIN: Final = "not-made-again"


class NotExplained(Exception):
    """Decisions could not be made again; what the journal itself says of them stands."""


class Past(Protocol):
    """The journal of what was, as far as it is kept. All raise StoreUnavailable."""

    async def of_contact(self, tenant: str, contact_id: str) -> list[JournalEntry]:
        """Read what a tenant's pools did to a contact, oldest first."""

    def read(self, pool: PoolKey, after: int) -> AsyncGenerator[JournalEntry, None]:
        """Read a pool's entries after a sequence, in order. Raises EntryEmptied at one that says nothing any more."""

    async def kept_snapshot(self, pool: PoolKey, *, after: int, through: int) -> PoolSnapshot | None:
        """Read the newest snapshot behind one sequence and not beyond another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What one answer may cost: steps folded, at some 50 microseconds each, and agents listed."""

    steps: int = 100_000
    agents: int = 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A decision where it stands in the journal: `before` is the first event of its step that belongs to it."""

    pool: PoolKey
    sequence: int
    step: int
    before: int
    cause: str
    what: Decided


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A decision with its verdicts: of every agent, or of those looked at, where `missing` says why not of all.

    `tally` counts everybody who was judged, by verdict and the skill at fault, listed or not.
    """

    made: Made
    verdicts: tuple[Verdict, ...]
    tally: Mapping[tuple[str, str], int]
    missing: str = ""

    @property
    def rule(self) -> str:
        """What decided: the queue's choice, a hand, or what failed."""
        match self.made.what:
            case OfferMade(decision=decision):
                return decision.rule
            case ContactParked(reason=reason):
                return reason
            case _:
                return ASSIGNED_BY_HAND


def decisions_of(entries: Iterable[JournalEntry], contact_id: str) -> list[Made]:
    """List the decisions about a contact, in the order of the entries."""
    return [
        Made(pool=entry.pool, sequence=entry.sequence, step=number, before=before, cause=step.cause, what=what)
        for entry in entries
        for number, step in enumerate(entry.steps)
        for before, what in _decided(step, contact_id)
    ]


def as_recorded(made: Made, missing: str) -> Explained:
    """Give what the journal itself says of a decision, and why there is no more."""
    verdicts = recorded(made.what)
    return Explained(made=made, verdicts=verdicts, tally=_tally(verdicts), missing=missing)


async def explain(
    past: Past, tenant: str, contact_id: str, expressions: Expressions, bounds: Bounds
) -> list[Explained] | None:
    """Explain all that was decided about a contact; None where nothing is known of it. Raises StoreUnavailable."""
    entries = await past.of_contact(tenant, contact_id)
    return await explained(past, decisions_of(entries, contact_id), expressions, bounds) if entries else None


async def explained(past: Past, decisions: Sequence[Made], expressions: Expressions, bounds: Bounds) -> list[Explained]:
    """Make decisions again, and give them in their order. Raises StoreUnavailable."""
    retelling, found = Retelling(past, expressions, bounds), {}
    for pool, of_pool in groupby(sorted(decisions, key=_place), key=lambda made: made.pool):
        async for told in retelling.of_pool(pool, of_pool):
            found[_place(told.made)] = told
    return [found[_place(made)] for made in decisions]


class Retelling:
    """Folds one pool after the other, within the bounds of one answer."""

    def __init__(self, past: Past, expressions: Expressions, bounds: Bounds) -> None:
        self._past = past
        self._expressions = expressions
        self._steps_left = bounds.steps
        self._agents_left = bounds.agents

    async def of_pool(self, pool: PoolKey, decisions: Iterable[Made]) -> AsyncGenerator[Explained, None]:
        """Make a pool's decisions again, which are in the order of its journal."""
        state, folded, missing = PoolState(pool_id=pool.pool_id, expressions=self._expressions), 0, ""
        for sequence, of_entry in groupby(decisions, key=lambda made: made.sequence):
            snapshot = await self._past.kept_snapshot(pool, after=folded, through=sequence - 1)
            if snapshot is not None:
                # It bridges whatever is missing before it.
                state, folded, missing = restored(snapshot.records, self._expressions), snapshot.sequence, ""
            try:
                entry = None if missing else await self._brought_before(state, pool, folded, sequence)
            except _NotFolded as reason:
                entry, missing = None, str(reason)
            for told in self._told(state, entry, list(of_entry), missing):
                yield told
            folded = sequence

    async def _brought_before(self, state: PoolState, pool: PoolKey, folded: int, sequence: int) -> JournalEntry:
        """Fold what came before an entry, and give that entry. Raises _NotFolded."""
        try:
            async with aclosing(self._past.read(pool, folded)) as entries:
                async for entry in entries:
                    self._count(entry)
                    if entry.sequence == sequence:
                        return entry
                    now = begin(state, entry.now)
                    for step in entry.steps:
                        replay(state, step, now)
        except EntryEmptied as emptied:
            raise _NotFolded(EMPTIED) from emptied
        raise _NotFolded(EMPTIED)

    def _count(self, entry: JournalEntry) -> None:
        self._steps_left -= len(entry.steps)
        if self._steps_left < 0:
            raise _NotFolded(TOO_FAR)

    def _told(
        self, state: PoolState, entry: JournalEntry | None, decisions: Sequence[Made], missing: str
    ) -> Iterator[Explained]:
        if entry is None:
            yield from (as_recorded(made, missing) for made in decisions)
            return
        now = begin(state, entry.now)
        for number, step in enumerate(entry.steps):
            done = 0
            for made in (made for made in decisions if made.step == number):
                for event in step.events[done : made.before]:
                    evolve(state, event)
                done = made.before
                yield self._listed(made, remade(state, made.what))
            replay(state, replace(step, events=step.events[done:]), now)

    def _listed(self, made: Made, verdicts: tuple[Verdict, ...]) -> Explained:
        if len(verdicts) > self._agents_left:
            return replace(as_recorded(made, TOO_MANY), tally=_tally(verdicts))
        self._agents_left -= len(verdicts)
        return Explained(made=made, verdicts=verdicts, tally=_tally(verdicts))


class _NotFolded(Exception):
    """The pool cannot be brought to where it was; the text says why."""


def _decided(step: Step, contact_id: str) -> Iterator[tuple[int, Decided]]:
    offered = {event.offer_id for event in step.events if isinstance(event, OfferMade)}
    for number, event in enumerate(step.events):
        if not isinstance(event, OfferMade | ContactParked | ContactAssignedByHand):
            continue
        if event.entry.contact_id != contact_id:
            continue
        if isinstance(event, OfferMade):
            yield _first_of(event.offer_id, step.events, number), event
        elif isinstance(event, ContactParked) or event.offer_id not in offered:
            yield number, event


def _first_of(offer_id: str, events: Sequence[Event], number: int) -> int:
    """Give the first event that an offer led to: what it interrupts is set aside before it is made."""
    while number and isinstance(before := events[number - 1], WorkInterrupted) and before.by_offer_id == offer_id:
        number -= 1
    return number


def _place(made: Made) -> tuple[PoolKey, int, int, int]:
    return made.pool, made.sequence, made.step, made.before


def _tally(verdicts: Iterable[Verdict]) -> Mapping[tuple[str, str], int]:
    """Count by verdict, in the order in which they first come."""
    return Counter((each.verdict, each.skill) for each in verdicts)
