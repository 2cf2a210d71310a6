"""How a span of time is spread: distributions as data, and what draws from them. All spans are in seconds."""

import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Annotated, ClassVar, TypeAlias

from services.routing.simulation.chance import Dice
from services.routing.simulation.limits import Limits

LONGEST = 31 * 86_400.0
Seconds: TypeAlias = Annotated[float, Limits(least=0, most=LONGEST)]
#: The engine counts in milliseconds; what takes time takes one.
PositiveSeconds: TypeAlias = Annotated[float, Limits(least=0.001, most=LONGEST)]
Share: TypeAlias = Annotated[float, Limits(least=0, most=1)]
#: Beyond, a gamma distribution is nothing but zeros, or constant, and its draws are no numbers any more.
Shape: TypeAlias = Annotated[float, Limits(least=1e-3, most=1e6)]
Weight: TypeAlias = Annotated[float, Limits(least=0, most=1e9)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """Always the same; may be written as the number alone."""

    tag: ClassVar[tuple[str, str]] = ("distribution", "constant")
    short: ClassVar[str] = "seconds"
    seconds: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Exponential:
    tag: ClassVar[tuple[str, str]] = ("distribution", "exponential")
    mean_seconds: PositiveSeconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Lognormal:
    """Given by its own mean and standard deviation, not by those of the logarithm."""

    tag: ClassVar[tuple[str, str]] = ("distribution", "lognormal")
    mean_seconds: PositiveSeconds
    sd_seconds: PositiveSeconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Gamma:
    """`shape` 1 is exponential; the squared coefficient of variation is 1 / shape."""

    tag: ClassVar[tuple[str, str]] = ("distribution", "gamma")
    mean_seconds: PositiveSeconds
    shape: Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Uniform:
    tag: ClassVar[tuple[str, str]] = ("distribution", "uniform")
    low_seconds: Seconds
    high_seconds: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """One of the observed spans, each as likely as its weight; `never` is the share that has no end at all."""

    tag: ClassVar[tuple[str, str]] = ("distribution", "samples")
    samples_seconds: Annotated[tuple[Seconds, ...], Limits(longest=200_000)]
    weights: Annotated[tuple[Weight, ...], Limits(longest=200_000)] = ()
    never: Share = 0.0


Spread: TypeAlias = Constant | Exponential | Lognormal | Gamma | Uniform | Samples


@dataclass(frozen=True, slots=True, kw_only=True)
class ByPeriod:
    """A spread for each period of arrival; the last holds from then on. Without a length, the scenario's."""

    tag: ClassVar[tuple[str, str]] = ("distribution", "by_period")
    periods: Annotated[tuple[Spread, ...], Limits(shortest=1, longest=2_000)]
    period_seconds: PositiveSeconds | None = None


Timed: TypeAlias = Constant | Exponential | Lognormal | Gamma | Uniform | Samples | ByPeriod

#: Draws a span in seconds; infinite where it never ends.
Draw: TypeAlias = Callable[[Dice], float]
#: Draws for a customer who arrived so many seconds after the beginning.
DrawAt: TypeAlias = Callable[[Dice, float], float]


@lru_cache(maxsize=1_000)
def drawing(spread: Spread) -> Draw:
    """Make what draws from a spread."""
    match spread:
        case Constant(seconds=seconds):
            return lambda _: seconds
        case Exponential(mean_seconds=mean):
            return lambda dice: dice.expovariate(1 / mean)
        case Lognormal(mean_seconds=mean, sd_seconds=sd):
            variance = math.log1p((sd / mean) ** 2)
            return lambda dice: dice.lognormvariate(math.log(mean) - variance / 2, math.sqrt(variance))
        case Gamma(mean_seconds=mean, shape=shape):
            return lambda dice: dice.gammavariate(shape, mean / shape)
        case Uniform(low_seconds=low, high_seconds=high):
            return lambda dice: dice.uniform(low, high)
        case Samples():
            return _sampling(spread)


def drawing_at(timed: Timed, period_seconds: float) -> DrawAt:
    """Make what draws by the period of arrival."""
    if not isinstance(timed, ByPeriod):
        draw = drawing(timed)
        return lambda dice, _: draw(dice)
    draws = [drawing(each) for each in timed.periods]
    length, last = timed.period_seconds or period_seconds, len(draws) - 1
    return lambda dice, since: draws[min(int(since / length), last)](dice)


def _sampling(samples: Samples) -> Draw:
    spans = samples.samples_seconds
    if not spans:
        return lambda _: math.inf
    sums = list(accumulate(samples.weights or (1.0,) * len(spans)))
    total, last = sums[-1] / (1 - samples.never) if samples.never < 1 else math.inf, len(spans) - 1

    def draw(dice: Dice) -> float:
        point = dice.random() * total
        return spans[min(bisect_right(sums, point), last)] if point < sums[-1] else math.inf

    return draw
