"""How long things take in the replayed day, and how fast it is replayed: every duration is scaled alike."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

#: Share of their time that agents are meant to be held by contacts when the share is worked out from the agents.
TARGET_OCCUPANCY = 0.8

#: Share of an agent's capacity that one contact takes, as in the demo's routing profile.
CAPACITY_SHARE: Mapping[str, float] = {"voice": 1.0, "chat": 0.3, "sms": 0.2, "email": 0.2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """Seconds of the recorded day. Means of exponential times unless a range is given."""

    conversation: Mapping[str, float]
    patience: Mapping[str, float]
    wrap_up: tuple[float, float] = (10.0, 40.0)
    reaction: tuple[float, float] = (1.5, 6.0)
    break_length: tuple[float, float] = (120.0, 300.0)


#: Voice at the three to four minutes usual in retail banking; written channels longer, side by side.
DAY = Durations(
    conversation={"voice": 180.0, "chat": 300.0, "sms": 360.0, "email": 300.0},
    patience={"voice": 120.0, "chat": 180.0},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How often, as shares of the occasions, agents and customers do the less usual thing."""

    rejects: float = 0.03
    ignores: float = 0.02
    lets_wrap_up_lapse: float = 0.05
    transfers: float = 0.06
    transfers_to_other_pool: float = 0.4
    opens_ticket: float = 0.3
    takes_break: float = 0.03
    customer_ends: float = 0.4
    answers_survey: float = 0.6
    reconnects: float = 0.1
    #: Callers who have waited enough and would rather be called back than hang up, and calls that they then take.
    asks_for_callback: float = 0.5
    answers_callback: float = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Turns seconds of the recorded day into seconds of the replay."""

    speed: float

    def scaled(self, day_seconds: float) -> float:
        return day_seconds / self.speed

    def between(self, bounds: tuple[float, float], chance: random.Random) -> float:
        return self.scaled(chance.uniform(*bounds))

    def around(self, mean: float, chance: random.Random) -> float:
        """An exponential time, bounded at four means so that one customer does not stretch the demo."""
        return self.scaled(min(chance.expovariate(1.0 / mean), 4.0 * mean))


def share_for(agents: int, *, calls: int, window_seconds: float, mix: Mapping[str, float]) -> float:
    """The share of `calls` that keeps `agents` busy at TARGET_OCCUPANCY (offered load in agents = rate x time)."""
    wrap_up = sum(DAY.wrap_up) / 2
    load_per_call = sum(
        mix[channel] * CAPACITY_SHARE[channel] * (DAY.conversation[channel] + wrap_up) for channel in mix
    )
    carried = agents * TARGET_OCCUPANCY * window_seconds / load_per_call
    return min(1.0, carried / calls) if calls else 1.0
