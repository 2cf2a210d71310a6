"""Who waits where in a queue, as routing says."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import structlog

from services.gateway.adapters.inside import Inside, InsideGone, InsideUnavailable
from services.gateway.application.ports import Waiting

log = structlog.get_logger(__name__)

#: One page: who stands further back learns the position when it is in reach.
_MOST = 200


class RoutingRooms:
    """The port WaitingRooms; a customer goes without a position while routing cannot be asked."""

    def __init__(self, routing: Inside) -> None:
        self._routing = routing

    async def positions(self, tenant: str, queue_id: str) -> Mapping[str, Waiting]:
        path = f"/v1/queues/{quote(queue_id, safe='')}/waiting?limit={_MOST}"
        try:
            body = await self._routing.get(tenant, path)
            return dict(_waiting(item) for item in body["items"])
        except (InsideUnavailable, InsideGone, KeyError, TypeError, ValueError) as error:
            log.debug("positions-unknown", queue=queue_id, reason=type(error).__name__)
            return {}


def _waiting(item: Mapping[str, Any]) -> tuple[str, Waiting]:
    estimate = item.get("estimated_wait_seconds")
    waiting = Waiting(
        position=int(item["position"]), estimated_wait_seconds=None if estimate is None else float(estimate)
    )
    return str(item["contact"]), waiting
