"""A routing process that logs, for each batch it journals, how long that took from its poll until it was durable."""

import time
from collections.abc import Callable
from unittest.mock import patch

import structlog

from services.routing import bootstrap
from services.routing.settings import Settings
from switchyard.service.running import run

#: The log's word for a batch that is durable; `ms` beside it.
DURABLE = "batch-durable"
log = structlog.get_logger(__name__)


def stopwatch(_wanted: str) -> Callable[[str], None]:
    """Make the hook that the loop calls."""
    began = time.perf_counter()

    def reached(point: str) -> None:
        nonlocal began
        if point == "after-poll":
            began = time.perf_counter()
        elif point == "after-journal":
            log.info(DURABLE, ms=(time.perf_counter() - began) * 1000)

    return reached


if __name__ == "__main__":
    with patch.object(bootstrap, "crash_points", stopwatch):
        run(Settings, bootstrap.build)
