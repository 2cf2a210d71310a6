"""The consumer of all public events: batches in, unreadable ones to the dead letters, the rest archived and counted."""

from collections.abc import Callable, Sequence
from datetime import datetime
from time import perf_counter

import structlog

from services.analytics.adapters.telemetry import AnalyticsMetrics
from services.analytics.application.count import Counting, Folded, fold_event
from services.analytics.application.ports import UnreadableEvent, Watermarks
from services.analytics.domain.buckets import milliseconds
from services.analytics.entrypoints.facts import read_fact
from switchyard.eventing.attempts import Around
from switchyard.eventing.cloudevents import MalformedEnvelope
from switchyard.eventing.consumer_metrics import GroupCounts
from switchyard.eventing.dead_letters import DeadLetter, DeadLetters
from switchyard.eventing.records import RawRecord
from switchyard.kafka.batches import Ends

log = structlog.get_logger(__name__)

#: The public topics; what is announced there is archived, whether or not a figure counts it.
TOPICS = (
    "contact-events-v1",
    "routing-events-v1",
    "agent-state-events-v1",
    "routing-settings-events-v1",
    "ticket-events-v1",
    "quality-events-v1",
    "notice-events-v1",
    "survey-events-v1",
)

#: Compaction removes the older events of a key, so their numbers rightly have gaps.
COMPACTED = frozenset({"routing-settings-events-v1"})


class EventBatches:
    """Handles batches, and what is told of the log's ends in between."""

    def __init__(
        self,
        counting: Counting,
        watermarks: Watermarks,
        dead_letters: DeadLetters,
        *,
        group: str,
        metrics: AnalyticsMetrics,
        counts: GroupCounts,
        around: Around,
        clock: Callable[[], datetime],
    ) -> None:
        self._counting = counting
        self._watermarks = watermarks
        self._dead_letters = dead_letters
        self._group = group
        self._metrics = metrics
        self._counts = counts
        self._around = around
        self._clock = clock
        self._read_through: dict[tuple[str, int], int] = {}

    async def handle(self, records: Sequence[RawRecord]) -> None:
        """Archive and count; harmless when repeated. Raises StoreUnavailable, BrokerUnavailable."""
        began = perf_counter()
        folded = []
        for record in records:
            try:
                folded.append(self._fold(record))
            except (MalformedEnvelope, UnreadableEvent) as error:
                await self._bury(record, error)
        outcome = await self._counting.count(folded)
        self._metrics.batch.observe(perf_counter() - began)
        uncounted = len(outcome.uncounted_types)
        self._metrics.events.labels("counted").inc(outcome.archived - uncounted)
        self._metrics.events.labels("uncounted").inc(uncounted)
        self._metrics.events.labels("repeated").inc(outcome.repeated)
        self._metrics.gaps.inc(len(outcome.gaps))
        if outcome.gaps:
            first = outcome.gaps[0]
            log.warning("gaps-in-sources", gaps=len(outcome.gaps), source=first.source, before=first.sequence)

    async def progress(self, ends: Ends) -> None:
        """Tell how far the log is read: where all is handled up to the end, up to when that end was asked for."""
        asked_at = round(ends.asked_at * 1000)
        for partition, end in ends.ends.items():
            if ends.handled[partition] >= end:
                self._read_through[partition] = asked_at
        self._read_through = {each: self._read_through[each] for each in ends.ends if each in self._read_through}
        await self._counting.settle()
        await self._watermarks.tell(ends.cluster, ends.partitions, self._read_through)
        self._counts.lag.set(sum(max(0, end - ends.handled[each]) for each, end in ends.ends.items()))
        if (through := await self._watermarks.read_through()) is not None:
            self._metrics.freshness.set((milliseconds(self._clock()) - through) / 1000)

    def _fold(self, record: RawRecord) -> Folded:
        received = record.read()
        if not received.message.envelope.sequence:
            raise UnreadableEvent("an event without a sequence")
        with self._around(received):
            return fold_event(received, read_fact)

    async def _bury(self, record: RawRecord, error: Exception) -> None:
        """Nothing of it is archived: whoever repairs it publishes it again, and then it is counted."""
        self._metrics.events.labels("unreadable").inc()
        log.warning("unreadable-event", topic=record.place.topic, offset=record.place.offset, error=str(error))
        await self._dead_letters.send(DeadLetter(record=record, group=self._group, error=str(error)))
