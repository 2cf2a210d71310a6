"""A pool as routing says it is now, asked over internal HTTP where a view of it has gaps."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

import httpx

from services.gateway.adapters.forwarding import Forwarder
from services.gateway.application.door.pool_view import AgentStanding, Offer, PoolSnapshot, WaitingContact
from services.gateway.application.door.ports import PoolUnavailable, PoolUnknown
from switchyard.service.identity import Principal
from switchyard.service.times import from_text

_TIMEOUT_SECONDS: Final = 3.0


class HttpPoolSnapshots:
    """The Snapshots port; any replica of routing answers for the pool's owner."""

    def __init__(self, forwarder: Forwarder, routing_url: str) -> None:
        self._forwarder = forwarder
        self._url = routing_url.rstrip("/")

    async def of_pool(self, tenant: str, pool: str) -> PoolSnapshot:
        """Raises PoolUnavailable, PoolUnknown."""
        asker = Principal(
            tenant=tenant, subject="gateway", roles=frozenset({"admin"}), credential_id="internal:gateway"
        )
        address = f"{self._url}/internal/pools/{quote(tenant, safe='')}/{quote(pool, safe='')}/snapshot"
        try:
            headers = dict(self._forwarder.identify(asker))
            answer = await self._forwarder.http.get(address, headers=headers, timeout=_TIMEOUT_SECONDS)
        except httpx.HTTPError as error:
            raise PoolUnavailable(type(error).__name__) from error
        try:
            body: Mapping[str, Any] = answer.json()
        except ValueError as error:
            raise PoolUnavailable(f"status {answer.status_code}, no JSON") from error
        if answer.status_code == 404 and body.get("code") == "pool-unknown":
            raise PoolUnknown(pool)
        if answer.status_code != 200:
            raise PoolUnavailable(f"status {answer.status_code}")
        return _read(body)


def _read(body: Mapping[str, Any]) -> PoolSnapshot:
    try:
        return PoolSnapshot(
            contacts_sequence=int(body["contacts_sequence"]),
            agents_sequence=int(body["agents_sequence"]),
            waiting=tuple(_waiting(each) for each in _items(body, "waiting")),
            offers=tuple(_offer(each) for each in _items(body, "offers")),
            agents=tuple(_agent(each) for each in _items(body, "agents")),
            # Absent where a replica of routing answers that is of an earlier version.
            break_requests=tuple((each["agent_id"], each["team_id"]) for each in body.get("break_requests", ())),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise PoolUnavailable(f"the snapshot does not read: {error!r}") from error


def _items(body: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    items: Sequence[Mapping[str, Any]] = body[name]
    return items


def _waiting(each: Mapping[str, Any]) -> WaitingContact:
    return WaitingContact(
        contact_id=each["contact_id"],
        entry=int(each["entry"]),
        queue_id=each["queue_id"],
        channel=each["channel"],
        queued_at=from_text(each["queued_at"]),
    )


def _offer(each: Mapping[str, Any]) -> Offer:
    return Offer(
        id=each["offer_id"],
        contact_id=each["contact_id"],
        entry=int(each["entry"]),
        queue_id=each["queue_id"],
        channel=each["channel"],
        agent_id=each["agent_id"],
        queued_at=_time(each.get("queued_at")),
        offered_at=from_text(each["offered_at"]),
        expires_at=_time(each.get("expires_at")),
        callback_attempt=int(each.get("callback_attempt", 0)),
    )


def _agent(each: Mapping[str, Any]) -> AgentStanding:
    return AgentStanding(
        agent_id=each["agent_id"],
        team_id=each.get("team_id") or "",
        site_id=each.get("site_id") or "",
        state=each["state"],
        reason=each.get("reason") or "",
        set_state=each.get("set_state") or each["state"],
        set_reason=each.get("set_reason") or "",
        since=_time(each.get("since")),
        held_units=int(each.get("held_units", 0)),
        capacity_units=int(each.get("capacity_units", 0)),
        seat=each.get("seat") or "",
    )


def _time(text: str | None) -> datetime | None:
    return from_text(text) if text else None
