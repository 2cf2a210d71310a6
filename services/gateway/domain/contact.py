"""A contact, from its first word to its final state.

Routing alone decides what happens to it; the functions here record routing's decisions, each in the one state that
it can meet. Final is final: nothing changes a closed contact.

    waiting ──accept──▶ talking ──end──▶ wrap_up ──complete──▶ closed
       ▲ ├─abandon, refuse─▶ closed │
       │ ╰─let_go─▶ closed, or recording ──leave_message──▶ closed
       ╰─────────pass_on────────────╯

In `recording` routing has let a caller go, who may leave a message. What callbacks do besides is in `calling_back`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.gateway.domain.callback import Callback, CallbackWish
from services.gateway.domain.contact_facts import (
    ContactClosed,
    ContactFact,
    ContactOpened,
    EndRequested,
    EntryBegun,
)
from services.gateway.domain.errors import EventAhead
from services.gateway.domain.last_steps import CALLBACK, VOICEMAIL
from services.gateway.domain.monitor import Monitor
from services.gateway.domain.required_skill import RequiredSkill
from services.gateway.domain.set_aside import SetAside

VOICE = "voice"
WAITING, TALKING, WRAP_UP, CLOSED = "waiting", "talking", "wrap_up", "closed"
RECORDING = "recording"
HANDLED, ABANDONED, REFUSED = "handled", "abandoned", "refused"
#: The customer was told that nobody serves them now, left a message, or is promised a call back.
TOLD, LEFT_MESSAGE, PROMISED_CALL = "told", "voicemail", "callback"
#: An outcome needs nothing more than a mark per pool; a contact that wanders over more keeps the newest.
MOST_MARKS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One stay in a queue of a pool, numbered from 1."""

    number: int
    queue_id: str
    pool_id: str
    queued_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    agent_id: str
    team_id: str
    site_id: str
    offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """The last event of a pool that this contact has taken in."""

    pool_id: str
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FormAnswer:
    """What the customer wrote into a field of the form before the chat."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAttribute:
    """A fact about the contact that routing's expressions may ask for, such as language = cmn."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One customer interaction on one channel.

    `thread` is the customer's address on the channel and entry point. `thread_place` names the contact before it
    there; it exists once, so that two messages at a time cannot open two contacts. `replica` holds
    the chat's socket. `answered_at` is the first acceptance; the holder stays named after the end. `last_agent_id` is
    who had served the customer when the contact was opened, empty for nobody.
    """

    tenant: str
    id: str
    channel: str
    direction: str
    entry_point: str
    entry_address: str
    customer_id: str
    customer_address: str
    customer_name: str
    service_request_id: str
    previous_contact_id: str
    opened_at: datetime
    entry: Entry
    state: str = WAITING
    subject: str = ""
    thread: str = ""
    thread_place: str | None = None
    provider_ref: str = ""
    never_auto_answer: bool = False
    form: tuple[FormAnswer, ...] = ()
    replica: str = ""
    holder: Holder | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    end_requested_by: str = ""
    end_requested_agent: str = ""
    disposition: str = ""
    note: str = ""
    ticket_type: str = ""
    outcome: str = ""
    closed_at: datetime | None = None
    applied: tuple[Applied, ...] = ()
    #: Who follows the conversation.
    monitors: tuple[Monitor, ...] = ()
    attributes: tuple[ContactAttribute, ...] = ()
    last_agent_id: str = ""
    #: Added to the queue's own, as who opened the contact wants it, or a supervisor set it since.
    priority: int = 0
    #: Beside what the queue requires.
    required_skills: tuple[RequiredSkill, ...] = ()
    #: A number under which the customer can be called, empty for none known.
    callback_address: str = ""
    #: What was asked for by commands that routing has not answered yet, the oldest first.
    callback_wishes: tuple[CallbackWish, ...] = ()
    #: Whether the customer pressed the key to be called back.
    callback_wanted: bool = False
    #: The contact by which the customer is called back instead of waiting on.
    called_back_by: str = ""
    #: Set where this contact is a callback itself.
    callback: Callback | None = None
    #: What routing said last of the holder's work being interrupted or resumed.
    set_aside: SetAside | None = None

    @property
    def is_interrupted(self) -> bool:
        """Whether the holder's work on the contact waits for something more urgent."""
        aside = self.set_aside
        return aside is not None and aside.interrupted and self._is_work_of(aside.offer_id)

    @property
    def is_talkable(self) -> bool:
        """Whether lines may still be added, as far as this state knows."""
        return self.state in {WAITING, TALKING}

    @property
    def takes_lines(self) -> bool:
        """Whether the transcript is open: while talk may go on, and for the message of a caller."""
        return self.is_talkable or self.state == RECORDING

    def is_held_by(self, agent_id: str) -> bool:
        return self.state in {TALKING, WRAP_UP} and self.holder is not None and self.holder.agent_id == agent_id

    def _is_work_of(self, offer_id: str) -> bool:
        return self.state in {TALKING, WRAP_UP} and self.holder is not None and self.holder.offer_id == offer_id

    def applied_through(self, pool_id: str) -> int:
        """Return the number of the last event of the pool taken in, 0 where none was."""
        return next((mark.sequence for mark in self.applied if mark.pool_id == pool_id), 0)


Change = tuple[Contact, Sequence[ContactFact]]


def opened(contact: Contact) -> Change:
    """Announce a new contact and ask for its first place in a queue."""
    return contact, (ContactOpened(), _begin(contact.entry))


def accept(contact: Contact, *, entry: Entry, holder: Holder, at: datetime) -> Contact:
    """An agent took the contact."""
    return replace(contact, state=TALKING, entry=entry, holder=holder, answered_at=contact.answered_at or at)


def pass_on(contact: Contact, *, entry_number: int, to_queue: str, to_pool: str, at: datetime) -> Change:
    """The contact waits again, for another queue: inside the pool the engine has queued it, another pool is asked."""
    before = contact.entry
    begins = Entry(number=entry_number + 1, queue_id=to_queue, pool_id=to_pool or before.pool_id, queued_at=at)
    waiting = replace(contact, state=WAITING, entry=begins, holder=None)
    if begins.pool_id == before.pool_id:
        return waiting, ()
    facts: list[ContactFact] = [_begin(begins, transferred_from=before.queue_id)]
    if contact.end_requested_by:
        facts.append(_end_request(waiting))
    return waiting, facts


def request_end(contact: Contact, *, ended_by: str, agent_id: str) -> Change:
    """Ask routing to end the contact; asking again, or after the end, changes nothing."""
    if contact.end_requested_by or not contact.is_talkable:
        return contact, ()
    asked = replace(contact, end_requested_by=ended_by, end_requested_agent=agent_id)
    return asked, (_end_request(asked),)


def end(contact: Contact, *, ended_by: str, at: datetime) -> Contact:
    """The conversation is over, the agent wraps up."""
    return replace(contact, state=WRAP_UP, ended_at=at, ended_by=ended_by)


def complete(contact: Contact, *, disposition: str, ticket_type: str, at: datetime) -> Change:
    """The wrap-up is done, the contact final.

    Raises EventAhead where the conversation's end has not been seen.
    """
    if contact.state != WRAP_UP:
        raise EventAhead("event-ahead", f"{contact.id} is {contact.state}, its wrap-up cannot be complete.")
    return close(replace(contact, disposition=disposition, ticket_type=ticket_type), HANDLED, at)


def abandon(contact: Contact, *, ended_by: str, at: datetime) -> Change:
    """The customer left while waiting."""
    return close(replace(contact, ended_at=at, ended_by=ended_by), ABANDONED, at)


def refuse(contact: Contact, *, at: datetime) -> Change:
    """No queue would have the contact."""
    return close(replace(contact, ended_at=at, ended_by="system"), REFUSED, at)


def let_go(contact: Contact, *, last_step: str, at: datetime) -> Change:
    """Routing is done with a contact that nobody served: a caller may leave a message, everybody else was told."""
    if last_step == VOICEMAIL and contact.channel == VOICE:
        return replace(contact, state=RECORDING), ()
    outcome = PROMISED_CALL if last_step == CALLBACK else TOLD
    return close(replace(contact, ended_at=at, ended_by="system"), outcome, at)


def leave_message(contact: Contact, *, left: bool, at: datetime) -> Change:
    """The caller has gone, and `left` a message or none; told twice, the first counts."""
    if contact.state != RECORDING:
        return contact, ()
    return close(replace(contact, ended_at=at, ended_by="customer"), LEFT_MESSAGE if left else TOLD, at)


def ask_again(contact: Contact) -> Change:
    """Ask for the same wait under the next entry number: the engine holds the last request for too old to judge."""
    again = replace(contact.entry, number=contact.entry.number + 1)
    return replace(contact, entry=again), (_begin(again),)


def open_requests(contact: Contact) -> Sequence[ContactFact]:
    """What routing was asked for this contact and, as far as the contact knows, has not answered."""
    facts: list[ContactFact] = []
    if contact.state == WAITING:
        facts.append(_begin(contact.entry))
    if contact.end_requested_by and contact.is_talkable:
        facts.append(_end_request(contact))
    return facts


def noted(contact: Contact, note: str) -> Change:
    """The agent wrote down what colleagues should know; nobody else is told."""
    return replace(contact, note=note), ()


def moved_to(contact: Contact, replica: str) -> Change:
    """The customer's chat is held by another replica now."""
    return replace(contact, replica=replica), ()


def close(contact: Contact, outcome: str, at: datetime) -> Change:
    """The contact is final."""
    return replace(contact, state=CLOSED, outcome=outcome, closed_at=at, callback_wishes=()), (ContactClosed(),)


def mark_applied(contact: Contact, *, pool_id: str, sequence: int) -> Contact:
    """Remember that the pool's events up to this one are in."""
    others = tuple(mark for mark in contact.applied if mark.pool_id != pool_id)
    return replace(contact, applied=(*others, Applied(pool_id=pool_id, sequence=sequence))[-MOST_MARKS:])


def _begin(entry: Entry, *, transferred_from: str = "") -> EntryBegun:
    return EntryBegun(
        number=entry.number,
        queue_id=entry.queue_id,
        pool_id=entry.pool_id,
        queued_at=entry.queued_at,
        transferred_from=transferred_from,
    )


def _end_request(contact: Contact) -> EndRequested:
    return EndRequested(
        pool_id=contact.entry.pool_id,
        ended_by=contact.end_requested_by,
        agent_id=contact.end_requested_agent,
        entry=contact.entry.number,
    )
