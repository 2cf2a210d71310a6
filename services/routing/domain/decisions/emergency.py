"""An emergency is declared, changed or lifted."""

from services.routing.domain.commands import ConfigureEmergency
from services.routing.domain.decisions.answer import NOTHING, Answer
from services.routing.domain.decisions.entries import next_entry
from services.routing.domain.decisions.offers import taken_back, withdraw
from services.routing.domain.decisions.waiting import left_by, let_go
from services.routing.domain.emergency import LEAVE, Emergency
from services.routing.domain.events import EmergencyRuled, Event
from services.routing.domain.moments import Moment
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import Offered, Waiting

#: The key of its settings version.
EMERGENCY = "emergency"


def configure_emergency(state: PoolState, command: ConfigureEmergency, now: Moment) -> Answer:
    """Put a pool under an emergency, or end it; what rings at a site given up is taken back, who is to leave leaves."""
    if command.version <= state.versions.get(EMERGENCY, -1):
        return NOTHING
    ruled = EmergencyRuled(at=now, emergency=command.emergency, version=command.version)
    if command.emergency is None:
        return (ruled,)
    return *_given_up(state, command.emergency, now), ruled


def _given_up(state: PoolState, emergency: Emergency, now: Moment) -> list[Event]:
    told: list[Event] = []
    ringing = (stay for stay in state.contacts.values() if isinstance(stay, Offered))
    for stay in sorted(ringing, key=lambda offer: offer.number):
        told += _taken_back(state, emergency, stay.waiting, now)
    waiting = (stay for stay in state.contacts.values() if isinstance(stay, Waiting))
    for contact in sorted(waiting, key=lambda contact: contact.rank):
        if _leaves(emergency, contact):
            told += _gone(state, emergency, contact, now)
    return told


def _taken_back(state: PoolState, emergency: Emergency, contact: Waiting, now: Moment) -> list[Event]:
    """Let nobody be asked for a contact that leaves, and for others nobody at a site that is given up."""
    contact_id = contact.entry.contact_id
    if _leaves(emergency, contact):
        return [*taken_back(state, contact_id, "emergency", now), *_gone(state, emergency, contact, now)]
    offers = state.offers_of(contact_id)
    sites = {offer.offer_id: state.agents[offer.holder.agent_id].holder.site_id for offer in offers}
    return [withdraw(offer, "site-closed", now) for offer in offers if emergency.bars(sites[offer.offer_id])]


def _leaves(emergency: Emergency, contact: Waiting) -> bool:
    waits_on = contact.callback is not None or emergency.waiting != LEAVE
    return not waits_on and emergency.way_from(contact.entry.queue_id) is not None


def _gone(state: PoolState, emergency: Emergency, contact: Waiting, now: Moment) -> tuple[Event, ...]:
    """Where the way leads to a queue that has gone meanwhile, the contact stays."""
    way = emergency.way_from(contact.entry.queue_id)
    if way is None or (way.to_queue and way.to_queue not in state.queues):
        return ()
    if not way.to_queue:
        return let_go(state, contact, way, now, reason="emergency")
    left = left_by(state, contact.entry, "emergency", way, now)
    return left, next_entry(state, contact, to_queue=way.to_queue, passed_on_by=(), now=now)
