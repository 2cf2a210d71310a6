"""G13: what tracing and metrics cost: the whole path's load on two stacks side by side, in turns.

One stack records every span and has its metrics read; the other is as it comes, without an exporter.
"""

import asyncio
from collections.abc import Mapping
from statistics import median
from urllib.parse import urlsplit

from tests.bench.report import Figure, judged
from tests.bench.whole_path import Crew, Load, run_load

AIM = 0.9
_TURNS = 4
_SCRAPE_SECONDS = 5.0


async def measure(
    on: Crew, off: Crew, on_pids: Mapping[str, int], off_pids: Mapping[str, int], *, contacts: int
) -> Figure:
    each = max(contacts // _TURNS, 8)
    await on.work(each)
    await off.work(each)
    watching = asyncio.create_task(_scrape(on))
    pairs = [(await run_load(on, on_pids, each), await run_load(off, off_pids, each)) for _ in range(_TURNS)]
    watching.cancel()
    rates = median(with_.rate / without.rate for with_, without in pairs)
    cpu = median(_services(without) / _services(with_) for with_, without in pairs)
    return _figure(rates, cpu, pairs)


def _services(load: Load) -> float:
    aside = {"broker", "database", "load generator"}
    return sum(cost for name, cost in load.cpu_ms.items() if name not in aside)


async def _scrape(crew: Crew) -> None:
    """Read the metrics of all services as Prometheus would."""
    urls = [crew.scene.door.url, *crew.scene.endpoints["services"].values()]
    while True:
        for url in urls:
            parts = urlsplit(url)
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            writer.write(f"GET /metrics HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode())
            await reader.read()
            writer.close()
        await asyncio.sleep(_SCRAPE_SECONDS)


def _figure(rates: float, cpu: float, pairs: list[tuple[Load, Load]]) -> Figure:
    with_, without = median(p[0].rate for p in pairs), median(p[1].rate for p in pairs)
    return Figure(
        id="G13",
        what="tracing and metrics on : off, the whole path's throughput",
        aim=f">= {AIM}",
        measured=f"{with_:.0f} : {without:.0f} contacts/s; services' CPU a contact off : on {cpu:.2f}",
        ratio=f"{rates:.2f}",
        how=f"two stacks in turns, {len(pairs)} each; on: every span recorded and written, /metrics read every 5 s",
        verdict=judged(rates >= AIM),
        short=(
            f"With every trace recorded the path runs at {rates:.2f} of its speed: a recorded span costs some 30 us "
            "and a contact has dozens across six services. `SWITCHYARD_TRACE_RATIO` below 1 records a share; "
            "the default without an exporter records none."
        ),
    )
