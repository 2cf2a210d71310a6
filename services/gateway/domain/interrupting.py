"""Work on a contact is interrupted by something more urgent, and resumed; the contact stays its agent's meanwhile.

That is no state of the contact: a conversation and a wrap-up may both be set aside, and end so.
"""

from dataclasses import replace

from services.gateway.domain.contact import Contact
from services.gateway.domain.set_aside import SetAside


def set_aside(contact: Contact, *, offer_id: str, interrupted: bool, sequence: int) -> Contact:
    """Note how the work of this offer stands; what was said before, or of another's work on the contact, is nothing."""
    before, holder = contact.set_aside, contact.holder
    if holder is None or holder.offer_id != offer_id:
        return contact
    if before is not None and before.offer_id == offer_id and before.sequence >= sequence:
        return contact
    return replace(contact, set_aside=SetAside(offer_id=offer_id, interrupted=interrupted, sequence=sequence))
