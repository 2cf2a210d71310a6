"""What the invariants are checked from: clients' history, stored documents and published events."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from google.protobuf.message import Message as ProtobufMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One breach of one invariant, with what shows it."""

    invariant: str
    what: str
    shown_by: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.invariant}: {self.what} {dict(self.shown_by)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something the platform acknowledged to a client: `name` says what, `fields` about what."""

    name: str
    fields: Mapping[str, Any]

    def __getitem__(self, field_name: str) -> Any:
        return self.fields[field_name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """An event as a topic carries it; an event published again is here again."""

    topic: str
    source: str
    sequence: int
    tenant: str
    time: datetime
    data: bytes
    #: One of the generated messages; `Any`, because each check knows which fields its types have.
    message: Any

    @property
    def name(self) -> tuple[str, int]:
        return self.source, self.sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSource:
    """What a database says of a source: it has announced events 1 to `last`, of which `unsent` still wait."""

    source: str
    last: int
    unsent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Something that must have been done once for its cause, such as a ticket opened for a contact."""

    kind: str
    cause: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """`compacted` are topics whose older events may be gone. `counters` are analytics' own, summed over intervals.

    `contacts` are those that the gateway has stored, by id, with their state; `lines` every stored line's contact
    and number, by (contact, author, client id).
    """

    history: Sequence[Act] = ()
    published: Sequence[Published] = ()
    sources: Sequence[StoredSource] = ()
    contacts: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    effects: Sequence[Effect] = ()
    counters: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    compacted: frozenset[str] = frozenset({"routing-settings-events-v1"})

    def acts(self, name: str) -> Iterator[Act]:
        return (act for act in self.history if act.name == name)

    def events(self, *types: type[ProtobufMessage]) -> list[Published]:
        """Give the events of these types, each once, in the order of their sources."""
        once = {event.name: event for event in self.published if not types or isinstance(event.message, types)}
        return [once[name] for name in sorted(once)]


class History:
    """A client's own record, one JSON line an act, written before anything else is done with the answer."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8", buffering=1)

    def note(self, name: str, **fields: Any) -> None:
        self._file.write(json.dumps({"at": datetime.now(UTC).isoformat(), "act": name, **fields}) + "\n")

    def close(self) -> None:
        self._file.close()


def read_history(paths: Iterable[Path]) -> list[Act]:
    """Read what clients wrote; a last line cut short by a kill was not acted on and is left out."""
    acts = []
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                fields = json.loads(line)
            except json.JSONDecodeError:
                continue
            acts.append(Act(name=fields.pop("act"), fields=fields))
    return acts
