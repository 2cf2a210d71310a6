"""The stream's frames: what happened, in the words of the REST door."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from services.gateway.application.door.pool_view import AgentStanding, Offer
from services.gateway.application.door.ports import Json, JsonObject
from services.gateway.application.door.queue_outlooks import QueueOutlook
from services.gateway.application.door.routing_events import RoutingEvent
from services.gateway.domain.line import CLOSING, Line

_OUTCOMES: Final = {
    "OfferAccepted": "accepted",
    "OfferRejected": "rejected",
    "OfferTimedOut": "timed_out",
    "OfferWithdrawn": "withdrawn",
}
_BREAKS: Final = {"BreakRequested": "waiting", "BreakGranted": "granted", "BreakRequestEnded": "ended"}
_CONTACT_STATES: Final = {
    "OfferAccepted": "connected",
    "ContactEnded": "ended",
    "ContactTransferred": "transferred",
    "WrapUpCompleted": "closed",
    "CallbackNotReached": "not_reached",
    "WorkInterrupted": "interrupted",
    "WorkResumed": "resumed",
}


def text(moment: datetime | None) -> str | None:
    """Write a time as the door does: UTC, milliseconds."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None


def offer_json(offer: Offer) -> dict[str, Json]:
    return {
        "id": offer.id,
        "contact": offer.contact_id,
        "entry": offer.entry,
        "queue": offer.queue_id,
        "channel": offer.channel,
        "agent": offer.agent_id,
        "queued_at": text(offer.queued_at),
        "offered_at": text(offer.offered_at),
        "expires_at": text(offer.expires_at),
        "callback_attempt": offer.callback_attempt,
    }


def standing_json(agent: AgentStanding) -> dict[str, Json]:
    return {
        "agent": agent.agent_id,
        "state": agent.state,
        "reason": agent.reason,
        "set_state": agent.set_state,
        "set_reason": agent.set_reason,
        "since": text(agent.since),
        "held_units": agent.held_units,
        "capacity_units": agent.capacity_units,
        "site": agent.site_id or None,
        "seat": agent.seat or None,
    }


def queue_json(queue_id: str, length: int, oldest: datetime | None) -> dict[str, Json]:
    return {"queue": queue_id, "waiting": length, "oldest_queued_at": text(oldest)}


def outlook_frame(queue_id: str, outlook: QueueOutlook) -> JsonObject:
    """Tell what somebody would be told who came to the queue now."""
    return {
        "type": "queue_estimate",
        "queue": queue_id,
        "waiting": outlook.waiting,
        "estimated_wait_seconds": outlook.estimated_wait_seconds,
        "estimated_wait_low_seconds": outlook.low_seconds,
        "estimated_wait_high_seconds": outlook.high_seconds,
        "mean_absolute_error_seconds": outlook.mean_absolute_error_seconds,
        "inside_band_share": outlook.inside_band_share,
    }


def frames_of(event: RoutingEvent) -> list[JsonObject]:
    """Tell an agent what routing decided about them."""
    found: list[JsonObject] = []
    if event.name == "OfferMade":
        found.append({"type": "offer", "offer": _made(event)})
    if event.name in _OUTCOMES:
        found.append(
            {
                "type": "offer_ended",
                "offer": event.offer_id,
                "contact": event.contact_id,
                "outcome": _OUTCOMES[event.name],
                "reason": event.reason,
            }
        )
    if event.name in _CONTACT_STATES:
        found.append({"type": "contact", "state": _CONTACT_STATES[event.name], **_contact(event)})
    if event.name == "WrapUpExtended":
        found.append({"type": "wrap_up", **_contact_of(event), "until": text(event.wrap_up_until)})
    floor = floor_frame(event)
    return [*found, floor] if floor is not None else found


def floor_frame(event: RoutingEvent) -> JsonObject | None:
    """Tell of a breach of a floor rule, or of a break that is waited for; None for any other event."""
    if event.name in {"FloorRuleBreached", "FloorBreachEnded"}:
        return {
            "type": "floor_breach",
            "breach": event.breach_id,
            "rule": event.rule_id,
            "agent": event.agent_id,
            "team": event.team_id or None,
            "site": event.site_id or None,
            "rung": event.rung,
            "cause": event.cause,
            "since": text(event.since),
            "limit_seconds": event.limit_seconds,
            "at": text(event.time),
            "ended": event.reason or None,
        }
    if event.name in _BREAKS:
        return {
            "type": "break_request",
            "agent": event.agent_id,
            "team": event.team_id or None,
            "state": _BREAKS[event.name],
            "position": event.position or None,
            "reason": event.reason or None,
            "at": text(event.time),
        }
    return None


def _made(event: RoutingEvent) -> Mapping[str, Json]:
    return {
        "id": event.offer_id,
        **_contact_of(event),
        "agent": event.agent_id,
        "queued_at": text(event.queued_at),
        "offered_at": text(event.time),
        "expires_at": text(event.expires_at),
        "callback_attempt": event.callback_attempt,
    }


def _contact(event: RoutingEvent) -> Mapping[str, Json]:
    return {**_contact_of(event), "at": text(event.time), "ended_by": event.ended_by or None}


def _contact_of(event: RoutingEvent) -> Mapping[str, Json]:
    return {
        "contact": event.contact_id,
        "entry": event.entry,
        "queue": event.queue_id,
        "channel": event.channel,
    }


def line_frame(line: Line) -> JsonObject | None:
    """Show a line; None for the closing one, which nobody sees."""
    if line.kind == CLOSING:
        return None
    attachments: list[Json] = [
        {"id": each.id, "name": each.name, "media_type": each.media_type, "size_bytes": each.size_bytes}
        for each in line.attachments
    ]
    return {
        "type": "line",
        "contact": line.contact_id,
        "line": line.number,
        "from": line.author,
        "agent": line.agent_id or None,
        "client_id": line.client_id,
        "text": line.text,
        "subject": line.subject,
        "at": text(line.at),
        "automatic": line.automatic,
        "attachments": attachments,
    }
