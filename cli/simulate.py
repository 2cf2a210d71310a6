"""`switchyard simulate`: play a scenario with the production engine, here, without any service running."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from cli.scenario_file import ScenarioFileError, load
from cli.simulation_tables import tables
from services.routing.simulation.floor import TimeStandsStill
from services.routing.simulation.reading import ScenarioInvalid, read_scenario
from services.routing.simulation.scenario import Scenario
from services.routing.simulation.simulating import simulate


def simulate_command(
    file: Annotated[Path, typer.Argument(help="The scenario, YAML or JSON; docs/simulation.md says what it may hold.")],
    replications: Annotated[int | None, typer.Option(min=1, max=1_000, help="Instead of the scenario's own.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Instead of the scenario's own.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write every figure there, as JSON.")] = None,
    check: Annotated[bool, typer.Option(help="Look after every step whether a contact was lost.")] = False,
) -> None:
    """Simulate a day: the same seed gives the same figures, to the bit."""
    try:
        scenario = _scenario(file)
        results = _simulated(scenario, seed=seed, replications=replications, check=check)
        if out is not None:
            out.write_text(json.dumps(results, indent=1) + "\n")
    except (ScenarioFileError, TimeStandsStill, OSError) as error:
        print(f"switchyard: {error}", file=sys.stderr)
        raise typer.Exit(1) from error
    console = Console()
    for table in tables(results):
        console.print(table)
    if out is not None:
        console.print(f"every figure, with rows of 15 minutes, is in {out}")


def _scenario(file: Path) -> Scenario:
    """Raises ScenarioFileError."""
    written = load(file)
    try:
        return read_scenario(written.plain)
    except ScenarioInvalid as invalid:
        raise ScenarioFileError(f"the scenario cannot be simulated\n{written.refusal(invalid)}") from invalid


def _simulated(scenario: Scenario, *, seed: int | None, replications: int | None, check: bool) -> dict[str, Any]:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(scenario.name, total=1.0)
        return simulate(
            scenario,
            seed=seed,
            replications=replications,
            checked=check,
            progress=lambda share: shown.update(task, completed=share),
        )
