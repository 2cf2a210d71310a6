"""Where a failure test wants the process to die: SWITCHYARD_CRASH_AT=after-journal:17 kills it the 17th time there."""

import os
import signal
from collections import Counter
from collections.abc import Callable


def crash_points(wanted: str) -> Callable[[str], None]:
    """Make the hook that the loop calls; it does nothing where nothing is wanted."""
    if not wanted:
        return lambda _: None
    point, _, times = wanted.partition(":")
    seen: Counter[str] = Counter()

    def reached(name: str) -> None:
        seen[name] += 1
        if name == point and seen[name] == int(times or "1"):
            os.kill(os.getpid(), signal.SIGKILL)

    return reached
