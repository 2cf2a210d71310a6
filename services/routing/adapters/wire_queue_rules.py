"""From a ConfigureQueue message to the engine's rules of the queue. Raises NotACommand where a field says nonsense."""

from services.routing.adapters import wire_fields as fields
from services.routing.adapters.wire_opening import opening_of_wire
from services.routing.adapters.wire_ways import way_of_wire
from services.routing.application.ports import NotACommand
from services.routing.domain.callback_rules import DEFAULT_CALLBACKS, CallbackRules
from services.routing.domain.queue_steps import OVERFLOW_CAUSES, Overflow, RuleStep
from services.routing.domain.settings import CHOICES, LONGEST_IDLE, ChannelOffers, ChannelTarget, QueueRules
from switchyard.internal.routing.v1 import commands_pb2 as wire


def queue_rules(message: wire.ConfigureQueue) -> QueueRules:
    targets = (
        ChannelTarget(channel=t.channel, target_seconds=fields.seconds(t.target_seconds))
        for t in message.channel_targets
    )
    return QueueRules(
        queue_id=fields.name(message.queue_id, "queue_id"),
        required_skills=fields.skills(message.required_skills),
        priority=message.priority,
        target_seconds=fields.seconds(message.target_seconds),
        short_abandon_seconds=fields.seconds(message.short_abandon_seconds),
        ring_seconds=fields.seconds(message.ring_seconds),
        wrap_up_seconds=fields.seconds(message.wrap_up_seconds),
        choice=fields.one_of(message.choice or LONGEST_IDLE, CHOICES, "choice"),
        channel_targets=tuple(targets),
        version=message.version,
        preferred_skills=fields.skills(message.preferred_skills),
        sites=fields.names(message.sites, "sites"),
        sticky_seconds=fields.seconds(message.sticky_seconds),
        agent_rule=fields.text(message.agent_rule, "agent_rule"),
        channel_offers=tuple(_offers(each) for each in message.channel_offers),
        steps=_steps(message),
        overflows=tuple(_overflow(each) for each in message.overflows),
        opening=opening_of_wire(message.opening) if message.HasField("opening") else None,
        when_closed=way_of_wire(message.when_closed) if message.HasField("when_closed") else None,
        callbacks=_callbacks(message.callbacks) if message.HasField("callbacks") else DEFAULT_CALLBACKS,
    )


def _callbacks(message: wire.CallbackRules) -> CallbackRules:
    return CallbackRules(
        most_attempts=max(1, fields.count(message.most_attempts, "most_attempts")),
        retry_after_seconds=fields.seconds(message.retry_after_seconds),
        give_up_after_seconds=fields.seconds(message.give_up_after_seconds),
        hours=opening_of_wire(message.hours) if message.HasField("hours") else None,
    )


def _offers(message: wire.ChannelOffers) -> ChannelOffers:
    return ChannelOffers(
        channel=fields.name(message.channel, "channel"),
        ring_seconds=fields.seconds(message.ring_seconds),
        at_once=max(1, fields.count(message.at_once, "at_once")),
        auto_accept=message.auto_accept,
    )


def _steps(message: wire.ConfigureQueue) -> tuple[RuleStep, ...]:
    fields.few(message.steps, "steps")
    steps = tuple(_step(each) for each in message.steps)
    times = [step.after_seconds for step in steps]
    if times != sorted(times):
        raise NotACommand("steps are not in the order of their time")
    return steps


def _step(message: wire.RuleStep) -> RuleStep:
    return RuleStep(
        after_seconds=fields.seconds(message.after_seconds),
        relax_levels=fields.count(message.relax_levels, "relax_levels"),
        raise_priority=fields.count(message.raise_priority, "raise_priority"),
        add_queues=fields.names(message.add_queues, "add_queues"),
        add_sites=fields.names(message.add_sites, "add_sites"),
        add_agents=fields.names(message.add_agents, "add_agents"),
        when=fields.text(message.when, "when"),
        then=way_of_wire(message.then) if message.HasField("then") else None,
    )


def _overflow(message: wire.Overflow) -> Overflow:
    return Overflow(
        on=fields.one_of(message.on, OVERFLOW_CAUSES, "on"),
        then=way_of_wire(message.then),
        limit=fields.count(message.limit, "limit"),
    )
