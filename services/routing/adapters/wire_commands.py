"""From a record of routing-commands-v1 to the pool's own command; whatever is not one is said to be none.

Strings that name things must be there; numbers must be in their ranges. So nothing that the engine meets is absurd.
"""

from collections.abc import Callable
from typing import Any

from google.protobuf.message import DecodeError
from google.protobuf.timestamp_pb2 import Timestamp

from services.routing.adapters.floor_wire_commands import read_rule, read_shift
from services.routing.adapters.wire_callback_commands import CALLBACK_KINDS, plan_of_wire
from services.routing.adapters.wire_desk_commands import DESK_KINDS
from services.routing.adapters.wire_emergency import emergency_of_wire
from services.routing.adapters.wire_fields import LONGEST_NAME, attributes, count, few, name, names, skills
from services.routing.adapters.wire_parts import command_parts as _command
from services.routing.adapters.wire_parts import issued as _issued
from services.routing.adapters.wire_queue_rules import queue_rules
from services.routing.application.ports import LoggedCommand, NotACommand, PoolKey
from services.routing.domain import commands as c
from services.routing.domain.moments import Moment
from services.routing.domain.settings import AgentProfile, ChannelCapacity, QueueRank
from switchyard.eventing.cloudevents import MalformedEnvelope
from switchyard.eventing.envelope import Envelope
from switchyard.eventing.records import RawRecord
from switchyard.internal.routing.v1 import commands_pb2 as wire
from switchyard.internal.routing.v1 import emergency_pb2

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
    return PoolKey(tenant, name(pool_id, "key"))


def _enqueue(message: wire.EnqueueContact, envelope: Envelope) -> c.Command:
    if message.entry < 1:
        raise NotACommand("entry is below 1")
    return c.EnqueueContact(
        **_command(envelope),
        contact_id=name(message.contact_id, "contact_id"),
        entry=message.entry,
        queue_id=name(message.queue_id, "queue_id"),
        channel=name(message.channel, "channel"),
        queued_at=_moment(message.queued_at) if message.HasField("queued_at") else _issued(envelope),
        priority=message.priority,
        required_skills=skills(message.required_skills),
        transferred_from=message.transferred_from,
        last_agent_id=message.last_agent_id[:LONGEST_NAME],
        attributes=attributes(message.attributes),
        callable=message.callable,
        callback=plan_of_wire(message.callback) if message.HasField("callback") else None,
    )


def _end(message: wire.EndContact, envelope: Envelope) -> c.Command:
    return c.EndContact(
        **_command(envelope),
        contact_id=name(message.contact_id, "contact_id"),
        ended_by=message.ended_by or "system",
        agent_id=message.agent_id,
    )


def _accept(message: wire.AcceptOffer, envelope: Envelope) -> c.Command:
    return c.AcceptOffer(**_command(envelope), offer_id=message.offer_id, agent_id=name(message.agent_id, "agent_id"))


def _reject(message: wire.RejectOffer, envelope: Envelope) -> c.Command:
    return c.RejectOffer(
        **_command(envelope),
        offer_id=message.offer_id,
        agent_id=name(message.agent_id, "agent_id"),
        reason=message.reason[:LONGEST_NAME],
    )


def _transfer(message: wire.TransferContact, envelope: Envelope) -> c.Command:
    return c.TransferContact(
        **_command(envelope),
        contact_id=name(message.contact_id, "contact_id"),
        to_queue=name(message.to_queue, "to_queue"),
        to_pool=message.to_pool,
        agent_id=message.agent_id,
    )


def _complete(message: wire.CompleteWrapUp, envelope: Envelope) -> c.Command:
    return c.CompleteWrapUp(
        **_command(envelope),
        contact_id=name(message.contact_id, "contact_id"),
        agent_id=message.agent_id[:LONGEST_NAME],
        disposition=message.disposition[:LONGEST_NAME],
        ticket_type=message.ticket_type[:LONGEST_NAME],
    )


def _set_state(message: wire.SetAgentState, envelope: Envelope) -> c.Command:
    return c.SetAgentState(
        **_command(envelope),
        agent_id=name(message.agent_id, "agent_id"),
        state=message.state[:LONGEST_NAME],
        reason=message.reason[:LONGEST_NAME],
        queue=message.queue,
        forced_by=message.forced_by[:LONGEST_NAME],
        force=message.force,
        site=message.site[:LONGEST_NAME],
        seat=message.seat[:LONGEST_NAME],
    )


def _configure_agent(message: wire.ConfigureAgent, envelope: Envelope) -> c.Command:
    capacities = (_capacity(each) for each in message.channels)
    profile = AgentProfile(
        agent_id=name(message.agent_id, "agent_id"),
        team_id=message.team_id,
        site_id=message.site_id,
        queue_ids=tuple(sorted(set(message.queue_ids))),
        skills=skills(message.skills),
        capacity_units=max(0, message.capacity_units),
        channels=tuple(capacity for capacity in capacities if capacity.units >= 0 and capacity.most >= 0),
        version=message.version,
        queue_ranks=_ranks(message),
        attributes=attributes(message.attributes),
    )
    return c.ConfigureAgent(**_command(envelope), profile=profile)


def _capacity(message: wire.ChannelCapacity) -> ChannelCapacity:
    return ChannelCapacity(
        channel=message.channel,
        units=message.units,
        most=message.most,
        interruptible_by=names(message.interruptible_by, "interruptible_by"),
    )


def _ranks(message: wire.ConfigureAgent) -> tuple[QueueRank, ...]:
    few(message.queue_ranks, "queue_ranks")
    return tuple(
        QueueRank(queue_id=name(each.queue_id, "queue_id"), rank=max(1, count(each.rank, "rank")))
        for each in message.queue_ranks
    )


def _remove_agent(message: wire.RemoveAgent, envelope: Envelope) -> c.Command:
    return c.RemoveAgent(**_command(envelope), agent_id=name(message.agent_id, "agent_id"), version=message.version)


def _configure_queue(message: wire.ConfigureQueue, envelope: Envelope) -> c.Command:
    return c.ConfigureQueue(**_command(envelope), rules=queue_rules(message))


def _remove_queue(message: wire.RemoveQueue, envelope: Envelope) -> c.Command:
    return c.RemoveQueue(**_command(envelope), queue_id=name(message.queue_id, "queue_id"), version=message.version)


def _configure_emergency(message: emergency_pb2.ConfigureEmergency, envelope: Envelope) -> c.Command:
    return c.ConfigureEmergency(**_command(envelope), version=message.version, emergency=emergency_of_wire(message))


def _configure_floor_rule(message: wire.ConfigureFloorRule, envelope: Envelope) -> c.Command:
    return c.ConfigureFloorRule(**_command(envelope), rule=read_rule(message))


def _remove_floor_rule(message: wire.RemoveFloorRule, envelope: Envelope) -> c.Command:
    return c.RemoveFloorRule(**_command(envelope), rule_id=name(message.rule_id, "rule_id"), version=message.version)


def _plan_shift(message: wire.PlanShift, envelope: Envelope) -> c.Command:
    return c.PlanShift(**_command(envelope), shift=read_shift(message))


def _cancel_shift(message: wire.CancelShift, envelope: Envelope) -> c.Command:
    return c.CancelShift(**_command(envelope), shift_id=name(message.shift_id, "shift_id"), version=message.version)


def _cancel_break(message: wire.CancelBreak, envelope: Envelope) -> c.Command:
    return c.CancelBreak(**_command(envelope), agent_id=name(message.agent_id, "agent_id"))


def _moment(time: Timestamp) -> Moment:
    return time.ToMilliseconds()


#: `Any`: each translation takes its own message, and the name says which.
_KINDS: dict[str, tuple[Any, Callable[[Any, Envelope], c.Command]]] = (
    {
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
            (emergency_pb2.ConfigureEmergency, _configure_emergency),
            (wire.ConfigureFloorRule, _configure_floor_rule),
            (wire.RemoveFloorRule, _remove_floor_rule),
            (wire.PlanShift, _plan_shift),
            (wire.CancelShift, _cancel_shift),
            (wire.CancelBreak, _cancel_break),
        )
    }
    | DESK_KINDS
    | CALLBACK_KINDS
)
