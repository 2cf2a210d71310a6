"""A run of the demo from the first sign-in to the verdict."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Console

from cli.demo.agents import Agent
from cli.demo.board import Board
from cli.demo.crowd import Outside, customer_of
from cli.demo.day import Arrival, Window
from cli.demo.figures import PlatformFigures, StatisticsDoor, read_figures
from cli.demo.partner import Partner
from cli.demo.recount import Recount
from cli.demo.settings_scaled import ScaledQueues
from cli.demo.stage import DoorRefusedError, Stage
from cli.demo.supervisor import Supervisor
from cli.demo.verdict import differences, show

#: How long the platform may take after the last wrap-up until every score, survey and figure is in.
SETTLE_SECONDS = 60.0
#: How long nobody waits and talks before the day is called over: longer than a wrap-up may last, and than a
#: survey takes to reach a customer on a busy machine.
QUIET_DAY_SECONDS = 120.0
QUIET_SECONDS = 10.0


@dataclass(slots=True, kw_only=True)
class Run:
    endpoints: Mapping[str, Any]
    console: Console
    recount: Recount
    stage: Stage
    outside: Outside
    window: Window
    crowd_to_come: list[Arrival]
    agents: list[Agent]
    supervisor: Supervisor
    began: datetime

    async def play(self) -> bool:
        """Returns whether every figure is equal."""
        scaled = ScaledQueues(stage=self.stage, token=self.endpoints["tokens"]["admin"])
        stop = asyncio.Event()
        partner = Partner(
            bootstrap=self.endpoints["kafka"],
            embedded=self.endpoints["kafka_embedded"],
            tenant=self.stage.tenant,
            recount=self.recount,
        )
        before = await self._steady_figures()
        reading = asyncio.create_task(partner.read(stop))
        try:
            await partner.ready()
            await scaled.scale()
            await self._day()
            return await self._verdict(before)
        finally:
            stop.set()
            await scaled.restore()
            await reading

    async def _day(self) -> None:
        board = Board(
            console=self.console,
            stage=self.stage,
            recount=self.recount,
            agents=self.agents,
            expected=len(self.crowd_to_come),
            day_time=self._day_time,
        )
        working = await self._sign_in()
        self.began = datetime.now(UTC)
        showing = asyncio.create_task(board.show())
        watching = asyncio.create_task(self.supervisor.watch())
        try:
            await self._customers()
            self.supervisor.leaving.set()
            await watching
            for agent in self.agents:
                agent.leaving.set()
            await asyncio.gather(*working)
        finally:
            showing.cancel()
            watching.cancel()
            for work in working:
                work.cancel()

    async def _sign_in(self) -> list[asyncio.Task[None]]:
        working = []
        for agent in self.agents:
            ready = asyncio.Event()
            task = asyncio.create_task(agent.work(ready))
            working.append(task)
            seated = asyncio.create_task(ready.wait())
            await asyncio.wait({task, seated}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
        return working

    async def _customers(self) -> None:
        loop = asyncio.get_running_loop()
        opening = loop.time()
        visits = set()
        for arrival in self.crowd_to_come:
            await asyncio.sleep(max(0.0, opening + self.stage.pace.scaled(arrival.at_seconds) - loop.time()))
            visits.add(asyncio.create_task(self._visit(arrival)))
        over = asyncio.create_task(self._quiet())
        over.add_done_callback(lambda _: [visit.cancel() for visit in visits])
        await asyncio.gather(*visits, return_exceptions=True)
        over.cancel()

    async def _quiet(self) -> None:
        """Wait until nobody waits or talks for a while: who still looks out for a survey then will get none."""
        calm = 0.0
        while calm < self.stage.pace.scaled(QUIET_DAY_SECONDS) + QUIET_SECONDS:
            await asyncio.sleep(0.5)
            idle = self.stage.crowd.waiting == 0 and not any(agent.acts or agent.ringing for agent in self.agents)
            calm = calm + 0.5 if idle else 0.0

    async def _visit(self, arrival: Arrival) -> None:
        self.stage.crowd.arrived += 1
        try:
            await customer_of(self.stage, self.outside, arrival).live()
        except Exception as error:  # noqa: BLE001 - one customer's trouble is told at the end, the day goes on
            self.stage.crowd.trouble(f"{arrival.channel} customer {arrival.number}: {type(error).__name__}: {error}")
        self.stage.crowd.gone += 1

    async def _verdict(self, before: PlatformFigures) -> bool:
        platform = await self._settled(before)
        equal = show(self.console, self.stage.ledger, self.recount, platform)
        self.supervisor.tell(self.console, self.recount)
        for trouble in self.stage.crowd.troubles:
            self.console.print(f"[red]surprise[/red] {trouble}")
        good = equal and not self.stage.crowd.troubles
        self.console.print("[green]All figures are equal.[/green]" if good else "[red]Not everything is equal.[/red]")
        return good

    async def _settled(self, before: PlatformFigures) -> PlatformFigures:
        """The platform's figures once they say what the demo says, or after the time they are given."""
        until = asyncio.get_running_loop().time() + SETTLE_SECONDS
        with self.console.status("waiting for the last scores, surveys and figures"):
            while True:
                platform = (await self._figures()).less(before)
                late = asyncio.get_running_loop().time() > until
                if late or not differences(self.stage.ledger, self.recount, platform):
                    return platform
                await asyncio.sleep(1)

    async def _steady_figures(self) -> PlatformFigures:
        """The figures before the day, once the platform has counted all before it. Raises DoorRefusedError."""
        until = asyncio.get_running_loop().time() + SETTLE_SECONDS
        figures = await self._figures()
        while asyncio.get_running_loop().time() < until:
            await asyncio.sleep(2)
            again = await self._figures()
            if not again.less(figures).says_anything():
                return again
            figures = again
        raise DoorRefusedError("the figures do not come to rest: somebody else is at work in this tenant")

    async def _figures(self) -> PlatformFigures:
        door = StatisticsDoor(
            http=self.stage.http,
            api=self.stage.api,
            token=self.endpoints["tokens"]["supervisor"],
            start=self.began - timedelta(minutes=1),
            end=datetime.now(UTC),
        )
        return await read_figures(door)

    def _day_time(self) -> str:
        passed = (datetime.now(UTC) - self.began) * self.stage.pace.speed
        return (datetime.combine(self.window.day, self.window.start) + passed).strftime("%d %b %H:%M:%S")
