"""How often one credential may ask: a token bucket each, in the memory of one replica.

A limit protects the platform from one client's loop; it is no quota to be billed, so replicas need not agree.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

#: Credentials remembered at once; the one silent longest is forgotten first, which only fills its bucket.
_MOST_BUCKETS: Final = 50_000


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """Requests per second in the long run, and how many at once; a rate of 0 means no limit."""

    per_second: float
    burst: float


class RateLimits:
    """Times are seconds of a monotonic clock."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, credential: str, now: float) -> float:
        """Take one request; return 0, or the seconds to wait where there is none left."""
        rate, burst = self._allowance.per_second, self._allowance.burst
        if rate <= 0:
            return 0.0
        bucket = self._bucket(credential, now)
        bucket.tokens = min(burst, bucket.tokens + (now - bucket.at) * rate)
        bucket.at = now
        if bucket.tokens < 1:
            return (1 - bucket.tokens) / rate
        bucket.tokens -= 1
        return 0.0

    def _bucket(self, credential: str, now: float) -> _Bucket:
        bucket = self._buckets.get(credential)
        if bucket is None:
            bucket = self._buckets[credential] = _Bucket(self._allowance.burst, now)
            if len(self._buckets) > _MOST_BUCKETS:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(credential)
        return bucket
