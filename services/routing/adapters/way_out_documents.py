"""Ways out of a queue as documents, and back; no way out is the word `wait`."""

from collections.abc import Mapping
from typing import Any

from services.routing.domain.queue_steps import WayOut

WAIT = "wait"


def way_document(way: WayOut | None) -> dict[str, Any] | None:
    if way is None:
        return None
    return {
        "to_queue": way.to_queue or None,
        "last_step": way.last_step or None,
        "announcement": way.announcement,
    }


def read_way(document: Mapping[str, Any] | str | None) -> WayOut | None:
    if document is None or isinstance(document, str):
        return None
    return WayOut(
        to_queue=document["to_queue"] or "",
        last_step=document["last_step"] or "",
        announcement=document["announcement"],
    )
