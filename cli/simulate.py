"""`switchyard simulate`: play a scenario with the production engine, here, without any service running."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from cli.recorded_file import load_recorded
from cli.scenario_file import ScenarioFileError, load
from cli.simulation_tables import tables
from services.routing.adapters.cel_expressions import CelExpressions
from services.routing.adapters.simulated_pool import pools_with
from services.routing.simulation.floor import TimeStandsStill
from services.routing.simulation.reading import ScenarioInvalid, read_scenario
from services.routing.simulation.replaying import NothingRecorded, replay_of
from services.routing.simulation.results import Plain
from services.routing.simulation.scenario import Scenario
from services.routing.simulation.simulating import simulate


def simulate_command(
    file: Annotated[
        Path,
        typer.Argument(help="The scenario, YAML or JSON, as in docs/simulation.md; with --recorded, what changes."),
    ],
    *,
    recorded: Annotated[
        Path | None, typer.Option(help="A day exported by `python -m services.routing export`, to be replayed.")
    ] = None,
    replications: Annotated[int | None, typer.Option(min=1, max=1_000, help="Instead of the scenario's own.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Instead of the scenario's own.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write every figure there, as JSON.")] = None,
    check: Annotated[bool, typer.Option(help="Look after every step whether a contact was lost.")] = False,
) -> None:
    """Simulate a day: the same seed gives the same figures, to the bit."""
    try:
        scenario, real = _scenario(file) if recorded is None else _replay(recorded, file)
        results = _simulated(scenario, seed=seed, replications=replications, check=check)
        results |= {} if real is None else {"real": real}
        if out is not None:
            out.write_text(json.dumps(results, indent=1) + "\n")
    except (ScenarioFileError, TimeStandsStill, OSError) as error:
        print(f"switchyard: {error}", file=sys.stderr)
        raise typer.Exit(1) from error
    console = Console()
    for table in tables(results, real):
        console.print(table)
    if out is not None:
        console.print(f"every figure, with rows of 15 minutes, is in {out}")


def _replay(recorded: Path, changes: Path) -> tuple[Scenario, Plain]:
    """Raises ScenarioFileError."""
    written = load(changes)
    try:
        replay = replay_of(load_recorded(recorded), f"replay of {recorded.name}", written.plain, CelExpressions())
    except NothingRecorded as nothing:
        raise ScenarioFileError(f"{recorded} has no answered contact") from nothing
    except ScenarioInvalid as invalid:
        raise ScenarioFileError(f"the day cannot be replayed so\n{written.refusal(invalid)}") from invalid
    return replay.scenario, replay.real


def _scenario(file: Path) -> tuple[Scenario, None]:
    """Raises ScenarioFileError."""
    written = load(file)
    try:
        return read_scenario(written.plain, CelExpressions()), None
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
            new_pool=pools_with(CelExpressions()),
            progress=lambda share: shown.update(task, completed=share),
        )
