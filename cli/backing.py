"""Broker and database of a local stack: children of ours, or somebody else's."""

import socket
import uuid
from dataclasses import dataclass
from pathlib import Path

from cli.environments import Backing
from cli.ports import HOST, Ports
from switchyard.stack.apache_kafka import kafka_command
from switchyard.stack.child import Child
from switchyard.stack.kafka_probe import answers_kafka
from switchyard.stack.ports import free_port
from switchyard.stack.secantus import secantus_command

_STOP_SECONDS = 20


@dataclass(slots=True, kw_only=True)
class BackingParts:
    """Where the services find broker and database, and the children that are ours."""

    backing: Backing
    broker: Child | None
    database: Child | None

    def stop(self) -> None:
        """End the broker first: the database keeps what it has, whenever it ends."""
        if self.broker is not None:
            # The embedded broker has nothing to save and does not answer SIGTERM while clients are connected.
            if self.backing.embedded:
                self.broker.kill()
            else:
                self.broker.stop(timeout=_STOP_SECONDS)
        if self.database is not None:
            self.database.stop(timeout=_STOP_SECONDS)


def plan(*, kind: str, kafka: str, mongodb: str, ports: Ports, folder: Path) -> BackingParts:
    """Prepare the children; `kafka` and `mongodb` name ones that run already. Raises StackError."""
    embedded = kind == "embedded" and not kafka
    backing = Backing(
        kafka=kafka or ports.address("kafka"),
        embedded=embedded,
        mongodb=mongodb or f"mongodb://{ports.address('mongodb')}",
    )
    broker = None if kafka else _broker(kind, ports["kafka"], folder)
    database = None if mongodb else _database(ports["mongodb"], folder)
    return BackingParts(backing=backing, broker=broker, database=database)


def _broker(kind: str, port: int, folder: Path) -> Child:
    if kind == "kafka":
        command = kafka_command(folder / "kafka", folder / "kafka-libs", port, free_port())
    else:
        from switchyard.stack.tansu import tansu_command  # noqa: PLC0415 -- production has no embedded broker

        command = tansu_command(port, uuid.uuid4().hex)
    return Child("broker", command, log_file=folder / "log" / "broker.log")


def _database(port: int, folder: Path) -> Child:
    files = folder / "db"
    files.mkdir(parents=True, exist_ok=True)
    command = secantus_command(port, files)
    return Child("database", command, log_file=folder / "log" / "database.log", one_core=True)


def broker_answers(ports: Ports) -> bool:
    return answers_kafka(ports["kafka"])


def database_answers(ports: Ports) -> bool:
    try:
        socket.create_connection((HOST, ports["mongodb"]), timeout=1).close()
    except OSError:
        return False
    return True
