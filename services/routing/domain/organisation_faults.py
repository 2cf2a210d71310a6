"""What makes a setting impossible whatever else there is; each fault names its field."""

from collections.abc import Iterator
from unicodedata import category

from services.routing.domain.calendars import Holidays
from services.routing.domain.organisation import ConfiguredAgent, Queue, RoutingProfile, Setting
from services.routing.domain.profile_faults import profile_faults
from services.routing.domain.queue_faults import queue_faults, skill_faults
from services.routing.domain.setting_fault import Fault, repeated


def faults(setting: Setting) -> Iterator[Fault]:
    yield from name_faults(setting.name, "/name")
    match setting:
        case Queue():
            yield from queue_faults(setting)
        case RoutingProfile():
            yield from profile_faults(setting)
        case ConfiguredAgent():
            yield from _agent_faults(setting)
        case Holidays():
            for index, date in enumerate(setting.dates):
                yield from name_faults(date.name, f"/dates/{index}/name")


def name_faults(name: str, pointer: str) -> Iterator[Fault]:
    """A name is for people to read; some settings may go without one."""
    if name and not name.strip():
        yield Fault(pointer, "A name is more than blanks.")
    if any(category(character) == "Cc" for character in name):
        yield Fault(pointer, "A name has no control characters.")


def _agent_faults(agent: ConfiguredAgent) -> Iterator[Fault]:
    yield from skill_faults(agent.skills, "/skills")
    yield from repeated(agent.queues, "/queues")
    for each in agent.queue_ranks:
        if each.queue_id not in agent.queues:
            yield Fault(f"/queue_ranks/{each.queue_id}", "The agent does not serve this queue.")
