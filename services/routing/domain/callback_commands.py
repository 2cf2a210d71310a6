"""What may be asked about customers who are to be called back."""

from dataclasses import dataclass
from typing import TypeAlias

from services.routing.domain.callback_rules import CallbackPlan
from services.routing.domain.moments import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCallback:
    """Have the customer of a waiting contact called back in its place."""

    id: str
    issued_at: Moment
    contact_id: str
    plan: CallbackPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class RescheduleCallback:
    """Call a customer at another time than was arranged."""

    id: str
    issued_at: Moment
    contact_id: str
    plan: CallbackPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportNotReached:
    """The customer did not answer; with `agent_id`, only that agent may say so."""

    id: str
    issued_at: Moment
    contact_id: str
    offer_id: str
    reason: str
    agent_id: str = ""


CallbackCommand: TypeAlias = RequestCallback | RescheduleCallback | ReportNotReached
