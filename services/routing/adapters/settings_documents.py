"""Settings as documents and back; a document's fields are named as at the REST door, so that lists filter by them.

A document of an earlier version lacks newer fields; their defaults change nothing.
"""

from collections.abc import Callable, Mapping
from typing import Any, cast

from services.routing.adapters.calendar_documents import (
    holidays_document,
    hours_document,
    read_holidays,
    read_hours,
)
from services.routing.adapters.emergency_documents import emergency_document, read_emergency
from services.routing.adapters.floor_documents import read_rule, read_shift, rule_document, shift_document
from services.routing.adapters.queue_documents import queue_document, read_queue, read_skills, skills_document
from services.routing.application.settings.ports import SettingT
from services.routing.domain.calendars import BusinessHours, Holidays
from services.routing.domain.declared_emergency import DeclaredEmergency
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
from services.routing.domain.settings import Attribute, ChannelCapacity, QueueRank

Document = dict[str, Any]


def to_document(setting: Setting) -> Document:
    return _WRITERS[type(setting)](setting)


def from_document(kind: type[SettingT], document: Mapping[str, Any]) -> SettingT:
    return cast("SettingT", _READERS[kind](document))


def _site_document(site: Site) -> Document:
    return {"id": site.id, "name": site.name, "time_zone": site.time_zone}


def _team_document(team: Team) -> Document:
    return {"id": team.id, "name": team.name, "site": team.site}


def _name_document(setting: Skill | Pool) -> Document:
    return {"id": setting.id, "name": setting.name}


def _profile_document(profile: RoutingProfile) -> Document:
    channels = {
        each.channel: {"units": each.units, "most": each.most, "interruptible_by": list(each.interruptible_by)}
        for each in profile.channels
    }
    return {
        "id": profile.id,
        "name": profile.name,
        "capacity_units": profile.capacity_units,
        "channels": channels,
    }


def _agent_document(agent: ConfiguredAgent) -> Document:
    return {
        "id": agent.id,
        "name": agent.name,
        "team": agent.team,
        "pool": agent.pool,
        "queues": list(agent.queues),
        "skills": skills_document(agent.skills),
        "routing_profile": agent.routing_profile,
        "address": agent.address,
        "leaving_pool": agent.leaving_pool,
        "queue_ranks": {each.queue_id: each.rank for each in agent.queue_ranks},
        "attributes": {each.name: each.value for each in agent.attributes},
    }


def _read_profile(document: Mapping[str, Any]) -> RoutingProfile:
    channels = tuple(
        ChannelCapacity(
            channel=channel,
            units=each["units"],
            most=each["most"],
            interruptible_by=tuple(each.get("interruptible_by", ())),
        )
        for channel, each in sorted(document["channels"].items())
    )
    return RoutingProfile(
        id=document["id"], name=document["name"], capacity_units=document["capacity_units"], channels=channels
    )


def _read_agent(document: Mapping[str, Any]) -> ConfiguredAgent:
    return ConfiguredAgent(
        id=document["id"],
        name=document["name"],
        team=document["team"],
        pool=document["pool"],
        queues=tuple(document["queues"]),
        skills=read_skills(document["skills"]),
        routing_profile=document["routing_profile"],
        address=document["address"],
        leaving_pool=document.get("leaving_pool", ""),
        queue_ranks=tuple(
            QueueRank(queue_id=queue, rank=rank) for queue, rank in sorted(document.get("queue_ranks", {}).items())
        ),
        attributes=tuple(
            Attribute(name=name, value=value) for name, value in sorted(document.get("attributes", {}).items())
        ),
    )


def _read_site(document: Mapping[str, Any]) -> Site:
    return Site(id=document["id"], name=document["name"], time_zone=document["time_zone"])


def _read_team(document: Mapping[str, Any]) -> Team:
    return Team(id=document["id"], name=document["name"], site=document["site"])


def _read_skill(document: Mapping[str, Any]) -> Skill:
    return Skill(id=document["id"], name=document["name"])


def _read_pool(document: Mapping[str, Any]) -> Pool:
    return Pool(id=document["id"], name=document["name"])


#: `Any`: each takes its own kind, and the key says which.
_WRITERS: Mapping[type[Setting], Callable[[Any], Document]] = {
    Site: _site_document,
    Team: _team_document,
    Skill: _name_document,
    Pool: _name_document,
    RoutingProfile: _profile_document,
    Queue: queue_document,
    ConfiguredAgent: _agent_document,
    BusinessHours: hours_document,
    Holidays: holidays_document,
    DeclaredEmergency: emergency_document,
    ConfiguredFloorRule: rule_document,
    ConfiguredShift: shift_document,
}
_READERS: Mapping[type[Setting], Callable[[Mapping[str, Any]], Setting]] = {
    Site: _read_site,
    Team: _read_team,
    Skill: _read_skill,
    Pool: _read_pool,
    RoutingProfile: _read_profile,
    Queue: read_queue,
    ConfiguredAgent: _read_agent,
    BusinessHours: read_hours,
    Holidays: read_holidays,
    DeclaredEmergency: read_emergency,
    ConfiguredFloorRule: read_rule,
    ConfiguredShift: read_shift,
}
