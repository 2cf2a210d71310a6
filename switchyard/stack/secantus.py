"""The embedded database: MongoDB-compatible, files under a folder or in memory."""

import sys
from pathlib import Path

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from switchyard.stack.child import Child, require_free
from switchyard.stack.ports import free_port


class SecantusDB:
    """Always standalone: as a replica set of one it keeps a change log that makes it ever slower.

    And on one core: with four clients writing at once an update costs it 1.9 ms of CPU on two cores, 0.8 ms on one.
    """

    def __init__(self, folder: Path, *, port: int | None = None, in_memory: bool = False) -> None:
        self.port = port or free_port()
        self.uri = f"mongodb://127.0.0.1:{self.port}"
        command = secantus_command(self.port, None if in_memory else folder / "database")
        self.child = Child("embedded database", command, log_file=folder / "database.log", one_core=True)

    def start(self) -> None:
        """Raises PortTaken, StackError."""
        require_free(self.port, "the embedded database")
        self.child.start()
        self.child.wait_ready(self._answers, timeout=30)

    def stop(self) -> None:
        self.child.stop()

    def _answers(self) -> bool:
        client: MongoClient[dict[str, object]] = MongoClient(self.uri, serverSelectionTimeoutMS=500)
        try:
            client.admin.command("ping")
        except PyMongoError:
            return False
        finally:
            client.close()
        return True


def secantus_command(port: int, folder: Path | None) -> list[str]:
    """Say how the database is started, with its files in `folder`, or in memory."""
    program = Path(sys.executable).with_name("secantusd-py")
    command = [str(program), "--standalone", "--port", str(port), "--storage-path", str(folder or ":memory:")]
    return [*command, "--cache-size", "256M", "--log-level", "WARNING"]
