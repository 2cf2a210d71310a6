"""How long a newcomer to a queue would wait, asked of routing over internal HTTP."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import structlog

from services.gateway.adapters.inside import Inside, InsideGone, InsideUnavailable
from services.gateway.application.door.queue_outlooks import QueueOutlook

log = structlog.get_logger(__name__)


class HttpQueueOutlooks:
    """The Outlooks port."""

    def __init__(self, routing: Inside) -> None:
        self._routing = routing

    async def of_queue(self, tenant: str, queue_id: str) -> QueueOutlook | None:
        try:
            return _read(await self._routing.get(tenant, f"/v1/queues/{quote(queue_id, safe='')}/waiting"))
        except (InsideUnavailable, InsideGone, KeyError, TypeError, ValueError) as error:
            log.debug("outlook-unknown", queue=queue_id, reason=type(error).__name__)
            return None


def _read(body: Mapping[str, Any]) -> QueueOutlook:
    newcomer, accuracy = body["newcomer"], body["accuracy"]
    return QueueOutlook(
        waiting=len(body["items"]),
        estimated_wait_seconds=newcomer["estimated_wait_seconds"],
        low_seconds=newcomer["estimated_wait_low_seconds"],
        high_seconds=newcomer["estimated_wait_high_seconds"],
        mean_absolute_error_seconds=accuracy["mean_absolute_error_seconds"],
        inside_band_share=accuracy["inside_band_share"],
    )
