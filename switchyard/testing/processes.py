"""Brokers and databases for tests: started once a session, on free ports, ended with it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from switchyard.kafka.settings import KafkaSettings
from switchyard.stack.apache_kafka import ApacheKafka
from switchyard.stack.secantus import SecantusDB
from switchyard.stack.tansu import Tansu

#: Beside the checkout's other run-time files, so that the jars are brought once a checkout, not once a test run.
KAFKA_LIBRARIES = Path(__file__).resolve().parents[2] / "var" / "kafka-libs"


class Broker(Protocol):
    """What a test needs to know of a running broker."""

    bootstrap: str
    embedded: bool


@dataclass(frozen=True, slots=True)
class RunningDatabase:
    """`real` tells a server of somebody else's from the embedded one."""

    uri: str
    real: bool = False


def kafka_settings(broker: Broker, *, instance: str | None = None, **changes: Any) -> KafkaSettings:
    """Settings for a test's clients; groups notice a dead member soon."""
    settings = KafkaSettings(
        bootstrap=broker.bootstrap, embedded=broker.embedded, instance=instance, session_timeout_ms=6_000
    )
    return replace(settings, **changes)


@contextmanager
def running_tansu(folder: Path) -> Iterator[Tansu]:
    broker = Tansu(folder)
    try:
        broker.start()
        yield broker
    finally:
        broker.stop()


@contextmanager
def running_apache_kafka(folder: Path) -> Iterator[ApacheKafka]:
    """Raises JavaMissing."""
    broker = ApacheKafka(folder, KAFKA_LIBRARIES)
    try:
        broker.start()
        yield broker
    finally:
        broker.kill()


@contextmanager
def running_database(folder: Path) -> Iterator[RunningDatabase]:
    """Give the database of MONGODB_URI where that is set, else an embedded one in memory."""
    given = os.environ.get("MONGODB_URI")
    if given:
        yield RunningDatabase(given, real=True)
        return
    embedded = SecantusDB(folder, in_memory=True)
    try:
        embedded.start()
        yield RunningDatabase(embedded.uri)
    finally:
        embedded.stop()
