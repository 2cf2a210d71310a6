"""Waiting until the services have read what the broker holds: the memory-only broker forgets the rest."""

import time
from collections.abc import Callable, Sequence

import httpx

_LIMIT_SECONDS = 8.0
_POLL_SECONDS = 0.5
#: Zero for 2.5 s: consumers measure their lag every 2 s, and what one wrote last another has yet to see.
_TIMES_EMPTY = 6
LAG_METRIC = "switchyard_consumer_lag"


def wait_until_read(urls: Sequence[str], *, say: Callable[[str], None]) -> None:
    """Poll the services' lag until none is left, for at most eight seconds."""
    until = time.monotonic() + _LIMIT_SECONDS
    empty = 0
    with httpx.Client(timeout=1) as client:
        while empty < _TIMES_EMPTY:
            lag = sum(_lag(client, url) for url in urls)
            empty = empty + 1 if lag == 0 else 0
            if time.monotonic() > until:
                say(f"{lag:.0f} messages were not read in {_LIMIT_SECONDS:.0f} s; the next start sends them again")
                return
            time.sleep(_POLL_SECONDS)


def _lag(client: httpx.Client, url: str) -> float:
    try:
        text = client.get(f"{url}/metrics").text
    except httpx.HTTPError:
        return 0.0
    return sum_of(LAG_METRIC, text)


def sum_of(metric: str, exposition: str) -> float:
    """Add up a metric's samples over all its labels."""
    lines = (line for line in exposition.splitlines() if line.startswith((metric + "{", metric + " ")))
    return sum(float(line.rpartition(" ")[2]) for line in lines)
