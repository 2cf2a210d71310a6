"""What makes a setting impossible whatever else there is; each fault names its field."""

from collections.abc import Iterator

from services.routing.domain.organisation import ConfiguredAgent, Queue, RoutingProfile, Setting
from services.routing.domain.profile_faults import profile_faults
from services.routing.domain.queue_faults import queue_faults, skill_faults
from services.routing.domain.setting_fault import Fault


def faults(setting: Setting) -> Iterator[Fault]:
    match setting:
        case Queue():
            yield from queue_faults(setting)
        case RoutingProfile():
            yield from profile_faults(setting)
        case ConfiguredAgent():
            yield from _agent_faults(setting)


def _agent_faults(agent: ConfiguredAgent) -> Iterator[Fault]:
    yield from skill_faults(agent.skills, "/skills")
    for each in agent.queue_ranks:
        if each.queue_id not in agent.queues:
            yield Fault(f"/queue_ranks/{each.queue_id}", "The agent does not serve this queue.")
