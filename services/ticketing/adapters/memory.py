"""A counter of ticket numbers for tests; its twin is in `mongo.py`, one contract suite runs on both."""

from collections import Counter


class InMemoryTicketNumbers:
    def __init__(self) -> None:
        self._last: Counter[str] = Counter()

    async def next(self, tenant: str, series: str) -> int:
        self._last[f"{tenant}/{series}"] += 1
        return self._last[f"{tenant}/{series}"]
