"""Publishing what documents hold in their outboxes: at once after the write, or later by a sweep; never giving up.

A document's outbox is published whole and in order, and only what the broker has acknowledged counts as sent. What
was sent is remembered here until a later write of the document, or a bulk mark by the sweeper, says so in the store;
after a crash in between it is published once more, under the same ids.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.eventing.clock import Clock, utc_now
from switchyard.eventing.envelope import Message
from switchyard.eventing.ports import BrokerUnavailable, Publisher

log = structlog.get_logger(__name__)

#: Marks held back while the store cannot take them; past this they are forgotten, which costs duplicates only.
_MOST_MARKS = 100_000
_SWEEP_BATCH = 500
_NOTHING = (None, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsentDocument:
    """A document with an unsent outbox; `version` names the write that `messages` were read after."""

    id: Any
    version: int
    messages: tuple[Message, ...]


class OutboxStore(Protocol):
    """Every method raises StoreUnavailable."""

    async def unsent(self, *, before: datetime, limit: int) -> list[UnsentDocument]:
        """Read documents whose oldest unsent message was stored before then, the oldest first."""

    async def mark_sent(self, sent: Sequence[tuple[Any, int]]) -> None:
        """Empty the outbox of each (id, version) that is still at that version."""

    async def oldest_unsent(self) -> datetime | None:
        """Tell since when the oldest unsent message waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxLimits:
    """Seconds: how long a writer waits for the broker; between sweeps; before a sweep takes what another process
    may still be publishing; and after which intake should be refused, because events pile up.
    """

    publish_wait: float = 1.0
    sweep_interval: float = 1.0
    grace: float = 3.0
    too_old: float = 30.0


class OutboxPublisher:
    """One per collection and process."""

    def __init__(
        self, store: OutboxStore, publisher: Publisher, *, clock: Clock = utc_now, limits: OutboxLimits | None = None
    ) -> None:
        self._store = store
        self._publisher = publisher
        self._clock = clock
        self._limits = limits or OutboxLimits()
        self._published: dict[Any, tuple[Any, int]] = {}
        self._publishing: set[asyncio.Task[bool]] = set()
        self._broker_away = False
        self._swept_once = False
        self.oldest_unsent_seconds = 0.0

    @property
    def too_old(self) -> bool:
        """True where intake should answer 503 until the broker has caught up."""
        return self.oldest_unsent_seconds > self._limits.too_old

    def is_published(self, document_id: Any, version: int) -> bool:
        """True where this process has published everything the document held at that version."""
        return self._published.get(_key(document_id), _NOTHING)[1] >= version

    async def publish(self, document_id: Any, version: int, messages: Sequence[Message]) -> bool:
        """Publish a document's whole outbox, waiting no longer than the limit; returns whether it is known sent.

        While the broker is known to be away nothing is tried: the sweeper finds out when it is back.
        """
        if not messages:
            return True
        if self._broker_away:
            return False
        task = asyncio.create_task(self._publish(document_id, version, messages))
        self._publishing.add(task)
        task.add_done_callback(self._publishing.discard)
        await asyncio.wait({task}, timeout=self._limits.publish_wait)
        return task.done() and not task.cancelled() and task.result()

    async def _publish(self, document_id: Any, version: int, messages: Sequence[Message]) -> bool:
        try:
            await self._publisher.publish(messages)
        except BrokerUnavailable:
            self._note_broker(away=True)
            return False
        self._remember(document_id, version)
        return True

    def _note_broker(self, *, away: bool) -> None:
        if away != self._broker_away:
            log.warning("outbox-broker-away" if away else "outbox-broker-back")
        self._broker_away = away

    def _remember(self, document_id: Any, version: int) -> None:
        if len(self._published) >= _MOST_MARKS:
            self._published.clear()
        key = _key(document_id)
        self._published[key] = (document_id, max(version, self._published.get(key, _NOTHING)[1]))

    async def mark(self) -> None:
        """Tell the store in bulk what was sent. Raises StoreUnavailable."""
        marks = dict(self._published)
        if not marks:
            return
        await self._store.mark_sent(list(marks.values()))
        for key, mark in marks.items():
            if self._published.get(key) == mark:
                del self._published[key]

    async def sweep(self) -> int:
        """Publish everything that waits and is not just being published; returns the number of documents sent.

        The first sweep, and one after the broker was away, take what is fresh too. Raises StoreUnavailable.
        """
        await self.mark()
        sent = 0
        grace = 0.0 if self._broker_away or not self._swept_once else self._limits.grace
        before = self._clock() - timedelta(seconds=grace)
        while batch := await self._unsent(before):
            if not await self._publish_swept(batch):
                break
            sent += len(batch)
            await self.mark()
        self._swept_once = True
        await self._measure()
        return sent

    async def _unsent(self, before: datetime) -> list[UnsentDocument]:
        found = await self._store.unsent(before=before, limit=_SWEEP_BATCH)
        waiting = [document for document in found if not self.is_published(document.id, document.version)]
        return sorted(waiting, key=_first_number)

    async def _publish_swept(self, batch: list[UnsentDocument]) -> bool:
        try:
            await self._publisher.publish([message for document in batch for message in document.messages])
        except BrokerUnavailable:
            self._note_broker(away=True)
            return False
        self._note_broker(away=False)
        for document in batch:
            self._remember(document.id, document.version)
        return True

    async def _measure(self) -> None:
        oldest = await self._store.oldest_unsent()
        self.oldest_unsent_seconds = 0.0 if oldest is None else max(0.0, (self._clock() - oldest).total_seconds())
        if oldest is None:
            self._note_broker(away=False)

    async def run(self, stop: asyncio.Event) -> None:
        """Sweep at once and then on a timer until told to stop; marks what was sent before returning."""
        while not stop.is_set():
            await self._sweep_or_log()
            try:
                await asyncio.wait_for(stop.wait(), self._limits.sweep_interval)
            except TimeoutError:
                continue
        await self._finish()

    async def _sweep_or_log(self) -> None:
        try:
            await self.sweep()
        except StoreUnavailable as error:
            log.warning("outbox-sweep-failed", error=str(error))
        except Exception:
            log.exception("outbox-sweep-failed")

    async def _finish(self) -> None:
        if self._publishing:
            await asyncio.wait(self._publishing, timeout=self._limits.publish_wait)
        try:
            await self.mark()
        except StoreUnavailable as error:
            log.warning("outbox-marks-left", error=str(error))


def _first_number(document: UnsentDocument) -> tuple[str, int]:
    """Sort documents that share a source, such as a contact's lines, by their numbers."""
    for message in document.messages:
        if message.envelope.sequence is not None:
            return message.envelope.source, message.envelope.sequence
    return "", 0


def _key(document_id: Any) -> Any:
    """Make a compound `_id` usable as a dictionary's key."""
    return tuple(document_id.items()) if isinstance(document_id, dict) else document_id
