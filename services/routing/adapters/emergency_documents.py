"""A tenant's emergency as a document, and back."""

from collections.abc import Mapping
from typing import Any

from services.routing.adapters.way_out_documents import read_way, way_document
from services.routing.domain.declared_emergency import DeclaredEmergency, PoolWay


def emergency_document(emergency: DeclaredEmergency) -> dict[str, Any]:
    return {
        "id": emergency.id,
        "name": emergency.name,
        "on": emergency.on,
        "message": emergency.message,
        "then": way_document(emergency.then),
        "pools": {each.pool: way_document(each.then) for each in emergency.pools},
        "waiting": emergency.waiting,
        "extra_staff": {"sites": list(emergency.extra_sites), "queues": list(emergency.extra_queues)},
        "sites_closed": list(emergency.closed_sites),
    }


def read_emergency(document: Mapping[str, Any]) -> DeclaredEmergency:
    pools = document["pools"] or {}
    return DeclaredEmergency(
        id=document["id"],
        name=document["name"],
        on=document["on"],
        message=document["message"],
        then=read_way(document["then"]),
        pools=tuple(PoolWay(pool=pool, then=read_way(pools[pool])) for pool in sorted(pools)),
        waiting=document["waiting"],
        extra_sites=tuple(document["extra_staff"]["sites"]),
        extra_queues=tuple(document["extra_staff"]["queues"]),
        closed_sites=tuple(document["sites_closed"]),
    )
