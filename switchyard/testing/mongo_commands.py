"""Counts the commands that MongoDB's clients send, as they pass a TCP proxy in front of the database."""

import struct
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import bson

from switchyard.testing.tcp_proxy import TcpProxy

_HEADER = struct.Struct("<iiii")
_OP_MSG = 2013
#: After the header stand four bytes of flags and the kind of the first section, which is the command (0).
_BODY = 21
#: What drivers say to keep a connection, and what moves no data.
_ASIDE = frozenset({"hello", "isMaster", "ismaster", "ping", "endSessions", "buildInfo"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """`by_filter` names the fields that a find, or a bulk's first update, asks for; `of_ids` asks for a list of ids."""

    database: str
    name: str
    collection: str
    by_filter: tuple[str, ...] = ()
    of_ids: bool = False


class CountingProxy(TcpProxy):
    """`counted` holds every command since it was last taken. Use it as an async context manager."""

    def __init__(self, target_port: int) -> None:
        super().__init__(target_port, watcher=lambda: _Reader(self.counted).take)
        self.counted: Counter[Command] = Counter()

    def taken(self) -> Counter[Command]:
        """Return what was counted, and begin anew."""
        counted = Counter(self.counted)
        self.counted.clear()
        return counted


class _Reader:
    """Puts one connection's pieces together to messages."""

    def __init__(self, counted: Counter[Command]) -> None:
        self._counted = counted
        self._waiting = bytearray()

    def take(self, piece: bytes) -> None:
        self._waiting += piece
        while len(self._waiting) >= _HEADER.size:
            size, _, _, code = _HEADER.unpack_from(self._waiting)
            if len(self._waiting) < size:
                return
            if code == _OP_MSG:
                self._count(bytes(self._waiting[_BODY:size]))
            del self._waiting[:size]

    def _count(self, sections: bytes) -> None:
        (length,) = struct.unpack_from("<i", sections)
        body = bson.decode(sections[:length])
        name = next(iter(body))
        if name not in _ASIDE:
            asked = body.get("filter") or _first_query(sections[length:]) if name in {"find", "update"} else {}
            self._counted[_command(name, body, asked or {})] += 1


def _first_query(sections: bytes) -> Mapping[str, Any]:
    """The query of a bulk's first update: drivers send updates as a sequence of documents (kind 1) of that name."""
    name, _, documents = sections[5:].partition(b"\0")
    if name != b"updates":
        return {}
    (length,) = struct.unpack_from("<i", documents)
    query: Mapping[str, Any] = bson.decode(documents[:length])["q"]
    return query


def _command(name: str, body: Mapping[str, Any], asked: Mapping[str, Any]) -> Command:
    collection = body["collection"] if name == "getMore" else body[name]
    ids = asked.get("_id")
    return Command(
        database=str(body["$db"]),
        name=name,
        collection=str(collection),
        by_filter=tuple(sorted(asked)),
        of_ids=isinstance(ids, Mapping) and "$in" in ids,
    )
