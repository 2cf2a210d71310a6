"""Several readers of the same topics become one: a process fetches each topic once, however many parts listen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from switchyard.eventing.envelope import Received
from switchyard.eventing.outcomes import Done, Outcome
from switchyard.eventing.ports import Handler, Tail


def merged(tails: Iterable[Tail]) -> list[Tail]:
    """Return at most one tail that reads from the beginning and one that reads from now on.

    Handlers of the same message run in the order of the tails; what comes of the last one counts.
    """
    given = list(tails)
    return [
        _one([tail for tail in given if tail.from_beginning is beginning], beginning)
        for beginning in (True, False)
        if any(tail.from_beginning is beginning for tail in given)
    ]


def _one(tails: Sequence[Tail], from_beginning: bool) -> Tail:
    topics = dict.fromkeys(topic for tail in tails for topic in tail.topics)
    handlers: dict[type[Any], list[Handler]] = {}
    for tail in tails:
        for kind, handler in tail.handlers.items():
            handlers.setdefault(kind, []).append(handler)
    return Tail(
        topics=tuple(topics),
        handlers={kind: each[0] if len(each) == 1 else _InTurn(tuple(each)) for kind, each in handlers.items()},
        from_beginning=from_beginning,
    )


@dataclass(frozen=True, slots=True)
class _InTurn:
    handlers: tuple[Handler, ...]

    async def __call__(self, received: Received, message: Any) -> Outcome:
        outcome: Outcome = Done()
        for handler in self.handlers:
            outcome = await handler(received, message)
        return outcome
