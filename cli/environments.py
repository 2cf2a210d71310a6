"""What each service's process of a local stack finds in its environment."""

import os
from dataclasses import dataclass

from cli.keys import Keys
from cli.ports import HOST, SERVICES, Ports


@dataclass(frozen=True, slots=True, kw_only=True)
class Backing:
    """The broker and the database that the services use."""

    kafka: str
    embedded: bool
    mongodb: str


def environment(service: str, ports: Ports, keys: Keys, backing: Backing) -> dict[str, str]:
    """Return the settings of one service; what the caller's environment says of others passes through."""
    settings = {
        "KAFKA_BOOTSTRAP": backing.kafka,
        "KAFKA_EMBEDDED": str(backing.embedded).lower(),
        "MONGODB_URI": backing.mongodb,
        "HTTP_HOST": HOST,
        "HTTP_PORT": str(ports[service]),
        "INTERNAL_SECRET": keys.internal_secret,
        "PARENT_PID": str(os.getpid()),
        **{f"{name.upper()}_URL": ports.url(name) for name in SERVICES},
    }
    if service == "gateway":
        settings |= _door(ports, keys)
    named = {f"SWITCHYARD_{name}": value for name, value in settings.items()}
    # Without bytecode six processes compile the same libraries at every start, for several seconds.
    return named | {"PYTHONDONTWRITEBYTECODE": ""}


def _door(ports: Ports, keys: Keys) -> dict[str, str]:
    return {
        "PUBLIC_URL": ports.url("gateway"),
        "JWT_ISSUERS": keys.issuers(),
        "SMTP_HOST": HOST,
        "SMTP_PORT": str(ports["smtp"]),
        "SMARTHOST_HOST": HOST,
        "SMARTHOST_PORT": str(ports["smarthost"]),
    }
