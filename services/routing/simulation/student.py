"""How far a mean of few replications can be trusted: Student's t."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan, cos, pi, sin, sqrt
from statistics import fmean, stdev

_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A mean over `count` replications and the ends of its 95 % confidence interval; None where there is but one."""

    mean: float
    low: float | None
    high: float | None
    count: int


def estimate(values: Sequence[float]) -> Estimate:
    """Estimate a mean from independent values; there is at least one."""
    mean, count = fmean(values), len(values)
    if count < 2:
        return Estimate(mean=mean, low=None, high=None, count=count)
    half = quantile(count - 1) * stdev(values) / sqrt(count)
    return Estimate(mean=mean, low=mean - half, high=mean + half, count=count)


def quantile(freedom: int, confidence: float = _CONFIDENCE) -> float:
    """Give t such that a Student variable lies within -t and t with this probability, to 1e-9."""
    low, high = 0.0, 1.0
    while within(high, freedom) < confidence:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if within(middle, freedom) < confidence else (low, middle)
    return (low + high) / 2


def within(t: float, freedom: int) -> float:
    """Give the probability of -t to t for whole degrees of freedom (Abramowitz and Stegun 26.7.3 and 26.7.4)."""
    theta = atan(t / sqrt(freedom))
    odd = freedom % 2
    term = total = cos(theta) if odd else 1.0
    for k in range(3 if odd else 2, freedom, 2):
        term *= cos(theta) ** 2 * (k - 1) / k
        total += term
    if not odd:
        return sin(theta) * total
    return 2 / pi * (theta + (sin(theta) * total if freedom > 1 else 0.0))
