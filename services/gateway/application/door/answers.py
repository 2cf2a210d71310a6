"""What a command to routing came to, as far as the one who asked could wait."""

from dataclasses import dataclass

from services.gateway.application.door.routing_events import RoutingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The command was done; `events` is empty where it changed nothing or was done before."""

    command_id: str
    events: tuple[RoutingEvent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Routing said no; `code` is stable and kebab-case, `detail` says the state as it is."""

    command_id: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """The broker holds the command, its outcome is not known yet."""

    command_id: str


Answer = Answered | Refused | Pending
