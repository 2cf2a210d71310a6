"""How much of a fault is tried: in full by `SOAK=1`, about a tenth otherwise."""

import os

SOAK = os.environ.get("SOAK") == "1"


def scaled(full: int) -> int:
    """Give the count for this run."""
    return full if SOAK else max(1, full // 10)
