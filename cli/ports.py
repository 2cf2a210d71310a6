"""The ports of a local stack: the well-known ones, one's own, or whatever is free."""

import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from switchyard.stack.child import PortTaken, StackError
from switchyard.stack.ports import free_port

SERVICES = ("gateway", "routing", "ticketing", "quality", "notify", "analytics")

#: `smarthost` and `provider` are not the stack's own: there it expects the demo's mail sink and telephony provider.
WELL_KNOWN: Mapping[str, int] = {
    "gateway": 8080,
    "routing": 8081,
    "ticketing": 8082,
    "quality": 8083,
    "notify": 8084,
    "analytics": 8085,
    "smtp": 2525,
    "smarthost": 2526,
    "provider": 8090,
    "kafka": 9092,
    "mongodb": 27017,
}
_NOT_OURS = frozenset({"smarthost", "provider"})
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Ports:
    """A port by the name of who listens there."""

    by_name: Mapping[str, int]

    def __getitem__(self, name: str) -> int:
        return self.by_name[name]

    def url(self, name: str) -> str:
        return f"http://{HOST}:{self[name]}"

    def address(self, name: str) -> str:
        return f"{HOST}:{self[name]}"


def choose(*, free: bool, given: Iterable[str]) -> Ports:
    """Take the well-known or free ports, and over them what was given as `name=number`. Raises StackError."""
    chosen = {name: free_port() for name in WELL_KNOWN} if free else dict(WELL_KNOWN)
    for text in given:
        name, _, number = text.partition("=")
        if name not in WELL_KNOWN or not number.isdigit() or not 0 < int(number) < 65536:
            names = ", ".join(WELL_KNOWN)
            raise StackError(f"`--port {text}` is not understood; say name=number, where name is one of {names}")
        chosen[name] = int(number)
    return Ports(chosen)


def require_free(ports: Ports, without: Iterable[str] = ()) -> None:
    """Raises PortTaken, which names every taken port, who wanted it, and what can be done."""
    skipped = _NOT_OURS.union(without)
    taken = [name for name in ports.by_name if name not in skipped and not _is_free(ports[name])]
    if taken:
        lines = [f"  port {ports[name]} ({name}): choose another by --port {name}=NUMBER" for name in taken]
        told = "\n".join(lines)
        raise PortTaken(
            f"Another process listens where the stack should:\n{told}\n"
            "End that process (is the stack running already?), or take any free ports by --ports free."
        )


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
