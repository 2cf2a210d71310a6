"""The four things that can become of a consumed message."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Done:
    """The effect is stored."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The effect was there already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Something this message needs is missing or down: try again after so many seconds, its subject waits."""

    after_seconds: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Poison:
    """This message can never succeed as it is: to the dead letters with it; its subject waits for a replay."""

    reason: str


Outcome = Done | Duplicate | Retry | Poison
