"""The live board: what the crowd does and what the platform says, once a second."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from cli.demo.agents import Agent
from cli.demo.recount import Recount
from cli.demo.stage import Stage

REFRESH_SECONDS = 0.5


@dataclass(slots=True, kw_only=True)
class Board:
    """Redraws itself in a terminal; elsewhere it prints a line every ten seconds."""

    console: Console
    stage: Stage
    recount: Recount
    agents: Sequence[Agent]
    expected: int
    day_time: Callable[[], str]

    async def show(self) -> None:
        """Until cancelled."""
        if self.console.is_terminal:
            with Live(self._draw(), console=self.console, auto_refresh=False) as live:
                while True:
                    live.update(self._draw(), refresh=True)
                    await asyncio.sleep(REFRESH_SECONDS)
        while True:
            self.console.print(self._line())
            await asyncio.sleep(10)

    def _line(self) -> str:
        crowd = self.stage.crowd
        return (
            f"{self.day_time()}  arrived {crowd.arrived}/{self.expected}  waiting {crowd.waiting}  "
            f"talking {self._talking()}  service level {self._service_level()}"
        )

    def _draw(self) -> Group:
        crowd = self.stage.crowd
        head = Text.assemble(
            ("  Switchyard demo  ", "bold white on blue"),
            f"  {self.day_time()} at {self.stage.pace.speed:g} x",
            f"   service level {self._service_level()}",
        )
        counts = Table.grid(padding=(0, 3))
        counts.add_row("arrived", "waiting", "talking", "done", "surprises")
        counts.add_row(
            f"{crowd.arrived}/{self.expected}",
            str(crowd.waiting),
            str(self._talking()),
            str(crowd.gone),
            str(len(crowd.troubles)),
        )
        bar = ProgressBar(total=max(1, self.expected), completed=crowd.arrived, width=60)
        return Group(head, bar, counts, self._queues(), self._states())

    def _queues(self) -> Table:
        table = Table(box=None, padding=(0, 2))
        for column in ("queue", "channel", "offered", "answered", "in target", "abandoned"):
            table.add_column(column, justify="left" if column in {"queue", "channel"} else "right")
        counts = self.recount.counts
        for queue, channel in sorted({(queue, channel) for (name, queue, channel) in counts if name == "offered"}):
            names = ("offered", "answered", "answered_in_target", "abandoned")
            table.add_row(queue, channel, *(str(counts[(name, queue, channel)]) for name in names))
        return table

    def _states(self) -> Text:
        states = Counter(agent.state for agent in self.agents)
        return Text("agents: " + "  ".join(f"{state} {count}" for state, count in sorted(states.items())))

    def _talking(self) -> int:
        return sum(len(agent.talks) for agent in self.agents)

    def _service_level(self) -> str:
        total = Counter[str]()
        for (name, *_), count in self.recount.counts.items():
            total[name] += count
        return f"{total['answered_in_target'] / total['offered']:.0%}" if total["offered"] else "-"
