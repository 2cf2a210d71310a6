"""An agent answers an offer, or lets it pass."""

from services.routing.domain import refusals
from services.routing.domain.commands import AcceptOffer, RejectOffer
from services.routing.domain.decisions.answer import Answer
from services.routing.domain.events import OfferAccepted, OfferRejected, OfferTimedOut, OfferWithdrawn
from services.routing.domain.moments import Moment
from services.routing.domain.pool import PoolState
from services.routing.domain.refusals import Refusal
from services.routing.domain.stays import Offered


def accept_offer(state: PoolState, command: AcceptOffer, now: Moment) -> Answer:
    """Connect the contact; where several agents were asked at once, the first to accept has it."""
    offer = _open_offer(state, command.offer_id, command.agent_id)
    if isinstance(offer, Refusal):
        return offer
    if state.rings[offer.entry.contact_id] == (offer.offer_id,):
        return (accepted(offer, now),)
    others = (other for other in state.offers_of(offer.entry.contact_id) if other is not offer)
    # The others first: whoever follows the events sees the contact's last offer become the conversation.
    return *(withdraw(other, "taken", now) for other in others), accepted(offer, now)


def accepted(offer: Offered, now: Moment) -> OfferAccepted:
    return OfferAccepted(
        at=now, entry=offer.entry, offer_id=offer.offer_id, holder=offer.holder, offered_at=offer.offered_at
    )


def reject_offer(state: PoolState, command: RejectOffer, now: Moment) -> Answer:
    offer = _open_offer(state, command.offer_id, command.agent_id)
    if isinstance(offer, Refusal):
        return offer
    rejected = OfferRejected(
        at=now,
        entry=offer.entry,
        offer_id=offer.offer_id,
        holder=offer.holder,
        offered_at=offer.offered_at,
        reason=command.reason,
    )
    return (rejected,)


def time_out(offer: Offered, now: Moment) -> OfferTimedOut:
    return OfferTimedOut(
        at=now, entry=offer.entry, offer_id=offer.offer_id, holder=offer.holder, offered_at=offer.offered_at
    )


def withdraw(offer: Offered, reason: str, now: Moment) -> OfferWithdrawn:
    return OfferWithdrawn(
        at=now,
        entry=offer.entry,
        offer_id=offer.offer_id,
        holder=offer.holder,
        offered_at=offer.offered_at,
        reason=reason,
    )


def taken_back(state: PoolState, contact_id: str, reason: str, now: Moment) -> tuple[OfferWithdrawn, ...]:
    """Withdraw every open offer of a contact, the oldest first."""
    return tuple(withdraw(offer, reason, now) for offer in state.offers_of(contact_id))


def _open_offer(state: PoolState, offer_id: str, agent_id: str) -> Offered | Refusal:
    hold = state.holds.get(offer_id)
    if hold is None:
        known = _was_made(state, offer_id)
        return refusals.offer_closed(offer_id) if known else refusals.offer_unknown(offer_id)
    if hold.holder.agent_id != agent_id:
        return refusals.offer_of_another_agent(offer_id)
    return hold if isinstance(hold, Offered) else refusals.offer_closed(offer_id)


def _was_made(state: PoolState, offer_id: str) -> bool:
    """Offers are numbered, so one that is forgotten can be told from one that never was."""
    pool, _, number = offer_id.rpartition(".")
    return pool == f"off_{state.pool_id}" and number.isascii() and number.isdigit() and _in_range(state, number)


def _in_range(state: PoolState, number: str) -> bool:
    return len(number) < 20 and 0 < int(number) <= state.offers_made
