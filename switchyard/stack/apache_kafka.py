"""Apache Kafka itself, one node in KRaft mode, from jars that Maven brings."""

import fcntl
import shutil
import subprocess
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path

from switchyard.stack.child import Child, StackError, require_free
from switchyard.stack.kafka_probe import answers_kafka
from switchyard.stack.ports import free_port

_POM = Path(__file__).with_name("pom.xml")


class JavaMissing(StackError):
    """Java 17 and Maven are needed to run Apache Kafka."""


class ApacheKafka:
    """Keeps its log in `folder`, so it can be killed and started again with what it had acknowledged."""

    embedded = False

    def __init__(self, folder: Path, libraries: Path, *, port: int | None = None) -> None:
        self.port = port or free_port()
        self.bootstrap = f"127.0.0.1:{self.port}"
        self._folder = folder
        self._libraries = libraries
        self._controller_port = free_port()
        self._log_file = folder / "kafka.log"
        self.child: Child | None = None

    def start(self) -> None:
        """Raises JavaMissing, PortTaken, StackError. Takes some 5 s, the first time also for the download."""
        require_free(self.port, "Apache Kafka")
        command = kafka_command(self._folder, self._libraries, self.port, self._controller_port)
        self.child = Child("Apache Kafka", command, log_file=self._log_file)
        self.child.start()
        self.child.wait_ready(lambda: answers_kafka(self.port), timeout=180)

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop(timeout=20)

    def kill(self) -> None:
        if self.child is not None:
            self.child.kill()


def kafka_command(folder: Path, libraries: Path, port: int, controller_port: int) -> list[str]:
    """Say how Kafka is started; brings the jars and formats the storage in `folder` where that is yet to be done.

    Raises JavaMissing, StackError.
    """
    fetch_libraries(libraries)
    properties = folder / "server.properties"
    formatted = properties.exists()
    folder.mkdir(parents=True, exist_ok=True)
    properties.write_text(_settings(folder / "logs", port, controller_port))
    if not formatted:
        _format(properties, libraries)
    return [*_java(libraries, "-Xmx512m"), "kafka.Kafka", str(properties)]


def _java(libraries: Path, *options: str) -> list[str]:
    return ["java", *options, "-XX:+UseSerialGC", "-cp", f"{libraries}/*"]


def _format(properties: Path, libraries: Path) -> None:
    # The leading letter is ours, because an id that starts with a dash reads as an option.
    cluster_id = f"k{urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip('=')[1:]}"
    tool = [*_java(libraries, "-Xmx128m"), "kafka.tools.StorageTool", "format"]
    tool += ["-t", cluster_id, "-c", str(properties)]
    done = subprocess.run(tool, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    if done.returncode != 0:
        properties.unlink()
        raise StackError(f"Apache Kafka's storage could not be formatted:\n{done.stdout}{done.stderr}")


def _settings(logs: Path, port: int, controller_port: int) -> str:
    """One node; everything that would be replicated is kept once, and groups form without a pause."""
    lines = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@127.0.0.1:{controller_port}",
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "controller.listener.names": "CONTROLLER",
        "log.dirs": logs,
        "auto.create.topics.enable": "false",
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "4",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",
        "group.min.session.timeout.ms": "1000",
        "log.cleaner.dedupe.buffer.size": "8388608",
    }
    return "".join(f"{name}={value}\n" for name, value in lines.items())


def fetch_libraries(into: Path) -> None:
    """Have Maven copy Kafka's jars, once; processes that ask at the same time wait for the first.

    Raises JavaMissing, StackError.
    """
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            raise JavaMissing(f"`{program}` is not on the PATH; Apache Kafka needs Java 17 or newer, and Maven")
    into.mkdir(parents=True, exist_ok=True)
    with (into / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        complete = into / ".complete"
        if complete.exists() and complete.read_text() == _POM.read_text():
            return
        for jar in into.glob("*.jar"):
            jar.unlink()
        copy = ["mvn", "-B", "-q", "-f", str(_POM), "dependency:copy-dependencies", f"-DoutputDirectory={into}"]
        done = subprocess.run(copy, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
        if done.returncode != 0:
            raise StackError(f"Maven could not bring Apache Kafka:\n{done.stdout}{done.stderr}")
        complete.write_text(_POM.read_text())
