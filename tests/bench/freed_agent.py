"""G1, second part: from an agent's request that frees them to the next offer at their socket, on Apache Kafka.

Beside it the bare path (bare_path.py) through the same broker and database, in turns, so that a busy machine is as
busy for both.
"""

import asyncio
import time

from tests.bench.bare_path import BarePath
from tests.bench.desk import Desk
from tests.bench.report import Figure, judged
from tests.bench.scene import Scene, until_settled
from tests.bench.timing import quantile

_OFFER_SECONDS = 30.0
_TURNS = 4
AIM_P50_MS, AIM_P99_MS, AIM_RATIO = 12.0, 30.0, 2.0


async def measure(scene: Scene, *, passages: int) -> Figure:
    each = max(passages // _TURNS, 2)
    ours: list[float] = []
    bare: list[float] = []
    (agent,) = await scene.build(1, at_once=1)
    await until_settled(scene, agent)
    async with (
        BarePath(scene.endpoints["kafka"], scene.endpoints["mongodb"]) as path,
        Desk(scene=scene, agent=agent) as desk,
    ):
        for _ in range(each * _TURNS + 2):
            await scene.text()
        await desk.be("available")
        # The first passages warm both up.
        await _free(desk, by_state=False)
        await path.passages(each)
        for _ in range(_TURNS):
            ours += [await _free(desk, by_state=number % 2 == 1) for number in range(each)]
            bare += await path.passages(each)
    return _figure(ours, bare)


async def _free(desk: Desk, *, by_state: bool) -> float:
    """Work a contact off; milliseconds from the request that frees the agent to the next offer."""
    offer, _ = await _next_offer(desk)
    await desk.accept(offer)
    await desk.end(offer["contact"])
    if by_state:
        await desk.be("not_ready")
        await desk.wrap_up(offer["contact"])
    began = time.perf_counter()
    await (desk.be("available") if by_state else desk.wrap_up(offer["contact"]))
    following, came = await _next_offer(desk)
    desk.offers.put_nowait((following, came))
    return (came - began) * 1000


async def _next_offer(desk: Desk) -> tuple[dict[str, str], float]:
    return await asyncio.wait_for(desk.offers.get(), _OFFER_SECONDS)


def _figure(ours: list[float], bare: list[float]) -> Figure:
    p50, p99 = quantile(ours, 0.5), quantile(ours, 0.99)
    floor50, floor99 = quantile(bare, 0.5), quantile(bare, 0.99)
    good = p50 <= AIM_P50_MS and p99 <= AIM_P99_MS and p50 <= AIM_RATIO * floor50 and p99 <= AIM_RATIO * floor99
    return Figure(
        id="G1",
        what="agent freed by REST (wrap-up or state) -> next offer at their socket",
        aim=f"p50 <= {AIM_P50_MS:.0f} ms, p99 <= {AIM_P99_MS:.0f} ms, within {AIM_RATIO:.0f} x the bare path",
        measured=f"p50 {p50:.1f} ms, p99 {p99:.1f} ms; bare path p50 {floor50:.1f} ms, p99 {floor99:.1f} ms",
        ratio=f"p50 {p50 / floor50:.2f}, p99 {p99 / floor99:.2f}",
        how=f"{len(ours)} passages one by one, half by each request, bare ones in turns with them",
        verdict=judged(good),
        short=_why(p50, p99, floor50, floor99),
    )


def _why(p50: float, p99: float, floor50: float, floor99: float) -> str:
    return (
        f"p50 is {p50:.1f} ms and p99 {p99:.1f} ms, where the same hops without our code take {floor50:.1f} and "
        f"{floor99:.1f} ms in this run. Beside the hops our request is authenticated and told apart from its repeats, "
        "the answer waits until the contact's own document has the event, and four more services read the same events "
        "on the same cores meanwhile."
    )
