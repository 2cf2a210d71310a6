"""How long something takes that is not always seen to its end.

Whoever was answered would have waited longer, nobody knows how long; counting only those who left makes everybody
seem impatient. A conversation that is still open at the end of a day is one that takes long; leaving it out makes all
seem short. E. L. Kaplan and P. Meier (1958) take both into account.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from services.routing.simulation.spreads import Samples

#: A span in seconds, and whether its end was seen.
Seen = tuple[float, bool]


def survival(spans: Iterable[Seen]) -> Samples | None:
    """Estimate how long spans are from what was seen of them; None where no end was.

    The share that outlasted the longest span seen has no end.
    """
    over: Counter[float] = Counter()
    ended: Counter[float] = Counter()
    for seconds, seen in spans:
        ended[seconds] += 1
        over[seconds] += seen
    at_risk, lasting, lengths, weights = ended.total(), 1.0, [], []
    for seconds in sorted(ended):
        if over[seconds]:
            gone = lasting * over[seconds] / at_risk
            lengths.append(seconds)
            weights.append(gone)
            lasting -= gone
        at_risk -= ended[seconds]
    if not lengths:
        return None
    return Samples(samples_seconds=tuple(lengths), weights=tuple(weights), never=max(0.0, lasting))


def duration(spans: Sequence[Seen]) -> Samples | None:
    """Estimate the same of what always ends: the share that outlasts all ends with the longest span seen.

    None where nothing was seen at all.
    """
    if not spans:
        return None
    longest = max(seconds for seconds, _ in spans)
    found = survival(spans)
    if found is None:
        return Samples(samples_seconds=(longest,))
    if not found.never:
        return found
    lengths, weights = (*found.samples_seconds, longest), (*found.weights, found.never)
    return replace(found, samples_seconds=lengths, weights=weights, never=0.0)
