"""When customers come: the instants of one kind of arrivals, in milliseconds from the beginning."""

from collections.abc import Iterator

from services.routing.simulation.chance import Dice, Streams
from services.routing.simulation.scenario import Arrivals, Scenario

_DAY_SECONDS = 86_400.0


def instants(scenario: Scenario, arrivals: Arrivals, streams: Streams, name: str) -> list[int]:
    """Draw the instants of one replication, in order; `name` is the stream's."""
    dice = streams.of(f"arrivals/{name}")
    if arrivals.at_seconds:
        return [round(at * 1000) for at in arrivals.at_seconds]
    factors = _Busyness(scenario, arrivals, streams, name)
    drawn = _counted if arrivals.process == "counted" else _poisson
    return sorted(
        round(at * 1000)
        for start, end, count in _periods(scenario, arrivals)
        for at in drawn(dice, start, end, count * factors.of(start))
    )


def expected(scenario: Scenario, arrivals: Arrivals) -> float:
    """Give how many customers come on average."""
    return len(arrivals.at_seconds) + sum(count for _, _, count in _periods(scenario, arrivals))


def _periods(scenario: Scenario, arrivals: Arrivals) -> Iterator[tuple[float, float, float]]:
    """Give start, end and mean count of each period while it is open; a period cut short keeps its rate."""
    length = arrivals.period_seconds or scenario.period_seconds
    per_period = arrivals.counts or tuple(rate * length / 3_600 for rate in arrivals.rates_per_hour)
    for number, count in enumerate(per_period):
        start, end = number * length, min((number + 1) * length, scenario.open_seconds)
        if end > start:
            yield start, end, count * (end - start) / length


def _counted(dice: Dice, start: float, end: float, count: float) -> Iterator[float]:
    return (dice.uniform(start, end) for _ in range(round(count)))


def _poisson(dice: Dice, start: float, end: float, count: float) -> Iterator[float]:
    """From the period's own beginning: late in a long day a short step would be lost in rounding, and never end."""
    since, length = 0.0, end - start
    rate = count / length
    while rate and (since := since + dice.expovariate(rate)) < length:
        yield start + since


class _Busyness:
    """How busy each day is: a factor all queues share, times one of these arrivals alone."""

    def __init__(self, scenario: Scenario, arrivals: Arrivals, streams: Streams, name: str) -> None:
        shapes = ((scenario.busyness_shape, "all"), (arrivals.busyness_shape, f"of/{name}"))
        self._drawing = [(shape, streams.of(f"busyness/{who}")) for shape, who in shapes if shape]
        self._days: list[float] = []
        self._vary = arrivals.process == "poisson"

    def of(self, seconds: float) -> float:
        if not self._vary:
            return 1.0
        day = int(seconds // _DAY_SECONDS)
        while len(self._days) <= day:
            factor = 1.0
            for shape, dice in self._drawing:
                factor *= dice.gammavariate(shape, 1 / shape)
            self._days.append(factor)
        return self._days[day]
