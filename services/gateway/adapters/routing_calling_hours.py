"""When a queue's customers may be called, as routing says."""

from datetime import datetime
from urllib.parse import quote

import structlog

from services.gateway.adapters.inside import Inside, InsideGone, InsideUnavailable
from switchyard.service.times import from_text, to_text

log = structlog.get_logger(__name__)


class RoutingCallingHours:
    """The port CallingHours."""

    def __init__(self, routing: Inside) -> None:
        self._routing = routing

    async def are_between(self, tenant: str, queue_id: str, begin: datetime, end: datetime) -> bool:
        path = f"/v1/queues/{quote(queue_id, safe='')}/opening?of=callbacks&at={to_text(begin)}"
        try:
            body = await self._routing.get(tenant, path)
            opens = body["next_change"]
            return bool(body["open"]) or (opens is not None and from_text(opens) < end)
        except (InsideUnavailable, InsideGone, KeyError, TypeError, ValueError) as error:
            log.debug("calling-hours-unknown", queue=queue_id, reason=type(error).__name__)
            return True
