"""What makes a routing profile impossible: a channel that never fits, or interruptions that go in a circle."""

from collections.abc import Iterator, Mapping

from services.routing.domain.organisation import RoutingProfile
from services.routing.domain.setting_fault import Fault, repeated
from services.routing.domain.settings import ChannelCapacity


def profile_faults(profile: RoutingProfile) -> Iterator[Fault]:
    if not profile.channels:
        yield Fault("/channels", "A profile without channels has no capacity.")
    interrupts = {each.channel: each.interruptible_by for each in profile.channels}
    for each in profile.channels:
        yield from _capacity_faults(each, profile.capacity_units)
        yield from _interruption_faults(each, interrupts)


def _capacity_faults(channel: ChannelCapacity, capacity_units: int) -> Iterator[Fault]:
    pointer = f"/channels/{channel.channel}"
    if channel.most == 0:
        yield Fault(f"{pointer}/most", "The capacity is zero; a channel that is not taken is left out.")
    if channel.units > capacity_units:
        detail = f"One contact takes more than the {capacity_units} units there are: the capacity is zero."
        yield Fault(f"{pointer}/units", detail)


def _interruption_faults(channel: ChannelCapacity, interrupts: Mapping[str, tuple[str, ...]]) -> Iterator[Fault]:
    pointer = f"/channels/{channel.channel}/interruptible_by"
    yield from repeated(channel.interruptible_by, pointer)
    for index, other in enumerate(channel.interruptible_by):
        if other == channel.channel:
            yield Fault(f"{pointer}/{index}", "A channel does not interrupt itself.")
        elif other not in interrupts:
            yield Fault(f"{pointer}/{index}", f"The profile takes no {other}.")
        elif _leads_to(other, channel.channel, interrupts):
            yield Fault(f"{pointer}/{index}", f"{channel.channel} interrupts {other} already: a circle.")


def _leads_to(start: str, target: str, interrupts: Mapping[str, tuple[str, ...]]) -> bool:
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        reached = ahead.pop()
        if reached == target:
            return True
        if reached not in seen:
            seen.add(reached)
            ahead += interrupts.get(reached, ())
    return False
