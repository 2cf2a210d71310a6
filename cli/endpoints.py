"""var/endpoints.json: where a local stack is reached, and with which credentials."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cli.environments import Backing
from cli.keys import Keys
from cli.ports import Ports

FILE = "endpoints.json"
PROCESSES = "processes.json"
#: Long enough for a machine left running over a weekend; they end with the folder's signing key.
TOKEN_LIFETIME = timedelta(days=30)


def endpoints(
    *, ports: Ports, keys: Keys, backing: Backing, tenant: str, agents: list[str], site_key: str
) -> dict[str, Any]:
    """Return the file's content, tokens newly signed."""
    now = datetime.now(UTC)

    def token(subject: str, role: str) -> str:
        return keys.token(tenant=tenant, subject=subject, roles=[role], now=now, lifetime=TOKEN_LIFETIME)

    api = ports.url("gateway")
    return {
        "api": api,
        "chat_page": f"{api}/chat?site_key={site_key}",
        "smtp": ports.address("smtp"),
        "kafka": backing.kafka,
        "mongodb": backing.mongodb,
        "tenant": tenant,
        "tokens": {
            **{role: token(f"{role}-1", role) for role in ("admin", "supervisor", "qa")},
            "agents": {agent: token(agent, "agent") for agent in agents},
        },
        "api_keys": {"partner": keys.partner_key},
        "webhook_secrets": {"twilio": keys.twilio_auth_token},
        "site_key": site_key,
        "smarthost": ports.address("smarthost"),
        "provider": ports.url("provider"),
        "kafka_embedded": backing.embedded,
        "services": {name: ports.url(name) for name in ("routing", "ticketing", "quality", "notify", "analytics")},
    }


def write(folder: Path, content: Mapping[str, Any]) -> Path:
    """Replace the file whole: a reader sees the old one or the new one."""
    path = folder / FILE
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(content, indent=2) + "\n")
    fresh.replace(path)
    return path


def read(folder: Path) -> dict[str, Any]:
    """Raises FileNotFoundError where no stack has been started in the folder."""
    content: dict[str, Any] = json.loads((folder / FILE).read_text())
    return content


def remove(folder: Path) -> None:
    """Take away what an earlier stack has left: its ports may be others' now."""
    (folder / FILE).unlink(missing_ok=True)


def write_processes(folder: Path, pids: Mapping[str, int]) -> None:
    (folder / PROCESSES).write_text(json.dumps(pids, indent=1))


def read_processes(folder: Path) -> dict[str, int]:
    pids: dict[str, int] = json.loads((folder / PROCESSES).read_text())
    return pids
