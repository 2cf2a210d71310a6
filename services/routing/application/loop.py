"""The routing loop: a batch of commands, then the timers that are due; journalled first, announced after.

Each turn: poll; decide in memory, one draft per pool; append one journal entry per pool; publish; let the offsets be
committed. Nothing is told before it is durable, and nothing durable stays untold: a take-over publishes what the
last owner may not have. The journal's unique sequence is the fence: a replica that has lost a pool without knowing
finds another's entry under its number, and reads the pool again or lets it go.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

import structlog

from services.routing.application.horizon import Horizon
from services.routing.application.insisting import Insisting, Stopping
from services.routing.application.lateness import Lateness
from services.routing.application.live_pool import CommandFailed, Draft, LivePool, Spans, no_spans
from services.routing.application.measures import Measures
from services.routing.application.ports import (
    Clock,
    CommandLog,
    Decode,
    Encode,
    Journal,
    LoggedCommand,
    NotACommand,
    PoolKey,
    Reached,
)
from services.routing.application.recording import Recording
from services.routing.application.snapshotting import ENTRIES_BETWEEN, Snapshotting
from services.routing.application.take_over import TakeOver
from services.routing.application.timers import Timers
from services.routing.domain.expressions import NO_EXPRESSIONS, Expressions
from services.routing.domain.moments import seconds_between
from switchyard.eventing.dead_letters import DeadLetter, DeadLetters
from switchyard.eventing.ports import Publisher
from switchyard.eventing.records import RawRecord

log = structlog.get_logger(__name__)

GROUP = "routing-engine"
#: Longest wait for commands: how late a change of assignment, or the end, may be noticed.
LONGEST_POLL_SECONDS = 0.5

Work = dict[PoolKey, list[LoggedCommand]]


class RoutingLoop:
    """Runs the pools of the partitions that this replica is given; `pools` is read by the live queries."""

    def __init__(
        self,
        *,
        commands: CommandLog,
        journal: Journal,
        publisher: Publisher,
        dead_letters: DeadLetters,
        decode: Decode,
        encode: Encode,
        clock: Clock,
        new_id: Callable[[], str],
        measures: Measures,
        spans: Spans = no_spans,
        expressions: Expressions = NO_EXPRESSIONS,
        reached: Reached = lambda _: None,
        beat: Callable[[], None] = lambda: None,
        snapshot_every: int = ENTRIES_BETWEEN,
    ) -> None:
        self.pools: dict[PoolKey, LivePool] = {}
        self._commands = commands
        self._journal = journal
        self._dead_letters = dead_letters
        self._decode = decode
        self._clock = clock
        self._measures = measures
        self._spans = spans
        self._reached = reached
        self._beat = beat
        self._insisting = Insisting(beat)
        self._take_over = TakeOver(journal, publisher, encode, expressions)
        self._recording = Recording(
            pools=self.pools,
            journal=journal,
            publisher=publisher,
            encode=encode,
            new_id=new_id,
            measures=measures,
            reached=reached,
            insisting=self._insisting,
            snapshots=Snapshotting(journal, snapshot_every),
        )
        self._lateness = Lateness(measures)
        self._horizon = Horizon(commands)
        self._timers = Timers(
            pools=self.pools, claim=self._claim, recording=self._recording, horizon=self._horizon, clock=clock
        )
        self._partitions: frozenset[int] = frozenset()
        self._assignment = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Turn until told to stop; the batch in hand is finished, unless the database or the broker is away."""
        self._insisting.stop = stop
        try:
            while not stop.is_set():
                await self.turn()
        except Stopping:
            log.warning("stopped-with-a-batch-in-hand")
        await self._recording.finish()

    async def turn(self) -> None:
        """Do one batch."""
        records = await self._commands.poll(self._patience())
        began = self._clock()
        self._beat()
        await self._follow_assignment()
        mine = [record for record in records if record.place.partition in self._partitions]
        self._reached("after-poll")
        work, left = await self._decoded(mine)
        left |= await self._do(work)
        await self._timers.fire()
        for record in mine:
            # What was left belongs to the partition's next owner, be it this replica again.
            if record.place.partition not in left:
                self._commands.done(record.place.partition, record.place.offset)
        if not records:
            self._lateness.idle(self.pools.values())
        self._measures.turned(commands=len(mine), seconds=seconds_between(began, self._clock()))

    def _patience(self) -> float:
        """Wait for commands no longer than until the next timer."""
        due = [due for pool in self.pools.values() if (due := pool.due()) is not None]
        if not due:
            return LONGEST_POLL_SECONDS
        first = max(min(due), self._horizon.rest_until)
        return min(max(0.0, (first - self._clock()) / 1000), LONGEST_POLL_SECONDS)

    async def _follow_assignment(self) -> None:
        """Let go of pools whose partition went, take over those that came, and see to those that may have been away."""
        assigned, assignment = self._commands.assigned, self._commands.assignment
        if (assigned, assignment) == (self._partitions, self._assignment):
            return
        for key in [key for key, pool in self.pools.items() if pool.partition not in assigned]:
            self.pools.pop(key).state.dismantle()
        for partition in sorted(assigned):
            for key in await self._insisting.on(partial(self._journal.pools_of, partition)):
                await self._catch_up(key, partition)
        self._partitions, self._assignment = assigned, assignment
        self._horizon.forget()
        log.info("partitions-followed", assigned=sorted(assigned), pools=len(self.pools))

    async def _catch_up(self, key: PoolKey, partition: int) -> None:
        """Read a pool that is not here, or that another replica had meanwhile: its timers are not known here.

        A replica that was held, or waited for the database, finds its partitions given back as if it had kept them.
        """
        pool = self.pools.get(key)
        if pool is None or await self._insisting.on(partial(self._take_over.is_behind, pool)):
            await self._claim(key, partition)

    async def _claim(self, key: PoolKey, partition: int) -> LivePool:
        if partition in self._commands.assigned:
            await self._insisting.on(lambda: self._journal.claim(key, partition))
        former, pool = self.pools.get(key), await self._insisting.on(lambda: self._take_over.load(key, partition))
        self.pools[key] = pool
        if former is not None:
            former.state.dismantle()
        self._measures.taken_over()
        log.info("pool-taken-over", pool=str(key), sequence=pool.sequence)
        return pool

    async def _decoded(self, records: Sequence[RawRecord]) -> tuple[Work, set[int]]:
        """Sort commands by pool; what is none goes to the dead letters before its offset moves.

        A pool that is new is written down as this partition's before its first entry, or no heir would know of it;
        where the partition has gone, that is the next owner's to do. Gives the partitions left so.
        """
        work: Work = defaultdict(list)
        left: set[int] = set()
        for record in records:
            partition = record.place.partition
            if partition in left:
                continue
            try:
                logged = self._decode(record)
            except NotACommand as error:
                await self._bury(record, str(error))
                continue
            if logged.pool not in self.pools:
                if partition not in self._commands.assigned:
                    left.add(partition)
                    continue
                await self._claim(logged.pool, partition)
            work[logged.pool].append(logged)
        return work, left

    async def _do(self, work: Mapping[PoolKey, list[LoggedCommand]]) -> set[int]:
        """Bring a batch of commands through, pool by pool again where one had to be read anew.

        Gives the partitions that went to another replica meanwhile, their commands not all done.
        """
        drafts = {key: self._commanded(key, logged) for key, logged in work.items()}
        again = {key for key, draft in drafts.items() if draft is None}
        again |= await self._recording.conclude({key: draft for key, draft in drafts.items() if draft is not None})
        return {
            work[key][0].received.place.partition for key in sorted(again) if not await self._once_more(key, work[key])
        }

    def _commanded(self, key: PoolKey, logged: Sequence[LoggedCommand], failed: Collection[str] = ()) -> Draft | None:
        """Decide a pool's commands; None where one failed and the pool must be read again."""
        pool, now = self.pools[key], self._clock()
        self._lateness.reached(pool, logged, now)
        draft = pool.begin(now)
        try:
            pool.commands(draft, logged, self._spans, failed)
        except CommandFailed as error:
            log.exception("command-failed", command=error.logged.command.id, pool=str(key))
            return None
        return draft

    async def _once_more(self, key: PoolKey, logged: Sequence[LoggedCommand]) -> bool:
        """Read a pool again and bring its commands through one by one, so that one that fails is alone.

        False where the pool was lost on the way.
        """
        partition = self.pools[key].partition
        await self._claim(key, partition)
        for item in logged:
            failed: tuple[str, ...] = ()
            while partition in self._commands.assigned and not await self._alone(key, item, failed):
                failed = await self._read_again(key, item, failed)
        return partition in self._commands.assigned

    async def _alone(self, key: PoolKey, item: LoggedCommand, failed: Collection[str]) -> bool:
        """Try one command; False where the pool must be read again first."""
        draft = self._commanded(key, [item], failed)
        return draft is not None and not await self._recording.conclude({key: draft})

    async def _read_again(self, key: PoolKey, item: LoggedCommand, failed: tuple[str, ...]) -> tuple[str, ...]:
        """Read the pool again; where it was the command that failed, set that aside and have it refused next."""
        if self.pools[key].broken_by == item.command.id:
            await self._bury(item.raw, "the engine failed on this command")
            failed = (item.command.id,)
        await self._claim(key, self.pools[key].partition)
        return failed

    async def _bury(self, record: RawRecord, reason: str) -> None:
        self._measures.poisoned()
        log.warning("buried", partition=record.place.partition, offset=record.place.offset, reason=reason)
        letter = DeadLetter(record=record, group=GROUP, error=reason)
        await self._insisting.on(lambda: self._dead_letters.send(letter))
