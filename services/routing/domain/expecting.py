"""The published formula of the estimated wait, and of the band in which four waits of five should end.

Model: a contact at position p waits for p gaps between answers. With the mean m and the variance v of the last n
gaps (at most 50, those in which somebody waited), its wait has the mean p m and the variance p v + p² v / n, of
which the second part is our not knowing m exactly. Its distribution is taken to be the gamma with these two, whose
quantile at the normal deviate z is, after Wilson and Hilferty (1931), mean x (1 - 1/9a + z / 3 sqrt a)³, with the
shape a = mean² / variance.

Correction: the deviates at which the last 100 true waits of the queue lay are kept. Once there are 20, the estimate
is the model's quantile at their median, and the band runs between two of their quantiles that leave the same share
outside on either side; until then the estimate is p m and the deviates of the band are those of the normal
distribution. So whatever the model leaves out, customers who give up or agents who come and go, shows in the
deviates and is made good.

The share left outside begins at 20 % and moves with every wait, down by 1.6 points after one outside the band and up
by 0.4 after one inside (adaptive conformal inference, Gibbs and Candès 2021): it rests only where one wait of five is
outside, also where tomorrow is not like today.
"""

from collections.abc import Sequence
from math import sqrt

from services.routing.domain.forecaster import Forecaster
from services.routing.domain.forecasts import GivenEstimate
from services.routing.domain.values import dataclass

#: The normal deviate of 90 %: between minus this and this lie 80 %.
_Z90 = 1.2816
#: Fewer judged estimates than these say nothing about the next.
_ENOUGH_JUDGED = 20
#: With fewer gaps than these their spread is not to be trusted, and that of a Poisson process is taken.
_ENOUGH_GAPS = 5
#: Gaps are never as even as a few of them may look: the least coefficient of variation that is believed.
_LEAST_VARIATION = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """An estimate with its band, in seconds, and the gamma that it is taken from."""

    estimated_seconds: float
    low_seconds: float
    high_seconds: float
    mean_seconds: float
    shape: float


def expected(forecast: Forecaster, position: int, *, open_gap_ms: int = 0) -> Expected | None:
    """Estimate the wait at a position; None until the queue has answered somebody.

    `open_gap_ms` is how long somebody has waited since the last answer: a queue that comes to a halt grows slower.
    """
    if not forecast.gaps_ms:
        return None
    gap, variance = _pace(forecast, open_gap_ms)
    mean = position * gap
    spread = position * variance + position**2 * variance / len(forecast.gaps_ms)
    shape = mean**2 / spread
    low, middle, high = _deviates(forecast, shape)
    base, scale = 1 - 1 / (9 * shape), 3 * sqrt(shape)
    return Expected(
        estimated_seconds=round(mean * max(base + middle / scale, 0.0) ** 3, 1),
        low_seconds=round(mean * max(base + low / scale, 0.0) ** 3, 1),
        high_seconds=round(mean * max(base + high / scale, 0.0) ** 3, 1),
        mean_seconds=round(mean, 3),
        shape=round(shape, 6),
    )


def deviate(given: GivenEstimate, waited_seconds: float) -> float:
    """Say where a true wait lies in the distribution that the estimate was made from."""
    root = float((waited_seconds / given.mean_seconds) ** (1 / 3))
    return (root - 1 + 1 / (9 * given.shape)) * 3 * sqrt(given.shape)


def _pace(forecast: Forecaster, open_gap_ms: int) -> tuple[float, float]:
    """Give mean and variance of the gaps, in seconds; one under way counts where it is longer than they are."""
    gaps: Sequence[float] = forecast.gaps_seconds
    total = sum(gaps)
    if open_gap_ms / 1000 * len(gaps) > total:
        gaps = [*gaps, open_gap_ms / 1000]
        total = sum(gaps)
    mean = max(total / len(gaps), 0.1)
    if len(gaps) < _ENOUGH_GAPS:
        return mean, mean**2
    variance = sum([(gap - mean) ** 2 for gap in gaps]) / (len(gaps) - 1)
    return mean, max(variance, (_LEAST_VARIATION * mean) ** 2)


def _deviates(forecast: Forecaster, shape: float) -> tuple[float, float, float]:
    """Give the deviates of the band's lower end, of the estimate, and of the upper end."""
    seen = forecast.ordered_z_milli
    if len(seen) < _ENOUGH_JUDGED:
        return -_Z90, 1 / (3 * sqrt(shape)), _Z90
    tail = forecast.outside / 20_000
    return _at(seen, tail), _at(seen, 0.5), _at(seen, 1 - tail)


def _at(ordered: list[int], share: float) -> float:
    """Give a quantile of past deviates, so wide that one more of their kind lies beyond it with the share asked."""
    place = share * (len(ordered) + 1) - 1
    low = min(max(int(place), 0), len(ordered) - 2)
    return (ordered[low] + (place - low) * (ordered[low + 1] - ordered[low])) / 1000
