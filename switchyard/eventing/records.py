"""A record as a broker gave it, before anything in it is believed."""

from collections.abc import Sequence
from dataclasses import dataclass

from switchyard.eventing.cloudevents import MalformedEnvelope, from_headers
from switchyard.eventing.envelope import Message, Place, Received


@dataclass(frozen=True, slots=True)
class RawRecord:
    """Its bytes, and where they stood."""

    place: Place
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]

    def read(self) -> Received:
        """Read the envelope; the protobuf stays bytes. Raises MalformedEnvelope."""
        try:
            key = (self.key or b"").decode()
        except UnicodeDecodeError as error:
            raise MalformedEnvelope("key", "is not UTF-8") from error
        message = Message(topic=self.place.topic, key=key, envelope=from_headers(self.headers), data=self.value or b"")
        return Received(message=message, place=self.place)
