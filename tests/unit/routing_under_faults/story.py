"""What a contact's customer and the gateway know of it."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Story:
    """`ends` names each final state that was told."""

    pool: str
    entry: int = 1
    hung_up: bool = False
    ends: list[str] = field(default_factory=list)
    enqueues: set[str] = field(default_factory=set)
