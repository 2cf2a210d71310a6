"""What every customer and agent of the run shares: the doors, the pace, the ledger and the crowd's state."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from cli.demo.ledger import Ledger
from cli.demo.plan import Durations, Habits, Pace


class DoorRefusedError(Exception):
    """The platform answered a demo participant with an error that no rule of the demo expects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """An entry point as customers know it: the number, mailbox or site they turn to, and where it leads."""

    address: str
    queue: str


@dataclass(slots=True)
class Crowd:
    """How many customers are where, for the board; nothing is decided by it."""

    arrived: int = 0
    talking: int = 0
    waiting: int = 0
    gone: int = 0
    troubles: list[str] = field(default_factory=list)

    def trouble(self, text: str) -> None:
        """Keep what went against expectation; any of it fails the run."""
        if len(self.troubles) < 100:
            self.troubles.append(text)


@dataclass(slots=True, kw_only=True)
class Stage:
    api: str
    tenant: str
    #: Hexadecimal digits that set this run's customers apart from those of other runs.
    run: str
    site_key: str
    smtp: tuple[str, int]
    http: httpx.AsyncClient
    entrances: Mapping[str, Sequence[Entrance]]
    pace: Pace
    durations: Durations
    habits: Habits
    #: How often a customer of each queue is called back who does not answer.
    most_attempts: Mapping[str, int] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    crowd: Crowd = field(default_factory=Crowd)

    def entrance(self, channel: str, chance: random.Random) -> Entrance:
        return chance.choice(self.entrances[channel])

    def patience(self, channel: str, chance: random.Random) -> float:
        return self.pace.around(self.durations.patience[channel], chance)

    def conversation(self, channel: str, chance: random.Random) -> float:
        return self.pace.around(self.durations.conversation[channel], chance)

    @property
    def long_wait(self) -> float:
        """Seconds after which a customer who writes gives up on an answer: longer than any queue of a sane run."""
        return self.pace.scaled(1200.0) + 15.0

    @property
    def number_block(self) -> int:
        """Three digits that keep one run's telephone numbers from another's."""
        return int(self.run, 16) % 1000

    def web_socket(self, path: str) -> str:
        return self.api.replace("http", "ws", 1) + path


def expect(response: httpx.Response, *statuses: int) -> Any:
    """The JSON of an answer that must have one of these statuses. Raises DoorRefusedError."""
    if response.status_code not in statuses:
        request = response.request
        raise DoorRefusedError(f"{request.method} {request.url.path}: {response.status_code} {response.text[:300]}")
    return response.json() if response.content else None
