"""What a queue's estimates are made from, as it is worked with."""

from bisect import bisect_left, insort
from collections import deque

from services.routing.domain.forecasts import GAPS_KEPT, JUDGED_KEPT, Forecast


class Forecaster:
    """A queue's forecast kept up answer by answer, with what estimates are made from ready at hand.

    Changes by events alone, as the rest of the pool does. Beside the recent past itself stands an index over it: the
    gaps in seconds, and the deviates in order.
    """

    __slots__ = (
        "errors_ms",
        "gaps_ms",
        "gaps_seconds",
        "inside",
        "last_answer",
        "ordered_z_milli",
        "outside",
        "queue_id",
        "waited",
        "z_milli",
    )

    def __init__(self, forecast: Forecast) -> None:
        self.queue_id = forecast.queue_id
        self.waited = forecast.waited
        self.last_answer = forecast.last_answer
        self.outside = forecast.outside
        self.gaps_ms = deque(forecast.gaps_ms, GAPS_KEPT)
        self.gaps_seconds = deque((gap / 1000 for gap in forecast.gaps_ms), GAPS_KEPT)
        self.errors_ms = deque(forecast.errors_ms, JUDGED_KEPT)
        self.inside = deque(forecast.inside, JUDGED_KEPT)
        self.z_milli = deque(forecast.z_milli)
        self.ordered_z_milli = sorted(forecast.z_milli)

    def kept(self) -> Forecast:
        """Give the value that is stored, and that the same forecaster is made of again."""
        return Forecast(
            queue_id=self.queue_id,
            gaps_ms=tuple(self.gaps_ms),
            waited=self.waited,
            last_answer=self.last_answer,
            errors_ms=tuple(self.errors_ms),
            z_milli=tuple(self.z_milli),
            inside=tuple(self.inside),
            outside=self.outside,
        )

    def add_gap(self, gap_ms: int) -> None:
        self.gaps_ms.append(gap_ms)
        self.gaps_seconds.append(gap_ms / 1000)

    def forget_gaps(self) -> None:
        self.gaps_ms.clear()
        self.gaps_seconds.clear()

    def add_judged(self, *, error_ms: int, z_milli: int, inside: bool) -> None:
        self.errors_ms.append(error_ms)
        self.inside.append(inside)
        self.z_milli.append(z_milli)
        insort(self.ordered_z_milli, z_milli)
        if len(self.z_milli) > JUDGED_KEPT:
            del self.ordered_z_milli[bisect_left(self.ordered_z_milli, self.z_milli.popleft())]
