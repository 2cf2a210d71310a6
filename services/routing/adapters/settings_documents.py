"""Settings as documents and back; a document's fields are named as at the REST door, so that lists filter by them."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from services.routing.adapters.floor_documents import read_rule, read_shift, rule_document, shift_document
from services.routing.application.settings.ports import SettingT
from services.routing.domain.organisation import (
    ConfiguredAgent,
    ConfiguredFloorRule,
    ConfiguredShift,
    Pool,
    Queue,
    RoutingProfile,
    Setting,
    Site,
    Skill,
    Team,
)
from services.routing.domain.settings import ChannelCapacity, SkillLevel

Document = dict[str, Any]


def to_document(setting: Setting) -> Document:
    return _WRITERS[type(setting)](setting)


def from_document(kind: type[SettingT], document: Mapping[str, Any]) -> SettingT:
    return cast("SettingT", _READERS[kind](document))


def _profile_document(profile: RoutingProfile) -> Document:
    channels = {each.channel: {"units": each.units, "most": each.most} for each in profile.channels}
    return {
        "id": profile.id,
        "name": profile.name,
        "capacity_units": profile.capacity_units,
        "channels": channels,
    }


def _queue_document(queue: Queue) -> Document:
    return {
        "id": queue.id,
        "name": queue.name,
        "pool": queue.pool,
        "channels": None if queue.channels is None else list(queue.channels),
        "required_skills": _skills_document(queue.required_skills),
        "priority": queue.priority,
        "target_seconds": queue.target_seconds,
        "channel_targets": dict(queue.channel_targets),
        "short_abandon_seconds": queue.short_abandon_seconds,
        "ring_seconds": queue.ring_seconds,
        "wrap_up_seconds": queue.wrap_up_seconds,
        "greeting": queue.greeting,
    }


def _agent_document(agent: ConfiguredAgent) -> Document:
    return {
        "id": agent.id,
        "name": agent.name,
        "team": agent.team,
        "pool": agent.pool,
        "queues": list(agent.queues),
        "skills": _skills_document(agent.skills),
        "routing_profile": agent.routing_profile,
        "address": agent.address,
        "leaving_pool": agent.leaving_pool,
    }


def _skills_document(skills: tuple[SkillLevel, ...]) -> list[Document]:
    return [{"skill": each.skill_id, "level": each.level} for each in skills]


def _read_skills(documents: list[Mapping[str, Any]]) -> tuple[SkillLevel, ...]:
    return tuple(SkillLevel(skill_id=each["skill"], level=each["level"]) for each in documents)


def _read_profile(document: Mapping[str, Any]) -> RoutingProfile:
    channels = tuple(
        ChannelCapacity(channel=channel, units=each["units"], most=each["most"])
        for channel, each in sorted(document["channels"].items())
    )
    return RoutingProfile(
        id=document["id"], name=document["name"], capacity_units=document["capacity_units"], channels=channels
    )


def _read_queue(document: Mapping[str, Any]) -> Queue:
    channels = document["channels"]
    return Queue(
        id=document["id"],
        name=document["name"],
        pool=document["pool"],
        channels=None if channels is None else tuple(channels),
        required_skills=_read_skills(document["required_skills"]),
        priority=document["priority"],
        target_seconds=document["target_seconds"],
        channel_targets=tuple(sorted((document["channel_targets"] or {}).items())),
        short_abandon_seconds=document["short_abandon_seconds"],
        ring_seconds=document["ring_seconds"],
        wrap_up_seconds=document["wrap_up_seconds"],
        greeting=document["greeting"],
    )


def _read_agent(document: Mapping[str, Any]) -> ConfiguredAgent:
    return ConfiguredAgent(
        id=document["id"],
        name=document["name"],
        team=document["team"],
        pool=document["pool"],
        queues=tuple(document["queues"]),
        skills=_read_skills(document["skills"]),
        routing_profile=document["routing_profile"],
        address=document["address"],
        leaving_pool=document.get("leaving_pool", ""),
    )


def _site_document(site: Site) -> Document:
    return {"id": site.id, "name": site.name, "time_zone": site.time_zone}


def _team_document(team: Team) -> Document:
    return {"id": team.id, "name": team.name, "site": team.site}


def _bare_document(setting: Setting) -> Document:
    return {"id": setting.id, "name": setting.name}


def _read_site(document: Mapping[str, Any]) -> Site:
    return Site(id=document["id"], name=document["name"], time_zone=document["time_zone"])


def _read_team(document: Mapping[str, Any]) -> Team:
    return Team(id=document["id"], name=document["name"], site=document["site"])


def _read_skill(document: Mapping[str, Any]) -> Skill:
    return Skill(id=document["id"], name=document["name"])


def _read_pool(document: Mapping[str, Any]) -> Pool:
    return Pool(id=document["id"], name=document["name"])


_READERS: Mapping[type[Setting], Callable[[Mapping[str, Any]], Setting]] = {
    Site: _read_site,
    Team: _read_team,
    Skill: _read_skill,
    Pool: _read_pool,
    RoutingProfile: _read_profile,
    Queue: _read_queue,
    ConfiguredAgent: _read_agent,
    ConfiguredFloorRule: read_rule,
    ConfiguredShift: read_shift,
}

#: `Any`: each writes its own kind, and the key says which.
_WRITERS: Mapping[type[Setting], Callable[[Any], Document]] = {
    Site: _site_document,
    Team: _team_document,
    Skill: _bare_document,
    Pool: _bare_document,
    RoutingProfile: _profile_document,
    Queue: _queue_document,
    ConfiguredAgent: _agent_document,
    ConfiguredFloorRule: rule_document,
    ConfiguredShift: shift_document,
}
