"""From a record of routing-commands-v1 to the pool's own command; whatever is not one is said to be none.

Strings that name things must be there; numbers must be in their ranges. So nothing that the engine meets is absurd.
"""

from collections.abc import Callable, Iterable
from typing import Any

from google.protobuf.message import DecodeError
from google.protobuf.timestamp_pb2 import Timestamp

from services.routing.adapters.wire_desk_commands import DESK_KINDS
from services.routing.adapters.wire_parts import LONGEST_NAME as _LONGEST_NAME
from services.routing.adapters.wire_parts import command_parts as _command
from services.routing.adapters.wire_parts import issued as _issued
from services.routing.adapters.wire_parts import name as _name
from services.routing.adapters.wire_parts import seconds as _seconds
from services.routing.application.ports import LoggedCommand, NotACommand, PoolKey
from services.routing.domain import commands as c
from services.routing.domain.moments import Moment
from services.routing.domain.settings import AgentProfile, ChannelCapacity, ChannelTarget, QueueRules, SkillLevel
from switchyard.eventing.cloudevents import MalformedEnvelope
from switchyard.eventing.envelope import Envelope
from switchyard.eventing.records import RawRecord
from switchyard.internal.routing.v1 import commands_pb2 as wire

#: A command is a few hundred bytes; more is a mistake, or an attack.
MOST_BYTES = 256 * 1024


def decode(record: RawRecord) -> LoggedCommand:
    """Read a command. Raises NotACommand, naming what is wrong."""
    if len(record.value or b"") > MOST_BYTES:
        raise NotACommand(f"{len(record.value or b'')} bytes are more than {MOST_BYTES}")
    try:
        received = record.read()
        envelope = received.message.envelope
        kind, translate = _KINDS[envelope.type]
        message = kind.FromString(received.message.data)
        pool = _pool(received.message.key, envelope.tenant)
        command = translate(message, envelope)
    except (MalformedEnvelope, DecodeError) as error:
        raise NotACommand(str(error)) from error
    except KeyError as error:
        raise NotACommand(f"unknown type {error}") from error
    return LoggedCommand(pool=pool, command=command, received=received, raw=record)


def _pool(key: str, tenant: str) -> PoolKey:
    owner, slash, pool_id = key.partition("/")
    if not slash or owner != tenant:
        raise NotACommand("the key is not <tenant>/<pool> of the tenant")
    return PoolKey(tenant, _name(pool_id, "key"))


def _enqueue(message: wire.EnqueueContact, envelope: Envelope) -> c.Command:
    if message.entry < 1:
        raise NotACommand("entry is below 1")
    return c.EnqueueContact(
        **_command(envelope),
        contact_id=_name(message.contact_id, "contact_id"),
        entry=message.entry,
        queue_id=_name(message.queue_id, "queue_id"),
        channel=_name(message.channel, "channel"),
        queued_at=_moment(message.queued_at) if message.HasField("queued_at") else _issued(envelope),
        priority=message.priority,
        required_skills=_skills(message.required_skills),
        transferred_from=message.transferred_from,
    )


def _end(message: wire.EndContact, envelope: Envelope) -> c.Command:
    return c.EndContact(
        **_command(envelope),
        contact_id=_name(message.contact_id, "contact_id"),
        ended_by=message.ended_by or "system",
        agent_id=message.agent_id,
    )


def _accept(message: wire.AcceptOffer, envelope: Envelope) -> c.Command:
    return c.AcceptOffer(**_command(envelope), offer_id=message.offer_id, agent_id=_name(message.agent_id, "agent_id"))


def _reject(message: wire.RejectOffer, envelope: Envelope) -> c.Command:
    return c.RejectOffer(
        **_command(envelope),
        offer_id=message.offer_id,
        agent_id=_name(message.agent_id, "agent_id"),
        reason=message.reason[:_LONGEST_NAME],
    )


def _transfer(message: wire.TransferContact, envelope: Envelope) -> c.Command:
    return c.TransferContact(
        **_command(envelope),
        contact_id=_name(message.contact_id, "contact_id"),
        to_queue=_name(message.to_queue, "to_queue"),
        to_pool=message.to_pool,
        agent_id=message.agent_id,
    )


def _complete(message: wire.CompleteWrapUp, envelope: Envelope) -> c.Command:
    return c.CompleteWrapUp(
        **_command(envelope),
        contact_id=_name(message.contact_id, "contact_id"),
        agent_id=_name(message.agent_id, "agent_id"),
        disposition=message.disposition[:_LONGEST_NAME],
        ticket_type=message.ticket_type[:_LONGEST_NAME],
    )


def _set_state(message: wire.SetAgentState, envelope: Envelope) -> c.Command:
    return c.SetAgentState(
        **_command(envelope),
        agent_id=_name(message.agent_id, "agent_id"),
        state=message.state[:_LONGEST_NAME],
        reason=message.reason[:_LONGEST_NAME],
        forced_by=message.forced_by[:_LONGEST_NAME],
        force=message.force,
        site=message.site[:_LONGEST_NAME],
        seat=message.seat[:_LONGEST_NAME],
    )


def _configure_agent(message: wire.ConfigureAgent, envelope: Envelope) -> c.Command:
    capacities = (ChannelCapacity(channel=m.channel, units=m.units, most=m.most) for m in message.channels)
    profile = AgentProfile(
        agent_id=_name(message.agent_id, "agent_id"),
        team_id=message.team_id,
        site_id=message.site_id,
        queue_ids=tuple(sorted(set(message.queue_ids))),
        skills=_skills(message.skills),
        capacity_units=max(0, message.capacity_units),
        channels=tuple(capacity for capacity in capacities if capacity.units >= 0 and capacity.most >= 0),
        version=message.version,
    )
    return c.ConfigureAgent(**_command(envelope), profile=profile)


def _remove_agent(message: wire.RemoveAgent, envelope: Envelope) -> c.Command:
    return c.RemoveAgent(**_command(envelope), agent_id=_name(message.agent_id, "agent_id"), version=message.version)


def _configure_queue(message: wire.ConfigureQueue, envelope: Envelope) -> c.Command:
    targets = (
        ChannelTarget(channel=t.channel, target_seconds=_seconds(t.target_seconds)) for t in message.channel_targets
    )
    rules = QueueRules(
        queue_id=_name(message.queue_id, "queue_id"),
        required_skills=_skills(message.required_skills),
        priority=message.priority,
        target_seconds=_seconds(message.target_seconds),
        short_abandon_seconds=_seconds(message.short_abandon_seconds),
        ring_seconds=_seconds(message.ring_seconds),
        wrap_up_seconds=_seconds(message.wrap_up_seconds),
        choice=message.choice or "longest-idle",
        channel_targets=tuple(targets),
        version=message.version,
    )
    return c.ConfigureQueue(**_command(envelope), rules=rules)


def _remove_queue(message: wire.RemoveQueue, envelope: Envelope) -> c.Command:
    return c.RemoveQueue(**_command(envelope), queue_id=_name(message.queue_id, "queue_id"), version=message.version)


def _moment(time: Timestamp) -> Moment:
    return time.ToMilliseconds()


def _skills(messages: Iterable[wire.SkillLevel]) -> tuple[SkillLevel, ...]:
    return tuple(SkillLevel(skill_id=_name(m.skill_id, "skill_id"), level=m.level) for m in messages)


#: `Any`: each translation takes its own message, and the name says which.
_KINDS: dict[str, tuple[Any, Callable[[Any, Envelope], c.Command]]] = {
    kind.DESCRIPTOR.full_name: (kind, translate)
    for kind, translate in (
        (wire.EnqueueContact, _enqueue),
        (wire.EndContact, _end),
        (wire.AcceptOffer, _accept),
        (wire.RejectOffer, _reject),
        (wire.TransferContact, _transfer),
        (wire.CompleteWrapUp, _complete),
        (wire.SetAgentState, _set_state),
        (wire.ConfigureAgent, _configure_agent),
        (wire.RemoveAgent, _remove_agent),
        (wire.ConfigureQueue, _configure_queue),
        (wire.RemoveQueue, _remove_queue),
    )
} | DESK_KINDS
