"""An address, number or site key and the versioned flow that it leads to: a greeting, then a queue."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

#: Versions kept to look back at; a running contact does not need them, its flow is over in one step.
MOST_VERSIONS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Greet with these words, where there are any, then wait in this queue."""

    version: int
    greeting: str
    queue_id: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPoint:
    """`address` is a phone number, a mail address or a chat's site key; in a tenant it is one channel's only once."""

    tenant: str
    id: str
    channel: str
    address: str
    name: str
    flow: Flow
    earlier: tuple[Flow, ...] = ()
    removed: bool = False
    #: `<channel>|<address>` while it is in use: at most one entry point may have it.
    place: str | None = None

    @property
    def queue_id(self) -> str:
        return self.flow.queue_id

    @property
    def greeting(self) -> str:
        return self.flow.greeting

    @property
    def version(self) -> int:
        return self.flow.version


def place_of(channel: str, address: str) -> str:
    """Name an address of a channel; mail addresses are the same in any case."""
    plain = address.strip()
    return f"{channel}|{plain.lower() if channel == 'email' else plain}"


def configure(before: EntryPoint, *, address: str, name: str, greeting: str, queue_id: str, at: datetime) -> EntryPoint:
    """Change an entry point; a changed greeting or queue is the flow's next version."""
    changed = replace(before, address=address, name=name, place=place_of(before.channel, address), removed=False)
    if (before.flow.greeting, before.flow.queue_id) == (greeting, queue_id):
        return changed
    flow = Flow(version=before.flow.version + 1, greeting=greeting, queue_id=queue_id, made_at=at)
    return replace(changed, flow=flow, earlier=(*before.earlier, before.flow)[-MOST_VERSIONS:])


def remove(before: EntryPoint) -> EntryPoint:
    """Take an entry point out of use; its address is free again."""
    return replace(before, removed=True, place=None)


def straight_to(queue_id: str) -> Flow:
    """The flow of an address that names its queue itself: no greeting, no version."""
    return Flow(version=0, greeting="", queue_id=queue_id, made_at=datetime.min.replace(tzinfo=UTC))
