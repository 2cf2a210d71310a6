"""Why ticketing refuses.

TicketingError
├── TicketTypeUnknown, TicketTypeRetired, TicketTypeExists, TooManyTicketTypes
├── TicketNotFound
├── TransitionRefused, TicketClosedAlready, TicketNotReopenable
├── TicketFull
└── VersionStale
"""


class TicketingError(Exception):
    """A request about tickets was refused; `code` is stable, `pointer` names the field at fault, if one is."""

    code = "ticketing-refused"
    pointer = ""


class TicketTypeUnknown(TicketingError):
    """The tenant has no ticket type of that id."""

    code = "ticket-type-unknown"
    pointer = "/type"

    def __init__(self, type_id: str) -> None:
        super().__init__(f"There is no ticket type {type_id!r}.")
        self.type_id = type_id


class TicketTypeRetired(TicketingError):
    """The type exists, but new tickets of it are no longer opened."""

    code = "ticket-type-retired"
    pointer = "/type"

    def __init__(self, type_id: str) -> None:
        super().__init__(f"Tickets of type {type_id!r} are no longer opened.")
        self.type_id = type_id


class TicketTypeExists(TicketingError):
    """The tenant has a type of that id already."""

    code = "ticket-type-exists"
    pointer = "/id"

    def __init__(self, type_id: str) -> None:
        super().__init__(f"There is a ticket type {type_id!r} already.")
        self.type_id = type_id


class TooManyTicketTypes(TicketingError):
    """The tenant has as many types as one list shows."""

    code = "too-many-ticket-types"

    def __init__(self, most: int) -> None:
        super().__init__(f"A tenant has at most {most} ticket types of its own.")


class TicketNotFound(TicketingError):
    """The tenant has no such ticket."""

    code = "ticket-not-found"

    def __init__(self, ticket_id: str) -> None:
        super().__init__(f"There is no ticket {ticket_id!r}.")
        self.ticket_id = ticket_id


class TransitionRefused(TicketingError):
    """The ticket's state does not lead to the one asked for."""

    code = "ticket-transition-refused"
    pointer = "/state"

    def __init__(self, state: str, wanted: str) -> None:
        super().__init__(f"The ticket is {state}; from there it cannot become {wanted}.")
        self.state = state
        self.wanted = wanted


class TicketClosedAlready(TicketingError):
    """A closed ticket is changed by reopening it."""

    code = "ticket-closed"

    def __init__(self) -> None:
        super().__init__("The ticket is closed; reopen it to change it.")


class TicketNotReopenable(TicketingError):
    """Only what was resolved or closed can be opened again."""

    code = "ticket-not-reopenable"

    def __init__(self, state: str) -> None:
        super().__init__(f"The ticket is {state}; only a resolved or closed one can be reopened.")
        self.state = state


class TicketFull(TicketingError):
    """The ticket holds as many notes or history entries as one document carries."""

    code = "ticket-full"

    def __init__(self, what: str, most: int) -> None:
        super().__init__(f"A ticket holds at most {most} {what}.")


class VersionStale(TicketingError):
    """The client insisted on a version that is no longer the current one."""

    code = "version-stale"

    def __init__(self, current: int) -> None:
        super().__init__(f"The current version is {current}.")
        self.current = current
