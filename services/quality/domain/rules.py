"""The rules by which a machine answers a question of a scorecard."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstResponseWithin:
    """The agent answered in time; `seconds` by channel, a channel that is not named is not judged.

    In text the time runs from acceptance to the agent's first own line, in voice from the call's arrival to acceptance.
    """

    seconds: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseSaid:
    """One of the phrases stands in the agent's first `within_lines` own lines."""

    phrases: tuple[str, ...]
    within_lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PhrasesAbsent:
    """None of the phrases stands in any of the agent's own lines."""

    phrases: tuple[str, ...]


Rule = FirstResponseWithin | PhraseSaid | PhrasesAbsent
