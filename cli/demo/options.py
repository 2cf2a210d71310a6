"""What a run of the demo is asked to be."""

from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

#: A Wednesday with an ordinary volume for this bank.
DEFAULT_DAY = date(2003, 3, 5)
DEFAULT_AGENTS = 30
DEFAULT_SPEED = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """`start` and `end` of None mean the busiest hour; a `share` of None, what the agents carry."""

    folder: Path
    day: date = DEFAULT_DAY
    start: time | None = None
    end: time | None = None
    speed: float = DEFAULT_SPEED
    agents: int = DEFAULT_AGENTS
    share: float | None = None
    seed: int = 1
