"""The menu of a pool: each command, and what decides it."""

from collections.abc import Callable
from typing import Any

from services.routing.domain import commands as c
from services.routing.domain.callback_commands import ReportNotReached, RequestCallback, RescheduleCallback
from services.routing.domain.decisions.agents import set_agent_state
from services.routing.domain.decisions.answer import Answer
from services.routing.domain.decisions.callbacks import report_not_reached, request_callback, reschedule_callback
from services.routing.domain.decisions.configuring import configure_agent, configure_queue, remove_agent, remove_queue
from services.routing.domain.decisions.conversations import complete_wrap_up, end_contact, transfer_contact
from services.routing.domain.decisions.emergency import configure_emergency
from services.routing.domain.decisions.offers import accept_offer, reject_offer
from services.routing.domain.decisions.presence import report_presence
from services.routing.domain.decisions.supervision import assign_contact, change_priority, take_over
from services.routing.domain.decisions.waiting import enqueue_contact
from services.routing.domain.decisions.wrap_ups import extend_wrap_up
from services.routing.domain.desk_commands import (
    AssignContact,
    ChangePriority,
    ExtendWrapUp,
    ReportPresence,
    TakeOver,
)
from services.routing.domain.floor import deciding as floor
from services.routing.domain.memory import ANSWERS_KEPT_SECONDS
from services.routing.domain.moments import Moment, seconds_between
from services.routing.domain.pool import PoolState
from services.routing.domain.refusals import command_expired

#: `Any`: each decision takes its own command, and the key says which.
_DECISIONS: dict[type, Callable[[PoolState, Any, Moment], Answer]] = {
    c.EnqueueContact: enqueue_contact,
    c.EndContact: end_contact,
    c.AcceptOffer: accept_offer,
    c.RejectOffer: reject_offer,
    c.TransferContact: transfer_contact,
    c.CompleteWrapUp: complete_wrap_up,
    c.SetAgentState: set_agent_state,
    c.ConfigureAgent: configure_agent,
    c.RemoveAgent: remove_agent,
    c.ConfigureQueue: configure_queue,
    c.RemoveQueue: remove_queue,
    c.ConfigureEmergency: configure_emergency,
    c.ConfigureFloorRule: floor.configure_floor_rule,
    c.RemoveFloorRule: floor.remove_floor_rule,
    c.PlanShift: floor.plan_shift,
    c.CancelShift: floor.cancel_shift,
    c.CancelBreak: floor.cancel_break,
    ExtendWrapUp: extend_wrap_up,
    AssignContact: assign_contact,
    ChangePriority: change_priority,
    TakeOver: take_over,
    ReportPresence: report_presence,
    RequestCallback: request_callback,
    RescheduleCallback: reschedule_callback,
    ReportNotReached: report_not_reached,
}
#: Doing these twice, or late, is harmless: settings carry versions, and an end stays an end.
_NEVER_TOO_LATE = (
    c.EndContact,
    c.ConfigureAgent,
    c.RemoveAgent,
    c.ConfigureQueue,
    c.RemoveQueue,
    c.ConfigureEmergency,
    c.ConfigureFloorRule,
    c.RemoveFloorRule,
    c.PlanShift,
    c.CancelShift,
)


def decide(state: PoolState, command: c.Command, now: Moment) -> Answer:
    """Say what a command does, or why not; the state is only read."""
    age = seconds_between(command.issued_at, now)
    if age > ANSWERS_KEPT_SECONDS and not isinstance(command, _NEVER_TOO_LATE):
        return command_expired(age)
    return _DECISIONS[type(command)](state, command, now)
