"""Journal first, announce after: how what was decided becomes true and then known."""

from collections.abc import Callable, Mapping, Sequence

import structlog

from services.routing.application.insisting import Insisting
from services.routing.application.live_pool import Draft, LivePool
from services.routing.application.measures import Measures
from services.routing.application.ports import Encode, Journal, JournalEntry, PoolKey, Reached
from services.routing.application.snapshotting import Snapshotting
from services.routing.domain.events import ContactParked
from switchyard.eventing.ports import Publisher

log = structlog.get_logger(__name__)


class Recording:
    def __init__(
        self,
        *,
        pools: Mapping[PoolKey, LivePool],
        journal: Journal,
        publisher: Publisher,
        encode: Encode,
        new_id: Callable[[], str],
        measures: Measures,
        reached: Reached,
        insisting: Insisting,
        snapshots: Snapshotting,
    ) -> None:
        self._pools = pools
        self._journal = journal
        self._publisher = publisher
        self._encode = encode
        self._new_id = new_id
        self._measures = measures
        self._reached = reached
        self._insisting = insisting
        self._snapshots = snapshots

    async def conclude(self, drafts: Mapping[PoolKey, Draft]) -> set[PoolKey]:
        """Journal and announce what a batch did; gives the pools that another replica has written to.

        Raises Stopping.
        """
        batch_id = self._new_id()
        entries = [entry for key, draft in drafts.items() if (entry := self._pools[key].entry(draft, batch_id))]
        self._reached("after-decide")
        if not entries:
            return set()
        lost = await self._insisting.on(lambda: self._journal.append(entries))
        self._reached("after-journal")
        mine = [entry for entry in entries if entry.pool not in lost]
        for entry in mine:
            self._pools[entry.pool].journalled(entry)
        await self._announce(mine)
        for key in lost:
            self._measures.fenced()
            log.warning("journal-taken-by-another", pool=str(key))
        return lost

    async def finish(self) -> None:
        """Wait for the snapshot in hand."""
        await self._snapshots.finish()

    async def _announce(self, entries: Sequence[JournalEntry]) -> None:
        messages = [message for entry in entries for message in self._encode(entry)]
        if messages:
            await self._insisting.on(lambda: self._publisher.publish(messages))
        self._reached("after-publish")
        for entry in entries:
            pool = self._pools[entry.pool]
            pool.published_through = entry.sequence
            self._snapshots.consider(pool)
            _report_parked(entry)
        self._measures.decided(entries)


def _report_parked(entry: JournalEntry) -> None:
    """Have somebody look: a rule, or an expression in one, fails on this contact."""
    for step in entry.steps:
        for event in step.events:
            if isinstance(event, ContactParked):
                log.error("contact-parked", pool=str(entry.pool), contact=event.entry.contact_id, error=event.error)
