"""Each public event of a pool as its message of the contract."""

from collections.abc import Callable, Iterator
from typing import Any

from google.protobuf.message import Message as ProtobufMessage

from services.routing.adapters.floor_wire_events import FLOOR_TRANSLATIONS
from services.routing.adapters.wire_callback_events import CALLBACK_TRANSLATIONS
from services.routing.adapters.wire_desk_events import DESK_EVENTS
from services.routing.adapters.wire_event_parts import entry_of, holder_of
from services.routing.adapters.wire_times import timestamp
from services.routing.domain import entry as d
from services.routing.domain import events as e
from services.routing.domain.settings import SkillLevel
from switchyard.events.routing.v1 import agent_events_pb2 as agents
from switchyard.events.routing.v1 import contact_routing_events_pb2 as contacts


def _decision(decision: d.Decision) -> contacts.Decision:
    considered = (
        contacts.ConsideredAgent(
            agent_id=a.agent_id, verdict=a.verdict, idle_seconds=a.idle_seconds, rank=a.rank, measure=a.measure
        )
        for a in decision.considered
    )
    return contacts.Decision(
        rule=decision.rule,
        considered=considered,
        candidates=decision.candidates,
        rule_step=decision.rule_step,
    )


def _required(skills: tuple[SkillLevel, ...]) -> Iterator[contacts.RequiredSkill]:
    return (contacts.RequiredSkill(skill_id=skill.skill_id, level=skill.level) for skill in skills)


def _queued(event: e.ContactQueued) -> ProtobufMessage:
    return contacts.ContactQueued(
        entry=entry_of(event.entry),
        priority=event.priority,
        required_skills=_required(event.required_skills),
        transferred_from=event.transferred_from,
        kept_for=event.kept_for,
    )


def _widened(event: e.SearchWidened) -> ProtobufMessage:
    widening = event.widening
    return contacts.SearchWidened(
        entry=entry_of(event.entry),
        step=event.step,
        reason=event.reason,
        priority=event.priority,
        required_skills=_required(event.required_skills),
        queues=widening.queues,
        sites=widening.sites,
        agents=widening.agents,
    )


def _offer_made(event: e.OfferMade) -> ProtobufMessage:
    return contacts.OfferMade(
        entry=entry_of(event.entry),
        offer_id=event.offer_id,
        holder=holder_of(event.holder),
        expires_at=timestamp(event.expires_at),
        decision=_decision(event.decision),
    )


def _offer(event: Any) -> dict[str, Any]:
    """Give the parts that every answer to an offer has."""
    return {
        "entry": entry_of(event.entry),
        "offer_id": event.offer_id,
        "holder": holder_of(event.holder),
        "offered_at": timestamp(event.offered_at),
    }


def _work(event: Any) -> dict[str, Any]:
    return {"entry": entry_of(event.entry), "offer_id": event.offer_id, "holder": holder_of(event.holder)}


def _talk(event: Any) -> dict[str, Any]:
    """Give the parts that every event after a conversation has."""
    return {
        "entry": entry_of(event.entry),
        "offer_id": event.offer_id,
        "holder": holder_of(event.holder),
        "answered_at": timestamp(event.answered_at),
    }


def _flowed_out(event: e.ContactFlowedOut) -> ProtobufMessage:
    return contacts.ContactFlowedOut(
        entry=entry_of(event.entry),
        reason=event.reason,
        to_queue=event.to_queue,
        to_pool=event.to_pool,
        last_step=event.last_step,
        announcement=event.announcement,
    )


def _wrapped_up(event: e.WrapUpCompleted) -> ProtobufMessage:
    return contacts.WrapUpCompleted(
        **_talk(event),
        ended_at=timestamp(event.ended_at),
        disposition=event.disposition,
        timed_out=event.timed_out,
        ticket_type=event.ticket_type,
        transferred=event.transferred,
    )


def _joined(event: e.AgentJoinedPool) -> ProtobufMessage:
    return agents.AgentJoinedPool(
        agent_id=event.agent_id, team_id=event.team_id, site_id=event.site_id, pool_id=event.pool_id
    )


def _state_changed(event: e.AgentStateChanged) -> ProtobufMessage:
    return agents.AgentStateChanged(
        agent_id=event.holder.agent_id,
        team_id=event.holder.team_id,
        site_id=event.holder.site_id,
        pool_id=event.pool_id,
        state=event.state,
        reason=event.reason,
        set_state=event.set_state,
        set_reason=event.set_reason,
        previous_state=event.previous_state,
        previous_reason=event.previous_reason,
        previous_since=timestamp(event.previous_since),
        held_units=event.held_units,
        capacity_units=event.capacity_units,
        previous_held_units=event.previous_held_units,
        previous_load_since=timestamp(event.previous_since),
        forced_by=event.forced_by,
        seat=event.seat,
    )


#: The public events; what is not here stays in the journal. `Any`: each takes its own event, the key says which.
TRANSLATIONS: dict[type, Callable[[Any], ProtobufMessage]] = {
    e.ContactQueued: _queued,
    e.SearchWidened: _widened,
    e.OfferMade: _offer_made,
    e.OfferAccepted: lambda event: contacts.OfferAccepted(**_offer(event)),
    e.OfferRejected: lambda event: contacts.OfferRejected(**_offer(event), reason=event.reason),
    e.OfferTimedOut: lambda event: contacts.OfferTimedOut(**_offer(event)),
    e.OfferWithdrawn: lambda event: contacts.OfferWithdrawn(**_offer(event), reason=event.reason),
    e.WorkInterrupted: lambda event: contacts.WorkInterrupted(**_work(event), by_offer_id=event.by_offer_id),
    e.WorkResumed: lambda event: contacts.WorkResumed(**_work(event)),
    e.ContactAbandoned: lambda event: contacts.ContactAbandoned(entry=entry_of(event.entry), ended_by=event.ended_by),
    e.ContactFlowedOut: _flowed_out,
    e.ContactParked: lambda event: contacts.ContactParked(
        entry=entry_of(event.entry), reason=event.reason, error=event.error
    ),
    e.ContactTransferred: lambda event: contacts.ContactTransferred(
        **_talk(event), to_queue=event.to_queue, to_pool=event.to_pool
    ),
    e.ContactEnded: lambda event: contacts.ContactEnded(**_talk(event), ended_by=event.ended_by),
    e.WrapUpCompleted: _wrapped_up,
    e.AgentJoinedPool: _joined,
    e.AgentLeftPool: lambda event: agents.AgentLeftPool(agent_id=event.agent_id, pool_id=event.pool_id),
    e.AgentStateChanged: _state_changed,
    **FLOOR_TRANSLATIONS,
    **DESK_EVENTS,
    **CALLBACK_TRANSLATIONS,
}
