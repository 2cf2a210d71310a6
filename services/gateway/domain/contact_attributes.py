"""Facts about a contact by name, which routing's expressions may ask for."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.gateway.domain.contact import CLOSED, Contact, ContactAttribute
from services.gateway.domain.contact_facts import ContactFact
from services.gateway.domain.errors import Invalid, StateConflict

MOST_ATTRIBUTES = 20
#: The field of a form in which customers tell their number.
PHONE_FIELD = "phone"
LONGEST_VALUE = 256
_LONGEST_NAME = 100


def for_routing(contact: Contact) -> dict[str, str]:
    """Give the answers of the form, and over them the contact's own attributes.

    Long answers are left out, and the customer's number, which leaves the gateway only to be called.
    """
    answers = {answer.name: answer.value for answer in contact.form if _fits(answer.name, answer.value)}
    answers.pop(PHONE_FIELD, None)
    return answers | {each.name: each.value for each in contact.attributes}


def changed(contact: Contact, changes: Mapping[str, str | None]) -> tuple[Contact, Sequence[ContactFact]]:
    """Set attributes, take away those that are None, and keep the rest.

    Routing is told with the contact's next entry: what waits already is judged by what was known when it came.
    Raises StateConflict (contact-closed), Invalid (attributes-too-many).
    """
    if contact.state == CLOSED:
        raise StateConflict("contact-closed", f"{contact.id} is closed; nothing changes it any more.")
    merged: dict[str, str | None] = {each.name: each.value for each in contact.attributes}
    merged.update(changes)
    kept = {name: value for name, value in merged.items() if value is not None}
    if len(kept) > MOST_ATTRIBUTES:
        raise Invalid("attributes-too-many", f"A contact has at most {MOST_ATTRIBUTES}.", pointer="/attributes")
    return replace(contact, attributes=attributes_of(kept)), ()


def attributes_of(facts: Mapping[str, str]) -> tuple[ContactAttribute, ...]:
    return tuple(ContactAttribute(name=name, value=value) for name, value in sorted(facts.items()))


def _fits(name: str, value: str) -> bool:
    return 0 < len(name) <= _LONGEST_NAME and len(value) <= LONGEST_VALUE
