"""`switchyard demo`."""

import asyncio
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console

from cli import endpoints
from cli.demo.day import UnknownDayError
from cli.demo.opening import demo
from cli.demo.options import DEFAULT_AGENTS, DEFAULT_DAY, DEFAULT_SPEED, DemoOptions
from cli.demo.stage import DoorRefusedError


def demo_command(
    *,
    dir: Annotated[Path, typer.Option(help="The folder that `switchyard up` uses.")] = Path("var"),  # noqa: A002 -- the option's name
    day: Annotated[str, typer.Option(help="Day of the data, 2003-03-03 to 2003-03-07.")] = DEFAULT_DAY.isoformat(),
    from_: Annotated[str, typer.Option("--from", help="Start, HH:MM; the busiest hour where neither is given.")] = "",
    to: Annotated[str, typer.Option(help="End, HH:MM.")] = "",
    speed: Annotated[float, typer.Option(help="Times the pace of the day.", min=1, max=200)] = DEFAULT_SPEED,
    agents: Annotated[int, typer.Option(help="Agents at work.", min=6, max=30)] = DEFAULT_AGENTS,
    share: Annotated[
        float | None, typer.Option(help="Share of the calls, 0 to 1; what the agents carry where not given.", max=1)
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed, another crowd.")] = 1,
) -> None:
    """Replay a bank's day through the public doors and check the platform's figures; needs a running stack."""
    console = Console()
    options = DemoOptions(
        folder=dir,
        day=date.fromisoformat(day),
        start=_time(from_),
        end=_time(to),
        speed=speed,
        agents=agents,
        share=share,
        seed=seed,
    )
    try:
        equal = asyncio.run(demo(options, endpoints.read(dir), console))
    except FileNotFoundError:
        console.print(f"No stack is described in {dir}: start one with `make run` in another terminal.")
        raise typer.Exit(2) from None
    except httpx.TransportError as error:
        console.print(
            f"The platform does not answer ({error}). Start it with `make run` in another terminal, and let it run "
            "until the demo is over."
        )
        raise typer.Exit(2) from None
    except (UnknownDayError, DoorRefusedError, OSError) as error:
        console.print(f"The demo could not run: {error}")
        raise typer.Exit(2) from error
    raise typer.Exit(0 if equal else 1)


def _time(text: str) -> time | None:
    return datetime.strptime(text, "%H:%M").time() if text else None  # noqa: DTZ007 - a time of the recorded day
