"""What the gateway refuses.

GatewayError
├── NotThere            404  contact-unknown, customer-unknown, delivery-unknown, entry-point-unknown ...
├── StateConflict       409  transcript-closed, contact-closed, customer-opted-out ...
├── NotAllowed          403  not-the-holder
└── Invalid             422  the field at fault in `pointer`
"""


class GatewayError(Exception):
    """A refusal; `code` is stable and kebab-case."""

    def __init__(self, code: str, detail: str, *, pointer: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.pointer = pointer


class NotThere(GatewayError):
    """The thing named does not exist in this tenant."""


class StateConflict(GatewayError):
    """The thing is in a state that does not allow this; `detail` says which."""


class NotAllowed(GatewayError):
    """Somebody else may do this, not who asked."""


class Invalid(GatewayError):
    """A value breaks a rule; `pointer` names the field."""


class TranscriptClosed(StateConflict):
    """The contact has its closing line: what comes after belongs to the next contact."""

    def __init__(self, contact_id: str) -> None:
        super().__init__("transcript-closed", f"The conversation of {contact_id} has ended.")
        self.contact_id = contact_id


class EventAhead(GatewayError):
    """An event of routing came before one that it stands on."""


class FirstWordsMissing(EventAhead):
    """The contact is to end before the words that opened it are stored: they come in a moment."""


class CallbackMissing(EventAhead):
    """The callback is told of before it is opened: that comes in a moment."""
