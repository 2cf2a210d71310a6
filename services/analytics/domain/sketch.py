"""DDSketch as counters: a value falls into a logarithmic bin, so adding bins merges sketches over any intervals.

A quantile read back is within 1 % of the true value (Masson, Rim, Lee: DDSketch, VLDB 2019).
"""

from collections.abc import Mapping
from math import ceil, log

RELATIVE_ERROR = 0.01
_GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
_LOG_GAMMA = log(_GAMMA)

#: The bin of values below one millisecond, which have no logarithm worth keeping.
ZERO_BIN = -1


def bin_of(milliseconds: int) -> int:
    """Name the bin of a value; bins are whole numbers that grow with it."""
    return ceil(log(milliseconds) / _LOG_GAMMA) if milliseconds >= 1 else ZERO_BIN


def quantile(bins: Mapping[int, int], share: float) -> float | None:
    """Estimate the value in milliseconds below which `share` (0 to 1) of all values lie; None without values."""
    rank = share * (sum(bins.values()) - 1)
    seen = 0
    for index in sorted(bins):
        seen += bins[index]
        if seen > rank:
            return _value(index)
    return None


def _value(index: int) -> float:
    return 0.0 if index == ZERO_BIN else 2 * _GAMMA**index / (_GAMMA + 1)
