"""What is special about a contact by which a customer is called back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

#: Why a customer was not reached.
BUSY, NO_ANSWER, REJECTED, FAILED = "busy", "no-answer", "rejected", "failed"
REASONS: Final = (BUSY, NO_ANSWER, REJECTED, FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackPlan:
    """When a customer is to be called: not before `due_at`, not later than `not_after`; None for no such bound."""

    due_at: datetime | None = None
    not_after: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackWish:
    """What somebody asked of a callback by one command: kept under its id until routing has decided.

    Of two who ask at once only one is heard, and what the other asked must not count. `address` is empty for the number
    that is known.
    """

    command_id: str
    asked_at: datetime
    address: str = ""
    plan: CallbackPlan = CallbackPlan()


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """Facts of a callback.

    `scheduled` says that it is not time yet. `attempts` counts how often the customer was called, the present call
    included; `reached` that they answered. `last_reason` is why they are not called now: why they were not reached,
    why it was put off, or why it was given up. `reported` is the offer whose call was reported to have reached nobody.
    `not_after_by_queue` says that nobody asked for `not_after`: it is the queue's rule, and moves with the time.
    One that was `passed_on` in the middle of a call is not tried again: for routing its customer is on the line.
    """

    scheduled: bool = False
    due_at: datetime | None = None
    not_after: datetime | None = None
    not_after_by_queue: bool = False
    attempts: int = 0
    reached: bool = False
    last_reason: str = ""
    reported: str = ""
    passed_on: bool = False

    @property
    def not_after_asked(self) -> datetime | None:
        """Until when it was asked to be made, None where the queue decides."""
        return None if self.not_after_by_queue else self.not_after
