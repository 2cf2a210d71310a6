"""When customers may be called, as the gateway asks routing."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.gateway.adapters.forwarding import Forwarder
from services.gateway.adapters.inside import Inside
from services.gateway.adapters.routing_calling_hours import RoutingCallingHours
from switchyard.service.times import to_text
from tests.unit.gateway_door.bench import NOW

SECRET = "a secret of at least so many characters"
END = NOW + timedelta(minutes=20)


def hours(status: int, body: dict[str, Any]) -> RoutingCallingHours:
    def respond(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/v1/queues/billing/opening"
        assert dict(request.url.params) == {"of": "callbacks", "at": to_text(NOW)}
        return httpx.Response(status, json=body)

    http = httpx.AsyncClient(transport=httpx.MockTransport(respond))
    return RoutingCallingHours(Inside(Forwarder(http, SECRET, lambda: NOW), "http://routing"))


@pytest.mark.parametrize(
    ("status", "body", "there"),
    [
        (200, {"open": True, "next_change": None}, True),
        (200, {"open": False, "next_change": to_text(END - timedelta(minutes=1))}, True),
        (200, {"open": False, "next_change": to_text(END)}, False),
        (200, {"open": False, "next_change": None}, False),
        (404, {"code": "not-found"}, True),
        (503, {}, True),
    ],
)
async def test_customers_are_called_where_the_hours_open_in_time_or_are_not_known(
    status: int, body: dict[str, Any], there: bool
) -> None:
    assert await hours(status, body).are_between("acme", "billing", NOW, END) is there
