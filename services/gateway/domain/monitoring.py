"""Who monitors a conversation, and what is told of it: nobody listens in without an event that says so.

A call takes every mode. Of other channels a supervisor reads the lines, which the platform shows them anyway; it is
told as listening.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from services.gateway.domain.contact import TALKING, Change, Contact
from services.gateway.domain.contact_facts import MonitoringEnded, MonitoringModeChanged, MonitoringStarted
from services.gateway.domain.errors import Invalid, NotThere, StateConflict
from services.gateway.domain.monitor import LISTEN, MODES, Monitor

#: Why a monitoring ended.
STOPPED, CONVERSATION_OVER, FAILED = "stopped", "conversation-over", "failed"
_MODES = {"voice": MODES}


def monitor_of(contact: Contact, supervisor_id: str) -> Monitor | None:
    return next((each for each in contact.monitors if each.supervisor_id == supervisor_id), None)


def monitor(contact: Contact, *, supervisor_id: str, mode: str, at: datetime) -> Change:
    """Begin to monitor, or go on in another mode.

    Raises StateConflict where nobody else talks, Invalid for a mode that the channel has not.
    """
    if contact.state != TALKING:
        raise StateConflict("contact-not-talking", f"{contact.id} is {contact.state}: there is nothing to monitor.")
    if contact.is_held_by(supervisor_id):
        raise StateConflict("already-the-holder", f"The conversation of {contact.id} is your own.")
    if mode not in _MODES.get(contact.channel, (LISTEN,)):
        raise Invalid("mode-not-of-channel", f"There is no {mode} on {contact.channel}.", pointer="/mode")
    before = monitor_of(contact, supervisor_id)
    if before is None:
        begun = Monitor(supervisor_id=supervisor_id, mode=mode, since=at)
        return replace(contact, monitors=(*contact.monitors, begun)), (MonitoringStarted(**_who(contact, begun)),)
    if before.mode == mode:
        return contact, ()
    changed = replace(before, mode=mode)
    monitors = tuple(changed if each is before else each for each in contact.monitors)
    fact = MonitoringModeChanged(**_who(contact, changed), previous_mode=before.mode)
    return replace(contact, monitors=monitors), (fact,)


def stop(contact: Contact, *, supervisor_id: str, reason: str) -> Change:
    """End a supervisor's monitoring. Raises NotThere where there is none."""
    ending = monitor_of(contact, supervisor_id)
    if ending is None:
        raise NotThere("monitoring-unknown", f"You do not monitor {contact.id}.")
    left = tuple(each for each in contact.monitors if each is not ending)
    return replace(contact, monitors=left), ended(contact, [ending], reason)


def ended(contact: Contact, monitors: Iterable[Monitor], reason: str) -> tuple[MonitoringEnded, ...]:
    """Tell that these no longer monitor the contact as it is."""
    return tuple(MonitoringEnded(**_who(contact, each), started_at=each.since, reason=reason) for each in monitors)


def _who(contact: Contact, monitor: Monitor) -> dict[str, str]:
    """Name who monitors whom: the holder may be another when this is told."""
    holder = contact.holder
    return {
        "supervisor_id": monitor.supervisor_id,
        "mode": monitor.mode,
        "agent_id": holder.agent_id if holder else "",
        "team_id": holder.team_id if holder else "",
        "site_id": holder.site_id if holder else "",
    }
