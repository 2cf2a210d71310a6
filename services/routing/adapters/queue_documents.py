"""A queue as a document and back; its fields are named as at the REST door."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from services.routing.adapters.way_out_documents import read_way, way_document
from services.routing.domain.callback_rules import QueueCallbacks
from services.routing.domain.organisation import Queue
from services.routing.domain.queue_steps import Overflow, RuleStep, WayOut
from services.routing.domain.settings import LONGEST_IDLE, ChannelOffers, SkillLevel

Document = dict[str, Any]


def queue_document(queue: Queue) -> Document:
    return {
        "id": queue.id,
        "name": queue.name,
        "pool": queue.pool,
        "channels": None if queue.channels is None else list(queue.channels),
        "required_skills": skills_document(queue.required_skills),
        "priority": queue.priority,
        "target_seconds": queue.target_seconds,
        "channel_targets": dict(queue.channel_targets),
        "short_abandon_seconds": queue.short_abandon_seconds,
        "ring_seconds": queue.ring_seconds,
        "wrap_up_seconds": queue.wrap_up_seconds,
        "greeting": queue.greeting,
        **_choosing(queue),
        "steps": [_step_document(step) for step in queue.steps],
        "overflows": [_overflow_document(overflow) for overflow in queue.overflows],
        "business_hours": queue.business_hours,
        "holidays": queue.holidays,
        "when_closed": way_document(queue.when_closed),
        "callbacks": asdict(queue.callbacks),
    }


def _choosing(queue: Queue) -> Document:
    offers = {
        each.channel: {
            "ring_seconds": each.ring_seconds or None,
            "at_once": each.at_once,
            "auto_accept": each.auto_accept,
        }
        for each in queue.channel_offers
    }
    return {
        "choice": queue.choice,
        "preferred_skills": skills_document(queue.preferred_skills),
        "sites": list(queue.sites),
        "sticky_seconds": queue.sticky_seconds,
        "agent_rule": queue.agent_rule,
        "channel_offers": offers,
    }


def _step_document(step: RuleStep) -> Document:
    return {
        "after_seconds": step.after_seconds,
        "relax_levels": step.relax_levels,
        "raise_priority": step.raise_priority,
        "add_queues": list(step.add_queues),
        "add_sites": list(step.add_sites),
        "add_agents": list(step.add_agents),
        "when": step.when,
        "then": way_document(step.then),
    }


def _overflow_document(overflow: Overflow) -> Document:
    return {"on": overflow.on, "limit": overflow.limit, "then": way_document(overflow.then)}


def skills_document(skills: Sequence[SkillLevel]) -> list[Document]:
    return [{"skill": each.skill_id, "level": each.level} for each in skills]


def read_skills(documents: Sequence[Mapping[str, Any]]) -> tuple[SkillLevel, ...]:
    return tuple(SkillLevel(skill_id=each["skill"], level=each["level"]) for each in documents)


def read_queue(document: Mapping[str, Any]) -> Queue:
    channels = document["channels"]
    return Queue(
        id=document["id"],
        name=document["name"],
        pool=document["pool"],
        channels=None if channels is None else tuple(channels),
        required_skills=read_skills(document["required_skills"]),
        priority=document["priority"],
        target_seconds=document["target_seconds"],
        channel_targets=tuple(sorted((document["channel_targets"] or {}).items())),
        short_abandon_seconds=document["short_abandon_seconds"],
        ring_seconds=document["ring_seconds"],
        wrap_up_seconds=document["wrap_up_seconds"],
        greeting=document["greeting"],
        choice=document.get("choice", LONGEST_IDLE),
        preferred_skills=read_skills(document.get("preferred_skills", ())),
        sites=tuple(document.get("sites", ())),
        sticky_seconds=document.get("sticky_seconds", 0.0),
        agent_rule=document.get("agent_rule", ""),
        channel_offers=_read_offers(document.get("channel_offers", {})),
        steps=tuple(_read_step(step) for step in document.get("steps", ())),
        overflows=tuple(_read_overflow(overflow) for overflow in document.get("overflows", ())),
        business_hours=document.get("business_hours"),
        holidays=document.get("holidays"),
        when_closed=read_way(document.get("when_closed")),
        callbacks=QueueCallbacks(**document.get("callbacks", {})),
    )


def _read_offers(documents: Mapping[str, Mapping[str, Any]]) -> tuple[ChannelOffers, ...]:
    return tuple(
        ChannelOffers(
            channel=channel,
            ring_seconds=each["ring_seconds"] or 0.0,
            at_once=each["at_once"],
            auto_accept=each["auto_accept"],
        )
        for channel, each in sorted(documents.items())
    )


def _read_step(document: Mapping[str, Any]) -> RuleStep:
    return RuleStep(
        after_seconds=document["after_seconds"],
        relax_levels=document["relax_levels"],
        raise_priority=document["raise_priority"],
        add_queues=tuple(document["add_queues"]),
        add_sites=tuple(document["add_sites"]),
        add_agents=tuple(document["add_agents"]),
        when=document["when"],
        then=read_way(document["then"]),
    )


def _read_overflow(document: Mapping[str, Any]) -> Overflow:
    return Overflow(on=document["on"], limit=document["limit"], then=read_way(document["then"]) or WayOut())
