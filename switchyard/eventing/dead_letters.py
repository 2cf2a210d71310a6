"""What is written down of a record that its group could not use: everything, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from switchyard.eventing.records import RawRecord

#: An error's text is for people; a trace of any length would not fit a header.
_LONGEST_ERROR = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """`attempts` counts how often `group` tried, this one included."""

    record: RawRecord
    group: str
    error: str
    attempts: int = 1


class DeadLetters(Protocol):
    async def send(self, letter: DeadLetter) -> None:
        """Return once the letter is durable. Raises BrokerUnavailable."""


def dead_letter_topic(topic: str) -> str:
    return f"{topic}-dlq"


def dead_letter_headers(letter: DeadLetter) -> Sequence[tuple[str, bytes]]:
    """Give the original headers, followed by ours: `dlq-group`, `-error`, `-attempts` and the place of origin."""
    place = letter.record.place
    added = (
        ("dlq-group", letter.group),
        ("dlq-error", letter.error[:_LONGEST_ERROR]),
        ("dlq-attempts", str(letter.attempts)),
        ("dlq-origin-cluster", place.cluster),
        ("dlq-origin-topic", place.topic),
        ("dlq-origin-partition", str(place.partition)),
        ("dlq-origin-offset", str(place.offset)),
    )
    return [*letter.record.headers, *((name, text.encode()) for name, text in added)]
