"""`switchyard simulate`: play a scenario with the production engine, here, without any service running."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from cli.recorded_file import load_recorded
from cli.scenario_file import ScenarioFileError, load, nothing_changed
from cli.simulation_tables import tables
from services.routing.adapters.cel_expressions import CelExpressions
from services.routing.adapters.simulated_pool import pools_with
from services.routing.adapters.simulation_limits import SimulationLimits, too_large
from services.routing.simulation.floor import TimeStandsStill
from services.routing.simulation.reading import ScenarioInvalid, read_scenario
from services.routing.simulation.replaying import NothingRecorded, replay_of
from services.routing.simulation.results import Plain
from services.routing.simulation.scenario import Scenario
from services.routing.simulation.simulating import simulate


def simulate_command(
    file: Annotated[
        Path | None,
        typer.Argument(help="The scenario, YAML or JSON, as in docs/simulation.md; with --recorded, what changes."),
    ] = None,
    *,
    recorded: Annotated[
        Path | None, typer.Option(help="A day exported by `python -m services.routing export`, to be replayed.")
    ] = None,
    replications: Annotated[int | None, typer.Option(min=1, max=1_000, help="Instead of the scenario's own.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2**53, help="Instead of the scenario's own.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write every figure there, as JSON.")] = None,
    check: Annotated[bool, typer.Option(help="Look after every step whether a contact was lost.")] = False,
    no_limit: Annotated[bool, typer.Option("--no-limit", help="Play more than the service would.")] = False,
) -> None:
    """Simulate a day: the same seed gives the same figures, to the bit."""
    try:
        _refuse_unwritable(out)
        scenario, real = _scenario(file) if recorded is None else _replay(recorded, file)
        if not no_limit:
            _refuse_too_large(scenario, replications)
        results = _simulated(scenario, seed=seed, replications=replications, check=check)
        results |= {} if real is None else {"real": real}
        _show(results, real, out)
    except (ScenarioFileError, TimeStandsStill, OSError) as error:
        print(f"switchyard: {error}", file=sys.stderr)
        raise typer.Exit(1) from error


def _show(results: Plain, real: Plain | None, out: Path | None) -> None:
    """Print before writing: what took minutes to play is not to be lost to a full disk. Raises OSError."""
    console = Console()
    for table in tables(results, real):
        console.print(table)
    if out is not None:
        out.write_text(json.dumps(results, indent=1) + "\n")
        console.print(f"every figure, with rows of 15 minutes, is in {out}")


def _refuse_unwritable(out: Path | None) -> None:
    """Raises ScenarioFileError before anything is played, not after."""
    if out is None:
        return
    if out.is_dir() or not out.parent.is_dir() or not os.access(out if out.exists() else out.parent, os.W_OK):
        raise ScenarioFileError(f"{out} cannot be written")


def _refuse_too_large(scenario: Scenario, replications: int | None) -> None:
    """Raises ScenarioFileError for more than the service would play: it may take hours."""
    failure = too_large(scenario, replications, SimulationLimits(), "")
    if failure is not None:
        told = "; ".join(fault.detail for fault in failure.faults)
        raise ScenarioFileError(f"the scenario {told}; --no-limit plays it all the same")


def _replay(recorded: Path, changes: Path | None) -> tuple[Scenario, Plain]:
    """Raises ScenarioFileError."""
    written = nothing_changed(recorded) if changes is None else load(changes)
    try:
        replay = replay_of(load_recorded(recorded), f"replay of {recorded.name}", written.plain, CelExpressions())
    except NothingRecorded as nothing:
        raise ScenarioFileError(f"{recorded} has no answered contact") from nothing
    except ScenarioInvalid as invalid:
        raise ScenarioFileError(f"the day cannot be replayed so\n{written.refusal(invalid)}") from invalid
    return replay.scenario, replay.real


def _scenario(file: Path | None) -> tuple[Scenario, None]:
    """Raises ScenarioFileError."""
    if file is None:
        raise ScenarioFileError("name a scenario's file, or a recorded day with --recorded")
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
