"""The simulation can fail: each of these faults, planted in the service or under it, is found within the 200 seeds."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from services.routing.application.horizon import Horizon
from services.routing.application.insisting import Insisting
from services.routing.application.live_pool import Draft, LivePool
from services.routing.application.loop import RoutingLoop
from services.routing.application.ports import JournalEntry, PoolKey
from services.routing.application.recording import Recording
from services.routing.application.snapshotting import Snapshotting
from services.routing.application.take_over import TakeOver
from services.routing.domain import engine
from services.routing.domain.engine import Step
from services.routing.domain.moments import Moment
from services.routing.domain.pool import PoolState
from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.eventing.ports import BrokerUnavailable
from switchyard.eventing.records import RawRecord
from tests.unit.routing_under_faults.journal import Database
from tests.unit.routing_under_faults.seeds import FEW
from tests.unit.routing_under_faults.world import DATABASES, simulated

Plant = Callable[[pytest.MonkeyPatch], DATABASES]


def tells_before_it_journals(monkeypatch: pytest.MonkeyPatch) -> DATABASES:
    conclude = Recording.conclude

    async def announce_first(self: Recording, drafts: Mapping[PoolKey, Draft]) -> set[PoolKey]:
        entries = [entry for key, draft in drafts.items() if (entry := self._pools[key].entry(draft, "early"))]
        messages = [message for entry in entries for message in self._encode(entry)]
        if messages:
            await self._insisting.on(lambda: self._publisher.publish(messages))
        return await conclude(self, drafts)

    monkeypatch.setattr(Recording, "conclude", announce_first)
    return Database


class Unfenced(Database):
    """The last writer of a number wins."""

    def append(self, entries: Sequence[JournalEntry]) -> set[PoolKey]:
        for entry in entries:
            self.journal._entries.pop((entry.pool, entry.sequence), None)
        return super().append(entries)


def a_journal_without_the_fence(_: pytest.MonkeyPatch) -> DATABASES:
    return Unfenced


def overlooks_the_fence(monkeypatch: pytest.MonkeyPatch) -> DATABASES:
    """A replica that goes on as if another's entry were its own."""

    class Blind(Database):
        def append(self, entries: Sequence[JournalEntry]) -> set[PoolKey]:
            super().append(entries)
            return set()

    return Blind


def takes_over_without_publishing_the_unpublished(monkeypatch: pytest.MonkeyPatch) -> DATABASES:
    async def silent(self: TakeOver, key: PoolKey, partition: int) -> LivePool:
        pool = await self._from_snapshot(key, partition)
        async for entry in self.journal.read(key, pool.sequence):
            pool.replay(entry)
        pool.published_through = pool.sequence
        return pool

    monkeypatch.setattr(TakeOver, "load", silent)
    return Database


def commits_before_it_is_done(monkeypatch: pytest.MonkeyPatch) -> DATABASES:
    decoded = RoutingLoop._decoded

    async def early(self: RoutingLoop, records: Sequence[RawRecord]) -> Any:
        for record in records:
            self._commands.done(record.place.partition, record.place.offset)
        return await decoded(self, records)

    monkeypatch.setattr(RoutingLoop, "_decoded", early)
    return Database


def fires_timers_though_the_log_is_unread(monkeypatch: pytest.MonkeyPatch) -> DATABASES:
    async def at_once(self: Horizon, partitions: Collection[int], now: Moment) -> Moment:
        return now

    monkeypatch.setattr(Horizon, "through", at_once)
    return Database


def believes_that_what_came_back_was_never_away(monkeypatch: pytest.MonkeyPatch) -> DATABASES:
    """A pool whose partition was another replica's in between is not read again."""

    catch_up = RoutingLoop._catch_up

    async def trust(self: RoutingLoop, key: PoolKey, partition: int) -> None:
        if partition not in self._partitions:
            await catch_up(self, key, partition)

    monkeypatch.setattr(RoutingLoop, "_catch_up", trust)
    return Database


def takes_a_failed_write_for_done(monkeypatch: pytest.MonkeyPatch) -> DATABASES:
    return _gives_up_on(monkeypatch, StoreUnavailable)


def takes_a_failed_publication_for_done(monkeypatch: pytest.MonkeyPatch) -> DATABASES:
    return _gives_up_on(monkeypatch, BrokerUnavailable)


def _gives_up_on(monkeypatch: pytest.MonkeyPatch, kind: type[Exception]) -> DATABASES:
    insist = Insisting.on

    async def once(self: Insisting, attempt: Callable[[], Awaitable[Any]]) -> Any:
        if attempt.__qualname__.startswith("Recording."):
            try:
                return await attempt()
            except kind:
                return set()
        return await insist(self, attempt)

    monkeypatch.setattr(Insisting, "on", once)
    return Database


def numbers_a_snapshot_too_high(monkeypatch: pytest.MonkeyPatch) -> DATABASES:
    write = Snapshotting._write

    async def ahead(self: Snapshotting, key: PoolKey, snapshot: Any) -> None:
        await write(self, key, replace(snapshot, sequence=snapshot.sequence + 1))

    monkeypatch.setattr(Snapshotting, "_write", ahead)
    return Database


def forgets_refusals_when_it_replays(monkeypatch: pytest.MonkeyPatch) -> DATABASES:
    faithful = engine.replay

    def unfaithful(state: PoolState, step: Step, now: Moment) -> None:
        faithful(state, step if step.refusal is None else replace(step, command=None), now)

    monkeypatch.setattr("services.routing.application.live_pool.replay", unfaithful)
    return Database


PLANTS: tuple[Plant, ...] = (
    tells_before_it_journals,
    a_journal_without_the_fence,
    overlooks_the_fence,
    takes_over_without_publishing_the_unpublished,
    commits_before_it_is_done,
    fires_timers_though_the_log_is_unread,
    believes_that_what_came_back_was_never_away,
    takes_a_failed_write_for_done,
    takes_a_failed_publication_for_done,
    numbers_a_snapshot_too_high,
    forgets_refusals_when_it_replays,
)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    database = plant(monkeypatch)
    assert any(simulated(seed, database).violations for seed in range(FEW))
