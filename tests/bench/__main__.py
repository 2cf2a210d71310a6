"""`make bench`: every figure of docs/performance.md, in one run; `--quick` tries whether the benches work.

A figure that cannot be taken is a row that says so, and the run's exit code is 1.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from cli.background_stack import BackgroundStack
from switchyard.stack.apache_kafka import fetch_libraries
from switchyard.stack.secantus import SecantusDB
from switchyard.testing.processes import KAFKA_LIBRARIES
from tests.bench import (
    database_commands,
    durable_offer,
    freed_agent,
    intake_routes,
    known_figures,
    large_pool,
    memory,
    simulation,
    telemetry_cost,
    whole_path,
)
from tests.bench.machine import business, machine
from tests.bench.report import Figure, failed, page
from tests.bench.scene import ENVIRONMENT, scene_of
from tests.bench.whole_path import crew_of

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
_IDLE_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    passages: int = 200
    messages: int = 3_200
    contacts: int = 320
    turn_contacts: int = 192
    counted_contacts: int = 144


QUICK = Counts(passages=8, messages=160, contacts=30, turn_contacts=32, counted_contacts=20)


@dataclass(slots=True)
class Run:
    """Collects figures; one that fails leaves its row."""

    counts: Counts
    quick: bool
    folder: Path
    figures: list[Figure] = field(default_factory=list)

    async def take(self, name: str, measure: Callable[[], Awaitable[Figure | list[Figure]]]) -> None:
        began = time.monotonic()
        try:
            found = await measure()
        except Exception as error:  # noqa: BLE001 -- the row tells it, the other figures are taken all the same
            found = failed(name, error)
        new = found if isinstance(found, list) else [found]
        self.figures += new
        for each in new:
            _say(f"{each.id:8}{each.verdict:8}{each.ratio:24}{each.measured or each.short}")
        _say(f"        {name} took {time.monotonic() - began:.0f} s")

    async def all(self) -> None:
        await self.take("G2, G3, G5", self._engine)
        await self.take("G4", self._large_pool)
        await self.take("R12", self._simulation)
        await self.take("G6, G8", lambda: known_figures.kafka_figures(quick=self.quick))
        await self.take("G12", lambda: intake_routes.measure(messages=self.counts.messages))
        await self.take("memory", self._memory)
        await self.take("G1, inside", lambda: durable_offer.measure(passages=self.counts.passages))
        await self.take("stacks", self._stacks)
        await self.take("G10", self._commands)

    async def _engine(self) -> list[Figure]:
        return known_figures.engine_figures()

    async def _large_pool(self) -> list[Figure]:
        return await asyncio.to_thread(large_pool.figures, quick=self.quick)

    async def _simulation(self) -> Figure:
        return simulation.figure(quick=self.quick)

    async def _memory(self) -> list[Figure]:
        with BackgroundStack(self.folder / "embedded") as stack:
            await asyncio.sleep(_IDLE_SECONDS)
            return memory.measure(stack.pid, stack.processes)

    def _on_kafka(self, name: str, environment: Mapping[str, str], *arguments: str) -> BackgroundStack:
        """A stack on Apache Kafka, whose jars are brought once, not once a stack."""
        folder = self.folder / name
        folder.mkdir()
        fetch_libraries(KAFKA_LIBRARIES)
        (folder / "kafka-libs").symlink_to(KAFKA_LIBRARIES)
        return BackgroundStack(folder, ("--broker", "kafka", *arguments), dict(environment))

    async def _stacks(self) -> list[Figure]:
        """The stack as it comes, then the same beside one that records every span."""
        with self._on_kafka("plain", ENVIRONMENT) as plain:
            scene = await scene_of(plain)
            await self.take("G1", lambda: freed_agent.measure(scene, passages=self.counts.passages))
            await self.take("G14", lambda: self._whole_path(plain))
            await self.take("G13", lambda: self._telemetry(plain))
        return []

    async def _whole_path(self, stack: BackgroundStack) -> Figure:
        async with crew_of(await scene_of(stack)) as crew:
            return await whole_path.measure(crew, stack.processes, contacts=self.counts.contacts)

    async def _telemetry(self, plain: BackgroundStack) -> Figure:
        with self._on_kafka("traced", self._tracing()) as traced:
            async with crew_of(await scene_of(traced)) as on, crew_of(await scene_of(plain)) as off:
                contacts = self.counts.turn_contacts
                return await telemetry_cost.measure(on, off, traced.processes, plain.processes, contacts=contacts)

    def _tracing(self) -> dict[str, str]:
        return {**ENVIRONMENT, "SWITCHYARD_TRACE_FILE": str(self.folder / "traces.jsonl")}

    async def _commands(self) -> list[Figure]:
        database = SecantusDB(self.folder / "counted-db")
        database.start()
        try:
            with database_commands.CountingProcess(database.port) as proxy:
                uri = f"mongodb://127.0.0.1:{proxy.port}"
                with self._on_kafka("counted", ENVIRONMENT, "--mongodb", uri) as stack:
                    async with crew_of(await scene_of(stack)) as crew:
                        return await database_commands.measure(crew, proxy, contacts=self.counts.counted_contacts)
        finally:
            database.stop()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Writes docs/performance.md.")
    parser.add_argument("--quick", action="store_true", help="tiny counts: does every bench work? (writes no page)")
    parser.add_argument("--page", type=Path, help="write the page elsewhere")
    given = parser.parse_args()
    busy = business()
    with tempfile.TemporaryDirectory() as folder:
        run = Run(QUICK if given.quick else Counts(), given.quick, Path(folder))
        uvloop.run(run.all())
    text = page(run.figures, machine=machine(), busy=busy, quick=given.quick)
    where = given.page or (None if given.quick else _PAGE)
    if where is None:
        _say(text)
    else:
        where.write_text(text)
        _say(f"written to {where}")
    return 1 if any(each.verdict == "failed" for each in run.figures) else 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
