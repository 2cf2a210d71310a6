"""What becomes of every message of a group: handled, skipped, parked with its subject, or sent to the dead letters.

Order is kept within a subject; subjects are worked on side by side. A message that must be retried, or is poisoned,
blocks its own subject only: what follows for it waits in the store, in order, and the offset moves on.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import structlog
from prometheus_client import CollectorRegistry

from switchyard.eventing.attempts import Around, Attempts, RetryPolicy, no_context
from switchyard.eventing.blocked import BlockedSubjects
from switchyard.eventing.clock import Clock, utc_now
from switchyard.eventing.cloudevents import MalformedEnvelope
from switchyard.eventing.consumer_metrics import GroupCounts, consumer_metrics
from switchyard.eventing.dead_letters import DeadLetter, DeadLetters
from switchyard.eventing.envelope import Received
from switchyard.eventing.lanes import run_lanes
from switchyard.eventing.outcomes import Done, Duplicate, Outcome, Poison, Retry
from switchyard.eventing.parking import ParkedMessage, ParkedSubjects, SubjectKey, subject_key
from switchyard.eventing.patience import Patience
from switchyard.eventing.ports import Subscription
from switchyard.eventing.records import RawRecord

log = structlog.get_logger(__name__)

#: What is handled one after the other: a subject's messages, or a record that is none, by itself.
_Lane = list[tuple[RawRecord, Received | MalformedEnvelope]]
#: Due subjects taken at a time; the rest is taken at the next look.
_REPLAYED_AT_ONCE = 100


class PoisonLimitReached(Exception):
    """So many messages in a row were poisoned that the fault must be ours: a person has to look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchLimits:
    """`side_by_side`: subjects worked on at once. `poisoned_in_a_row`: dead letters, without one message handled
    in between, before the consumer stops rather than send everything there.
    """

    side_by_side: int = 16
    poisoned_in_a_row: int = 100


def _ignored() -> None:
    """Nobody asks for progress."""


class Dispatcher:
    """One per group and process; `progressed` is called for every message of a batch that has come to its end."""

    def __init__(
        self,
        subscription: Subscription,
        *,
        parked: ParkedSubjects,
        dead_letters: DeadLetters,
        registry: CollectorRegistry,
        around: Around = no_context,
        clock: Clock = utc_now,
        policy: RetryPolicy | None = None,
        limits: DispatchLimits | None = None,
        progressed: Callable[[], None] = _ignored,
    ) -> None:
        self._group = subscription.group
        self._progressed = progressed
        self.patience = Patience()
        self._attempts = Attempts(
            subscription.handlers, policy=policy or RetryPolicy(), around=around, patience=self.patience
        )
        self._parked = parked
        self._dead_letters = dead_letters
        self._clock = clock
        self._limits = limits or DispatchLimits()
        self._blocked = BlockedSubjects(self._group, parked, clock)
        self._poisoned_in_a_row = 0
        self._done = self._duplicates = 0
        self.counts = GroupCounts(consumer_metrics(registry), self._group)

    async def reload(self, partitions: Collection[tuple[str, int]]) -> None:
        """Learn what is blocked in the (topic, partition) this process now has. Raises Interrupted."""
        await self.patience.insist(lambda: self._blocked.load(partitions))
        self.counts.blocked.set(len(self._blocked))

    async def dispatch(self, records: Sequence[RawRecord]) -> None:
        """Bring every record to its end; when this returns, their offsets may be committed.

        Raises PoisonLimitReached, Interrupted; then all of them have to be dispatched again.
        """
        lanes: dict[object, _Lane] = {}
        for record in records:
            try:
                received = record.read()
            except MalformedEnvelope as error:
                lanes[record.place] = [(record, error)]
                continue
            envelope = received.message.envelope
            if self._attempts.knows(envelope.type):
                lanes.setdefault((envelope.source, envelope.subject), []).append((record, received))
            else:
                self.counts.unknown.inc()
        try:
            await run_lanes(lanes.values(), self._dispatch_lane, most=self._limits.side_by_side)
        finally:
            self._count()

    async def _dispatch_lane(self, lane: _Lane) -> None:
        for record, received in lane:
            if isinstance(received, MalformedEnvelope):
                self.counts.malformed.inc()
                await self._bury(record, str(received), attempts=1)
            elif self._blocked.is_blocked(received.message.envelope) and await self._park_behind(record, received):
                self.counts.waiting.inc()
            else:
                outcome = await self._attempts.attempt(received, 1)
                await self._conclude(record, received, outcome)
            self._progressed()

    async def _park_behind(self, record: RawRecord, received: Received) -> bool:
        key = subject_key(self._group, received.message.envelope)
        return await self.patience.insist(lambda: self._blocked.park_behind(key, record))

    async def _conclude(self, record: RawRecord, received: Received, outcome: Outcome) -> None:
        if isinstance(outcome, Done | Duplicate):
            self._note_handled(outcome)
            return
        if isinstance(outcome, Poison):
            self.counts.poisoned.inc()
            await self._bury(record, outcome.reason, attempts=1)
        else:
            self.counts.retried.inc()
        key = subject_key(self._group, received.message.envelope)
        log.warning("subject-blocked", source=key.source, subject=key.subject, reason=outcome.reason)
        await self.patience.insist(lambda: self._blocked.block(key, record, outcome))
        self.counts.blocked.set(len(self._blocked))

    def _note_handled(self, outcome: Done | Duplicate) -> None:
        self._poisoned_in_a_row = 0
        if isinstance(outcome, Done):
            self._done += 1
        else:
            self._duplicates += 1

    def _count(self) -> None:
        """Counting every message by itself would cost a tenth of handling it."""
        self.counts.done.inc(self._done)
        self.counts.duplicate.inc(self._duplicates)
        self._done = self._duplicates = 0

    async def _bury(self, record: RawRecord, error: str, *, attempts: int) -> None:
        """Write the dead letter before anything says that the message is dealt with."""
        self._poisoned_in_a_row += 1
        if self._poisoned_in_a_row > self._limits.poisoned_in_a_row:
            raise PoisonLimitReached(f"{self._limits.poisoned_in_a_row} in a row, the last because: {error}")
        letter = DeadLetter(record=record, group=self._group, error=error, attempts=attempts)
        await self.patience.insist(lambda: self._dead_letters.send(letter))

    async def replay_due(self) -> int:
        """Try again what is due, each subject until it is free or fails again; returns how many subjects.

        Raises PoisonLimitReached, Interrupted, StoreUnavailable.
        """
        if not len(self._blocked):
            return 0
        due = await self._parked.due(self._group, self._clock(), _REPLAYED_AT_ONCE)
        ours = [key for key in due if self._blocked.is_ours(key)]
        try:
            await run_lanes(ours, self._replay, most=self._limits.side_by_side)
        finally:
            self._count()
        self.counts.blocked.set(len(self._blocked))
        return len(ours)

    async def free_released(self) -> None:
        """Notice what a person has given up. Raises StoreUnavailable."""
        await self._blocked.free_released()
        self.counts.blocked.set(len(self._blocked))

    async def _replay(self, key: SubjectKey) -> None:
        while self._blocked.is_ours(key) and not self.patience.stopping.is_set():
            first = await self._parked.first(key)
            if first is None:
                if await self._blocked.free_if_empty(key):
                    return
                continue
            if first.poisoned or not await self._replay_one(first):
                return

    async def _replay_one(self, message: ParkedMessage) -> bool:
        """Attempt a parked message; True where the next one may follow."""
        attempts = message.attempts + 1
        outcome = await self._attempts.attempt(message.record.read(), attempts)
        if isinstance(outcome, Done | Duplicate):
            self._note_handled(outcome)
            await self.patience.insist(lambda: self._parked.release(message))
            return True
        await self._keep(replace(message, attempts=attempts), outcome)
        return False

    async def _keep(self, message: ParkedMessage, outcome: Retry | Poison) -> None:
        if isinstance(outcome, Poison):
            self.counts.poisoned.inc()
            await self._bury(message.record, outcome.reason, attempts=message.attempts)
        else:
            self.counts.retried.inc()
        await self.patience.insist(lambda: self._blocked.keep(message, outcome))
