"""A queue's settings as the command that tells them to its pool."""

from collections.abc import Sequence

from services.routing.adapters.wire_opening import opening_to_wire
from services.routing.adapters.wire_ways import way_to_wire
from services.routing.domain.callback_rules import QueueCallbacks
from services.routing.domain.opening_hours import OpeningHours
from services.routing.domain.organisation import Queue
from services.routing.domain.organisation_rules import QueueHours
from services.routing.domain.queue_steps import Overflow, RuleStep
from services.routing.domain.settings import ChannelOffers, SkillLevel
from switchyard.internal.routing.v1 import commands_pb2 as commands


def configure_queue(queue: Queue, hours: QueueHours, version: int) -> commands.ConfigureQueue:
    return commands.ConfigureQueue(
        queue_id=queue.id,
        required_skills=skills(queue.required_skills),
        priority=queue.priority,
        target_seconds=queue.target_seconds or 0.0,
        short_abandon_seconds=queue.short_abandon_seconds,
        ring_seconds=queue.ring_seconds,
        wrap_up_seconds=queue.wrap_up_seconds,
        choice=queue.choice,
        version=version,
        channel_targets=[
            commands.ChannelTarget(channel=channel, target_seconds=seconds)
            for channel, seconds in queue.channel_targets
        ],
        preferred_skills=skills(queue.preferred_skills),
        sites=queue.sites,
        sticky_seconds=queue.sticky_seconds,
        agent_rule=queue.agent_rule,
        channel_offers=[_offers(each) for each in queue.channel_offers],
        steps=[_step(each) for each in queue.steps],
        overflows=[_overflow(each) for each in queue.overflows],
        opening=None if hours.opening is None else opening_to_wire(hours.opening),
        when_closed=way_to_wire(queue.when_closed),
        callbacks=_callbacks(queue.callbacks, hours.calling),
    )


def _callbacks(callbacks: QueueCallbacks, hours: OpeningHours | None) -> commands.CallbackRules:
    return commands.CallbackRules(
        most_attempts=callbacks.most_attempts,
        retry_after_seconds=callbacks.retry_after_seconds,
        give_up_after_seconds=callbacks.give_up_after_seconds,
        hours=None if hours is None else opening_to_wire(hours),
    )


def skills(levels: Sequence[SkillLevel]) -> list[commands.SkillLevel]:
    return [commands.SkillLevel(skill_id=each.skill_id, level=each.level) for each in levels]


def _offers(offers: ChannelOffers) -> commands.ChannelOffers:
    return commands.ChannelOffers(
        channel=offers.channel,
        ring_seconds=offers.ring_seconds,
        at_once=offers.at_once,
        auto_accept=offers.auto_accept,
    )


def _step(step: RuleStep) -> commands.RuleStep:
    return commands.RuleStep(
        after_seconds=step.after_seconds,
        relax_levels=step.relax_levels,
        raise_priority=step.raise_priority,
        add_queues=step.add_queues,
        add_sites=step.add_sites,
        add_agents=step.add_agents,
        when=step.when,
        then=way_to_wire(step.then),
    )


def _overflow(overflow: Overflow) -> commands.Overflow:
    return commands.Overflow(on=overflow.on, then=way_to_wire(overflow.then), limit=overflow.limit)
