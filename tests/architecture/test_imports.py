"""The import contracts of importlinter.ini hold, and each finds the violation planted for it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

LINT = Path(sys.executable).with_name("lint-imports")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command: list[str | Path] = [LINT, "--config", ROOT / "importlinter.ini", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env={"COLUMNS": "400"})


def test_the_import_contracts_hold() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("source")
    for top in ("cli", "services", "switchyard"):
        shutil.copytree(ROOT / top, folder / top, ignore=shutil.ignore_patterns("__pycache__", "data", "web"))
    return folder


PLANTED = [
    ("services.planted", "cli.up"),
    ("switchyard.planted", "services.routing"),
    ("switchyard.eventing.planted", "switchyard.kafka"),
    ("switchyard.mongo.planted", "switchyard.service"),
    ("services.notify.planted", "services.quality"),
    ("services.quality.planted", "services.gateway"),
    *(
        (f"services.{service}.domain.planted", module)
        for service in ("ticketing", "gateway", "analytics")
        for module in ("fastapi", "motor", "switchyard.events", "switchyard.mongo", "httpx", "asyncio", "structlog")
    ),
    ("services.ticketing.application.planted", "pydantic"),
    ("services.ticketing.application.planted", "google"),
    ("services.ticketing.application.planted", "services.ticketing.adapters"),
    ("services.ticketing.domain.planted", "services.ticketing.application"),
    ("services.routing.domain.planted", "services.routing.simulation"),
    *(
        ("services.routing.simulation.planted", module)
        for module in ("pydantic", "asyncio", "services.routing.application", "services.routing.adapters")
    ),
    ("switchyard.service.planted", "switchyard.testing"),
]


def test_planted_violations_are_found(copied: Path) -> None:
    """All at once: the graph is built once, and each is named."""
    lines: dict[str, list[str]] = {}
    for module, forbidden in PLANTED:
        lines.setdefault(module, []).append(f"import {forbidden}")
    for module, each in lines.items():
        (copied / module.replace(".", "/")).with_suffix(".py").write_text("\n".join(each) + "\n")
    told = lint(copied).stdout
    missed = [f"{module} -> {forbidden}" for module, forbidden in PLANTED if f"{module} -> {forbidden}" not in told]
    assert not missed, told
