"""Domain objects as document bodies and back; what is None is left out, so that sparse indexes hold few entries."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

ThingT = TypeVar("ThingT")


class Codec(Generic[ThingT]):
    """Writes and reads one dataclass. Unknown fields of a later version are ignored, missing ones get defaults."""

    def __init__(self, kind: type[ThingT]) -> None:
        self._adapter = TypeAdapter(kind)

    def to_body(self, thing: ThingT) -> dict[str, Any]:
        body: dict[str, Any] = self._adapter.dump_python(thing, exclude_none=True)
        return body

    def from_body(self, body: Mapping[str, Any]) -> ThingT:
        """Raises ValueError where the document is not of this kind."""
        return self._adapter.validate_python(dict(body))
