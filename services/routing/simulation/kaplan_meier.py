"""How patient customers were, seen only as far as they had to be.

Whoever was answered would have waited longer, nobody knows how long; counting only those who left makes everybody
seem impatient. E. L. Kaplan and P. Meier (1958) take both into account.
"""

from collections import Counter
from collections.abc import Iterable

from services.routing.simulation.spreads import Samples


def patience(waits: Iterable[tuple[float, bool]]) -> Samples | None:
    """Estimate patience from waits in seconds and whether each ended by leaving; None where nobody left.

    The share that outlasted the longest wait seen has no end.
    """
    left: Counter[float] = Counter()
    ended: Counter[float] = Counter()
    for seconds, by_leaving in waits:
        ended[seconds] += 1
        left[seconds] += by_leaving
    at_risk, patient, spans, weights = ended.total(), 1.0, [], []
    for seconds in sorted(ended):
        if left[seconds]:
            gone = patient * left[seconds] / at_risk
            spans.append(seconds)
            weights.append(gone)
            patient -= gone
        at_risk -= ended[seconds]
    if not spans:
        return None
    return Samples(samples_seconds=tuple(spans), weights=tuple(weights), never=max(0.0, patient))
