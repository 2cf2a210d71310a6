"""How open things lie in MongoDB: one document per source and thing, carrying the last event's number."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from services.analytics.application.ports import Stood
from services.analytics.domain.standing import KnownAgent, KnownQueue, OpenAgent, OpenEntry, Standing
from switchyard.mongo.client import Document

_KINDS: Mapping[str, type[Standing]] = {
    "entry": OpenEntry,
    "agent": OpenAgent,
    "known_queue": KnownQueue,
    "known_agent": KnownAgent,
}
_NAMES = {type_: name for name, type_ in _KINDS.items()}


def standing_document(stood: Stood, forget_at: datetime) -> Document:
    """Write how a thing stands; closed things are forgotten at `forget_at`."""
    standing = stood.standing
    kind = _NAMES[type(standing)]
    fields = asdict(standing)
    fields.pop("closed", None)
    return {
        "_id": f"{stood.name.source} {kind} {standing.id}",
        "tenant": stood.tenant,
        "kind": kind,
        "sequence": stood.name.sequence,
        "closed": standing.closed,
        "forget_at": forget_at if standing.closed else None,
        "thing": fields,
    }


def standing_of(document: Mapping[str, Any]) -> Standing:
    """Read an open thing back."""
    fields = dict(document["thing"])
    if document["kind"] == "known_agent":
        fields["queue_ids"] = tuple(fields["queue_ids"])
    if document["kind"] != "entry":
        fields["closed"] = document["closed"]
    return _KINDS[document["kind"]](**fields)
