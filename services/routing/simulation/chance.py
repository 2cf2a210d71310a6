"""Randomness by name: each purpose draws from a stream of its own, so that changing one leaves the others as they were.

With as many agents as you like the same customers come at the same instants (common random numbers), so two scenarios
differ by what was changed and not by luck.
"""

import random
from dataclasses import dataclass
from typing import TypeAlias

#: What every draw is made from; the standard library's Mersenne Twister gives the same numbers on every platform.
Dice: TypeAlias = random.Random

#: Bits of the seed that each customer carries through life.
SEED_BITS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """All streams of one replication."""

    seed: int
    replication: int

    def of(self, purpose: str) -> Dice:
        """Make the stream of a purpose; its text is hashed by SHA-512, so neither process nor hash seed matter."""
        return random.Random(f"{self.seed}/{self.replication}/{purpose}")  # noqa: S311 - reproducible, not secret


def empty_dice() -> Dice:
    """Make dice to be seeded again for each customer."""
    return random.Random(0)  # noqa: S311 - reproducible, not secret
