"""What follows from a change of a setting, as messages: commands to the pools, announcements to everybody."""

import hashlib

from google.protobuf.message import Message as ProtobufMessage

from services.routing.adapters.emergency_announcements import emergency_announcement
from services.routing.adapters.floor_wire_commands import write_rule, write_shift
from services.routing.adapters.queue_wire import configure_queue, skills
from services.routing.adapters.wire_emergency import emergency_to_wire
from services.routing.application.settings.ports import Change, SettingT
from services.routing.domain.organisation import KINDS, ConfiguredAgent, ConfiguredFloorRule, Queue, Site, Team
from services.routing.domain.organisation_rules import (
    Announce,
    AnnounceEmergency,
    ConfigureInPool,
    DeclareInPool,
    Effect,
    Placement,
    RemoveFromPool,
    TellFloor,
)
from switchyard.eventing.drafting import command, draft
from switchyard.eventing.envelope import EventDraft, Message
from switchyard.events.routing.v1 import settings_events_pb2 as announcements
from switchyard.internal.routing.v1 import commands_pb2 as commands

COMMANDS_TOPIC = "routing-commands-v1"
SETTINGS_TOPIC = "routing-settings-events-v1"


def messages_of(tenant: str, change: Change[SettingT], version: int) -> list[EventDraft | Message]:
    """Encode a change's effects in order; `version` is the write's, and orders commands about one setting."""
    return [_encode(tenant, change, effect, version) for effect in change.effects]


def _encode(tenant: str, change: Change[SettingT], effect: Effect, version: int) -> EventDraft | Message:
    match effect:
        case Announce():
            return _announcement(tenant, change, effect)
        case ConfigureInPool():
            told = _configure(effect.setting, effect, version)
            return _command(tenant, change, effect, told, version)
        case RemoveFromPool():
            return _command(tenant, change, effect, _remove(effect.setting, version), version)
        case DeclareInPool():
            return _command(tenant, change, effect, emergency_to_wire(effect.emergency, version), version)
        case AnnounceEmergency():
            return _announcement(tenant, change, effect)
        case TellFloor():
            return _command(tenant, change, effect, _floor(effect, version), version)


def _announcement(tenant: str, change: Change[SettingT], effect: Announce | AnnounceEmergency) -> EventDraft:
    name = f"{tenant}/{KINDS[type(effect.setting)]}/{effect.setting.id}"
    return draft(
        emergency_announcement(effect) if isinstance(effect, AnnounceEmergency) else _configured(effect),
        topic=SETTINGS_TOPIC,
        key=name,
        subject=name,
        time=change.at,
        correlation_id=effect.setting.id,
        causation_id=change.cause,
    )


def _configured(effect: Announce) -> ProtobufMessage:
    match effect.setting:
        case Site() as site:
            return announcements.SiteConfigured(
                site_id=site.id, name=site.name, time_zone=site.time_zone, removed=effect.removed
            )
        case Team() as team:
            return announcements.TeamConfigured(
                team_id=team.id, name=team.name, site_id=team.site or "", removed=effect.removed
            )
        case Queue() as queue:
            return _queue_configured(queue, removed=effect.removed)
        case ConfiguredAgent() as agent:
            return _agent_configured(agent, effect)
        case other:
            raise TypeError(f"{type(other).__name__} is not announced")


def _queue_configured(queue: Queue, *, removed: bool) -> announcements.QueueConfigured:
    return announcements.QueueConfigured(
        queue_id=queue.id,
        name=queue.name,
        pool_id=queue.pool,
        target_seconds=queue.target_seconds or 0.0,
        short_abandon_seconds=queue.short_abandon_seconds,
        removed=removed,
        callbacks_offered=queue.callbacks.offered,
    )


def _agent_configured(agent: ConfiguredAgent, effect: Announce) -> announcements.AgentConfigured:
    """While an agent moves, the pool is still the one they are in: commands about them belong there."""
    return announcements.AgentConfigured(
        agent_id=agent.id,
        name=agent.name,
        team_id=agent.team or "",
        site_id=effect.site,
        pool_id=agent.leaving_pool or agent.pool,
        queue_ids=agent.queues,
        removed=effect.removed,
    )


def _command(
    tenant: str,
    change: Change[SettingT],
    effect: ConfigureInPool | RemoveFromPool | DeclareInPool | TellFloor,
    message: ProtobufMessage,
    version: int,
) -> Message:
    pool, setting = effect.pool, effect.setting
    name = f"{tenant}/{KINDS[type(setting)]}/{setting.id}"
    digest = hashlib.sha256(f"{name}\n{version}\n{pool}".encode()).hexdigest()
    return command(
        message,
        id=f"cmd_{pool}.{digest[:32]}",
        topic=COMMANDS_TOPIC,
        key=f"{tenant}/{pool}",
        source=f"/{tenant}/routing/{KINDS[type(setting)]}/{setting.id}",
        subject=name,
        tenant=tenant,
        time=change.at,
        correlation_id=setting.id,
        causation_id=change.cause,
    )


def _configure(setting: Queue | ConfiguredAgent, effect: ConfigureInPool, version: int) -> ProtobufMessage:
    if isinstance(setting, Queue):
        return configure_queue(setting, effect.hours, version)
    if effect.placement is None:
        raise ValueError("an agent is configured with team and profile")
    return _configure_agent(setting, effect.placement, version)


def _configure_agent(agent: ConfiguredAgent, placement: Placement, version: int) -> commands.ConfigureAgent:
    return commands.ConfigureAgent(
        agent_id=agent.id,
        team_id=agent.team or "",
        site_id=placement.site,
        queue_ids=agent.queues,
        skills=skills(agent.skills),
        capacity_units=placement.profile.capacity_units,
        channels=[
            commands.ChannelCapacity(
                channel=each.channel, units=each.units, most=each.most, interruptible_by=each.interruptible_by
            )
            for each in placement.profile.channels
        ],
        version=version,
        queue_ranks=[commands.QueueRank(queue_id=each.queue_id, rank=each.rank) for each in agent.queue_ranks],
        attributes=[commands.Attribute(name=each.name, value=each.value) for each in agent.attributes],
    )


def _remove(setting: Queue | ConfiguredAgent, version: int) -> ProtobufMessage:
    if isinstance(setting, Queue):
        return commands.RemoveQueue(queue_id=setting.id, version=version)
    return commands.RemoveAgent(agent_id=setting.id, version=version)


def _floor(effect: TellFloor, version: int) -> ProtobufMessage:
    setting = effect.setting
    if isinstance(setting, ConfiguredFloorRule):
        gone = commands.RemoveFloorRule(rule_id=setting.id, version=version)
        return gone if effect.removed else write_rule(setting.rule, version)
    cancelled = commands.CancelShift(shift_id=setting.id, version=version)
    return cancelled if effect.removed else write_shift(setting.shift, version)
