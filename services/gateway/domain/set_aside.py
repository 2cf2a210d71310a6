"""Whether an agent's work on a contact is set aside, as routing said last."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """The work is named by its offer; `sequence` is the number of the event that said so."""

    offer_id: str
    interrupted: bool
    sequence: int
