"""What routing said, found again by its type or its cause without reading all of it anew."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from switchyard.eventing.envelope import Envelope


@dataclass(frozen=True, slots=True)
class Seen:
    """A message that routing sent, and when it came by the monotonic clock. `Any`: each type has its own fields."""

    envelope: Envelope
    message: Any
    at: float

    @property
    def name(self) -> str:
        return str(self.message.DESCRIPTOR.name)


class Heard:
    """`all` is what came, `unique` the same without what was published again: (source, sequence) names an event."""

    def __init__(self) -> None:
        self.all: list[Seen] = []
        self.unique: list[Seen] = []
        self._ids: set[str] = set()
        self._by_name: dict[str, list[Seen]] = defaultdict(list)
        self._by_cause: dict[str, list[Seen]] = defaultdict(list)

    def take(self, seen: Seen) -> None:
        self.all.append(seen)
        if seen.envelope.id not in self._ids:
            self._ids.add(seen.envelope.id)
            self.unique.append(seen)
            self._by_name[seen.name].append(seen)
            self._by_cause[seen.envelope.causation_id].append(seen)

    def of(self, name: str, **fields: str) -> list[Seen]:
        """Pick by type and by fields of the message, of its entry or of its holder."""
        return [each for each in self._by_name.get(name, ()) if all(_has(each, *f) for f in fields.items())]

    def caused_by(self, command_id: str) -> list[Seen]:
        return self._by_cause.get(command_id, [])


def _has(seen: Seen, name: str, value: str) -> bool:
    message = seen.message
    for part in (message, getattr(message, "entry", None), getattr(message, "holder", None)):
        if part is not None and name in part.DESCRIPTOR.fields_by_name:
            return bool(getattr(part, name) == value)
    return False
