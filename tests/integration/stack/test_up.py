"""`switchyard up` as a newcomer meets it: starts, says what is wrong, ends cleanly, starts again with its data."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli.background_stack import BackgroundStack
from cli.ports import SERVICES
from switchyard.testing.polling import until


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stack")


@pytest.fixture(scope="module")
def stack(folder: Path) -> Iterator[BackgroundStack]:
    stack = BackgroundStack(folder)
    try:
        stack.start()
        yield stack
    finally:
        stack.kill()


@pytest.fixture
def where(stack: BackgroundStack) -> dict[str, Any]:
    return stack.endpoints


def switchyard(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_endpoints_are_as_the_door_promises(where: dict[str, Any]) -> None:
    promised = {"api", "chat_page", "smtp", "kafka", "mongodb", "tenant", "tokens", "api_keys", "webhook_secrets"}
    assert promised | {"site_key"} <= set(where)
    assert where["tenant"] == "demo"
    assert len(where["tokens"]["agents"]) == 30
    assert where["api_keys"]["partner"].startswith("sk_")
    assert all(where["webhook_secrets"].values())


def test_every_token_opens_the_door(where: dict[str, Any]) -> None:
    tokens = [where["tokens"][role] for role in ("admin", "supervisor", "qa")]
    for token in (*tokens, where["tokens"]["agents"]["agent-1"]):
        assert httpx.get(f"{where['api']}/v1/queues", headers=bearer(token)).status_code == 200
    assert httpx.get(f"{where['api']}/v1/queues").status_code == 401


def test_the_tenant_is_furnished(where: dict[str, Any]) -> None:
    with httpx.Client(base_url=where["api"], headers=bearer(where["tokens"]["admin"])) as client:
        queues = client.get("/v1/queues").json()["items"]
        agents = client.get("/v1/agents", params={"limit": 200}).json()["items"]
    assert {queue["id"] for queue in queues} >= {"billing", "support", "cards", "sales-cn", "escalations"}
    assert len(agents) == 30


def test_applying_the_tenant_again_changes_nothing(stack: BackgroundStack) -> None:
    done = switchyard("apply", "deploy/demo/tenant.yaml", "--dir", str(stack.folder))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("0 made, 0 changed")


def test_a_fault_in_a_tenant_file_names_its_line(stack: BackgroundStack, tmp_path: Path) -> None:
    file = tmp_path / "tenant.yaml"
    file.write_text("tenant: demo\nqueues:\n  - id: billing\n    rings: 3\n")
    done = switchyard("apply", str(file), "--dir", str(stack.folder))
    assert done.returncode == 1
    assert "tenant.yaml:4" in done.stderr


def test_a_minted_token_works(stack: BackgroundStack, where: dict[str, Any]) -> None:
    done = switchyard("token", "--role", "qa", "--subject", "eve", "--dir", str(stack.folder))
    answer = httpx.get(f"{where['api']}/v1/queues", headers=bearer(done.stdout.strip()))
    assert answer.status_code == 200


def test_the_doctor_finds_the_stack_well(stack: BackgroundStack) -> None:
    done = switchyard("doctor", "--dir", str(stack.folder))
    assert done.returncode == 0, done.stdout
    assert all(f"{name} at" in done.stdout for name in SERVICES)


def test_every_service_tells_its_health_and_metrics(where: dict[str, Any]) -> None:
    for url in (where["api"], *where["services"].values()):
        assert httpx.get(f"{url}/healthz").json()["status"] == "ok"
        assert "switchyard_http_requests_total" in httpx.get(f"{url}/metrics").text


def test_an_idle_service_is_small(stack: BackgroundStack) -> None:
    """At most 120 MiB each, by the project's own bound."""
    sizes = {name: resident_mib(pid) for name, pid in stack.processes.items() if name in SERVICES}
    assert len(sizes) == len(SERVICES)
    assert max(sizes.values()) <= 120, sizes


def resident_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def test_a_taken_port_is_told_with_what_to_do(where: dict[str, Any], tmp_path: Path) -> None:
    port = where["api"].rpartition(":")[2]
    done = switchyard("up", "--ports", "free", "--port", f"gateway={port}", "--dir", str(tmp_path))
    assert done.returncode == 1
    assert f"port {port} (gateway): choose another by --port gateway=NUMBER" in done.stderr


async def test_it_ends_cleanly_and_starts_again_with_its_data(tmp_path: Path) -> None:
    """One stack for the whole story, because each start takes seconds."""
    stack = BackgroundStack(tmp_path)
    stack.start()
    key, children = stack.endpoints["api_keys"]["partner"], stack.processes.values()
    assert stack.stop() == 0
    assert not [pid for pid in children if is_alive(pid)]

    stack.start()
    try:
        assert stack.endpoints["api_keys"]["partner"] == key
        # The provider's address changed with the ports.
        assert "0 made, 1 changed" in stack.output.read_text()
        os.kill(stack.processes["notify"], 9)
        await until(lambda: stack.exit_code() is not None, what="the stack's end", seconds=60)
        assert stack.exit_code() == 1
        assert "notify died; the last lines of its log" in stack.output.read_text()
        assert not [pid for pid in stack.processes.values() if is_alive(pid)]
    finally:
        stack.kill()


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
