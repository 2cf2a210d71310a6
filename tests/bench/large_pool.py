"""G4, one routing process with 15,000 agents and 500,000 queued contacts; G5, what it does while they only wait.

A process of its own fills the pool through the engine, decides at full load, and writes the pool's snapshot and a
journal behind it to the database; another takes the pool over from there. `python -m tests.bench.large_pool` prints
JSON; `fill` and `take-over` are its two processes.
"""

import asyncio
import gc
import itertools
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.routing.adapters.mongo_journal import MongoJournal
from services.routing.application.live_pool import LivePool
from services.routing.application.ports import JournalEntry, PoolKey
from services.routing.application.snapshotting import CONTACTS_PER_ENTRY, ENTRIES_BETWEEN, Snapshotting
from services.routing.application.take_over import TakeOver
from services.routing.domain.commands import Command
from services.routing.domain.engine import Step, handle
from services.routing.domain.stays import Waiting
from switchyard.mongo.client import MongoSettings, connect
from switchyard.stack.secantus import SecantusDB
from switchyard.testing.memory_bus import InMemoryBus
from tests.bench.engine import Floor
from tests.bench.report import Figure, judged
from tests.bench.timing import quantile

AGENTS, QUEUED, QUEUES = 15_000, 500_000, 50
DECISIONS = 20_000
#: A customer comes each so many milliseconds: what the engine remembers for ten minutes is remembered for those.
_EVERY_MS = 25
AIM_MS, AIM_MIB, AIM_SECONDS = 1.0, 2_048.0, 30.0
_KEY = PoolKey("acme", "bench")


@dataclass
class WatchedFloor(Floor):
    """A floor that times each decision, and writes down what each did."""

    took_ns: list[int] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def do(self, command: Command) -> Step:
        began = time.thread_time_ns()
        step = handle(self.state, command, self.now)
        self.took_ns.append(time.thread_time_ns() - began)
        self.steps.append(step)
        return step


def measured(scale: int = 1) -> dict[str, Any]:
    """Measure a pool so many times smaller."""
    with tempfile.TemporaryDirectory() as folder:
        database = SecantusDB(Path(folder))
        database.start()
        try:
            filled = _child("fill", database.uri, scale)
            taken = _child("take-over", database.uri, scale)
        finally:
            database.stop()
    return {"filled": filled, "taken_over": taken}


def _child(part: str, uri: str, scale: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.large_pool", part, uri, str(scale)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


async def fill(uri: str, scale: int) -> dict[str, Any]:
    """Fill a pool, decide, and leave a snapshot with as much of a journal behind it as there ever is."""
    floor = WatchedFloor(AGENTS // scale, queues=QUEUES, waiting=0)
    floor.build()
    for number in range(QUEUED // scale):
        floor.pass_time(_EVERY_MS)
        floor.arrive(AGENTS + number)
        floor.steps.clear()
        floor.took_ns.clear()
    pool = LivePool(key=_KEY, partition=0, state=floor.state, sequence=1)
    decisions_ms = _decisions(floor, DECISIONS // scale)
    async with _journal(uri) as journal:
        began, worked = time.perf_counter(), time.process_time()
        snapshots = Snapshotting(journal, entries_between=1)
        pool.sequence = max(2, len(floor.state.contacts) // CONTACTS_PER_ENTRY)
        captured_ms = _timed_ms(lambda: snapshots.consider(pool))
        await snapshots.finish()
        snapshot_seconds, snapshot_cpu = time.perf_counter() - began, time.process_time() - worked
        entries = max(ENTRIES_BETWEEN // scale, len(floor.state.contacts) // CONTACTS_PER_ENTRY)
        await _journalled(journal, pool, floor, entries)
    return {
        "agents": len(floor.state.agents),
        "waiting": _waiting(pool),
        "decision_p50_us": round(quantile(decisions_ms, 0.5) * 1000, 1),
        "decision_p99_us": round(quantile(decisions_ms, 0.99) * 1000, 1),
        "decision_most_ms": round(max(decisions_ms), 1),
        "collection_seconds": round(_timed_ms(gc.collect) / 1000, 2),
        "captured_ms": round(captured_ms, 1),
        "snapshot_seconds": round(snapshot_seconds, 1),
        "snapshot_cpu_seconds": round(snapshot_cpu, 1),
        "entries": entries,
        "mib": _most_mib(),
    }


async def take_over(uri: str, _: int) -> dict[str, Any]:
    """Make the pool again from the database; `pause` is the longest that nothing else had its turn meanwhile."""
    async with _journal(uri) as journal:
        bus = InMemoryBus()
        began, worked = time.perf_counter(), time.process_time()
        pauses = asyncio.create_task(_longest_pause())
        pool = await TakeOver(journal, bus, lambda _: []).load(_KEY, 0)
        seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - worked
        pauses.cancel()
    return {
        "agents": len(pool.state.agents),
        "waiting": _waiting(pool),
        "sequence": pool.sequence,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(cpu_seconds, 1),
        "pause_seconds": round(await pauses, 2),
        "mib": _most_mib(),
    }


def figures(*, quick: bool) -> list[Figure]:
    found = measured(100 if quick else 1)
    filled, taken = found["filled"], found["taken_over"]
    if filled["waiting"] != taken["waiting"] or filled["agents"] != taken["agents"]:
        raise RuntimeError(f"the pool taken over is another: {found}")
    p99_ms, mib = filled["decision_p99_us"] / 1000, max(filled["mib"], taken["mib"])
    good = p99_ms <= AIM_MS and mib <= AIM_MIB and taken["seconds"] <= AIM_SECONDS
    size = f"{filled['agents']:,} agents and {filled['waiting']:,} queued contacts"
    return [
        Figure(
            id="G4",
            what=f"one routing process holding {size}",
            aim=f"decision p99 <= {AIM_MS:.0f} ms, <= {AIM_MIB / 1024:.0f} GiB, rebuilt in <= {AIM_SECONDS:.0f} s",
            measured=(
                f"p99 {p99_ms:.2f} ms; {mib:,.0f} MiB at most; rebuilt in {taken['seconds']:.0f} s, the loop held up "
                f"for {taken['pause_seconds']:.1f} s at most"
            ),
            ratio=f"p99 {p99_ms / AIM_MS:.2f}, memory {mib / AIM_MIB:.2f}, time {taken['seconds'] / AIM_SECONDS:.2f}",
            how=(
                f"CPU of {DECISIONS:,} decisions; rebuilt from a snapshot, {filled['snapshot_seconds']:.0f} s beside "
                f"the loop, and {filled['entries']:,} journal entries behind it, in the embedded database"
            ),
            verdict=judged(good),
            short=f"A collection of garbage holds the process up for {filled['collection_seconds']:.1f} s.",
        )
    ]


def _decisions(floor: WatchedFloor, most: int) -> list[float]:
    """Time each decision: milliseconds of CPU."""
    floor.took_ns.clear()
    for number in itertools.count():
        if len(floor.took_ns) >= most:
            break
        floor.cycle(number)
    return [nanoseconds / 1e6 for nanoseconds in floor.took_ns]


async def _journalled(journal: MongoJournal, pool: LivePool, floor: WatchedFloor, entries: int) -> None:
    """Write down what the floor does on, a cycle an entry."""
    batch: list[JournalEntry] = []
    for number in range(entries):
        draft = pool.begin(floor.now)
        floor.steps = draft.steps
        floor.cycle(1_000_000 + number)
        entry = pool.entry(draft, "bench")
        assert entry is not None
        pool.journalled(entry)
        batch.append(entry)
        if len(batch) == 100 or number == entries - 1:
            await journal.append(batch)
            batch = []


async def _longest_pause() -> float:
    longest, last = 0.0, time.perf_counter()
    try:
        while True:
            await asyncio.sleep(0.01)
            now = time.perf_counter()
            longest, last = max(longest, now - last - 0.01), now
    except asyncio.CancelledError:
        return max(longest, time.perf_counter() - last)


@asynccontextmanager
async def _journal(uri: str) -> AsyncIterator[MongoJournal]:
    client = connect(MongoSettings(uri=uri, database="bench"))
    try:
        yield MongoJournal(client["bench"], instance="bench", address="http://bench")
    finally:
        client.close()


def _waiting(pool: LivePool) -> int:
    return sum(isinstance(stay, Waiting) for stay in pool.state.contacts.values())


def _timed_ms(work: Any) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _most_mib() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 0)


def main() -> None:
    parts = {"fill": fill, "take-over": take_over}
    if len(sys.argv) > 1:
        result = asyncio.run(parts[sys.argv[1]](sys.argv[2], int(sys.argv[3])))
        sys.stdout.write(json.dumps(result) + "\n")
    else:
        sys.stdout.write(json.dumps(measured(), indent=2) + "\n")


if __name__ == "__main__":
    main()
