"""A port of the loopback that nobody else of this machine will be given meanwhile."""

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path
from typing import IO

#: Below what systems hand to outgoing connections (Linux from 32768, others from 49152), or one of those could take
#: the port between the choice and the listening; above and below the well-known ports of the stack.
_CANDIDATES = range(10_000, 27_000)
_chooser = random.SystemRandom()
_claims: dict[int, IO[bytes]] = {}


def free_port() -> int:
    """Choose a port that nobody listens on, and keep it from other processes that choose so, while this one lives.

    A listener given this port may end and start again.
    """
    while True:
        port = _chooser.choice(_CANDIDATES)
        if port not in _claims and _claim(port):
            return port


def _claim(port: int) -> bool:
    held = _claim_file(port).open("wb")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
    except OSError:
        held.close()
        return False
    _claims[port] = held
    return True


def _claim_file(port: int) -> Path:
    folder = Path(tempfile.gettempdir()) / f"switchyard-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / str(port)
