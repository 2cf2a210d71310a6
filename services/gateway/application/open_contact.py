"""Opening a contact: who the customer is, where they come in, and the first place in a queue."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.gateway.application.append_line import AppendLine
from services.gateway.application.customers import IdentifyCustomer
from services.gateway.application.entry_points import EntryPoints, Queues, direct
from services.gateway.application.last_agents import LastAgents
from services.gateway.application.ports import Cause, Contacts, Exists
from services.gateway.domain import contact as contacts
from services.gateway.domain.callback import CallbackPlan
from services.gateway.domain.calling_back import arranged
from services.gateway.domain.contact import Contact, ContactAttribute, Entry, FormAnswer
from services.gateway.domain.contact_attributes import PHONE_FIELD
from services.gateway.domain.entry_point import EntryPoint
from services.gateway.domain.errors import Invalid, NotThere, TranscriptClosed
from services.gateway.domain.identifiers import service_request_of
from services.gateway.domain.line import SYSTEM, NewLine
from services.gateway.domain.phone_number import dialable
from services.gateway.domain.required_skill import RequiredSkill

#: Lets a new contact into a pool of a tenant. Raises PoolBehind.
Admit = Callable[[str, str], None]

DEFAULT_POOL = "default"
#: Who writes or calls again within this time after a contact's end goes on with the same matter (kpi.md, FCR's window).
FOLLOW_UP = timedelta(days=7)
#: Channels on which the next word on the same thread belongs to the open contact.
THREADED = frozenset({"sms"})
#: Channels on which the customer's address is a telephone number.
_BY_PHONE = frozenset({"voice", "sms"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContact:
    """A contact to be opened. `queue_id` overrides where the entry point leads; one of the two must be known.

    `contact_id` makes a repeat find the first. `client_id` is the cause's name, such as a provider's message id.
    `previous` is the contact that this one follows; with `in_thread`, only one may follow it. `callback` is the plan of
    a contact by which the customer is to be called.
    """

    tenant: str
    contact_id: str
    channel: str
    customer_address: str
    at: datetime
    entry_address: str = ""
    entry_point: EntryPoint | None = None
    queue_id: str = ""
    customer_name: str = ""
    subject: str = ""
    provider_ref: str = ""
    direction: str = "inbound"
    client_id: str = ""
    never_auto_answer: bool = False
    replica: str = ""
    form: tuple[FormAnswer, ...] = ()
    attributes: tuple[ContactAttribute, ...] = ()
    in_thread: bool = False
    previous: Contact | None = None
    priority: int = 0
    required_skills: tuple[RequiredSkill, ...] = ()
    note: str = ""
    callback: CallbackPlan | None = None


class OpenContact:
    def __init__(
        self,
        *,
        contacts: Contacts,
        identify: IdentifyCustomer,
        entry_points: EntryPoints,
        queues: Queues,
        append: AppendLine,
        last_agents: LastAgents,
        admit: Admit = lambda _tenant, _pool_id: None,
    ) -> None:
        self._contacts = contacts
        self._identify = identify
        self._entry_points = entry_points
        self._queues = queues
        self._append = append
        self._last_agents = last_agents
        self._admit = admit

    async def __call__(self, new: NewContact) -> Contact:
        """Return the contact of this id, opened now or before.

        Raises NotThere (entry-point-unknown), Invalid (queue-missing), PoolBehind, StoreUnavailable; and Exists where
        another contact follows the previous one of the thread already.
        """
        entry_point = await self._entry_point(new)
        contact, facts = contacts.opened(await self._contact(new, entry_point))
        try:
            await self._contacts.add(contact, facts, Cause(id=new.client_id or new.contact_id, at=new.at))
        except Exists:
            contact = await self._opened_before(new)
        else:
            self._append.begin(contact)
        if contact.is_talkable:
            await self._greet(contact, entry_point, contact.opened_at)
        return contact

    async def _opened_before(self, new: NewContact) -> Contact:
        before = await self._contacts.find(new.tenant, new.contact_id)
        if before is None:
            raise Exists(new.contact_id)
        return before.thing

    async def _entry_point(self, new: NewContact) -> EntryPoint:
        if new.entry_point is not None:
            return new.entry_point
        if new.entry_address:
            found = await self._entry_points.find(new.tenant, new.channel, new.entry_address)
            if found is not None:
                return found
            if not new.queue_id:
                raise NotThere("entry-point-unknown", f"No entry point takes {new.channel} at this address.")
        if not new.queue_id:
            raise Invalid("queue-missing", "Name a queue or an entry point.", pointer="/queue")
        return direct(new.tenant, new.channel, new.entry_address, new.queue_id)

    async def _contact(self, new: NewContact, entry_point: EntryPoint) -> Contact:
        queue_id = new.queue_id or entry_point.queue_id
        pool_id = self._queues.pool_of(new.tenant, queue_id) or DEFAULT_POOL
        self._admit(new.tenant, pool_id)
        customer_id = await self._customer(new)
        follows = _followed(new)
        thread = _thread(new, entry_point)
        return Contact(
            tenant=new.tenant,
            id=new.contact_id,
            channel=new.channel,
            direction=new.direction,
            entry_point=entry_point.id,
            entry_address=new.entry_address or entry_point.address,
            customer_id=customer_id,
            customer_address=new.customer_address,
            customer_name=new.customer_name,
            service_request_id=follows.service_request_id if follows else service_request_of(new.contact_id),
            previous_contact_id=follows.id if follows else "",
            opened_at=new.at,
            entry=Entry(number=1, queue_id=queue_id, pool_id=pool_id, queued_at=new.at),
            subject=new.subject,
            thread=thread,
            thread_place=f"{thread}|{new.previous.id if new.previous else ''}" if thread and new.in_thread else None,
            provider_ref=new.provider_ref,
            never_auto_answer=new.never_auto_answer,
            replica=new.replica,
            form=new.form,
            attributes=new.attributes,
            last_agent_id=await self._last_agent(new, customer_id),
            priority=new.priority,
            required_skills=new.required_skills,
            note=new.note,
            callback_address=_callable_at(new),
            callback=arranged(new.callback) if new.callback else None,
        )

    async def _last_agent(self, new: NewContact, customer_id: str) -> str:
        if not new.customer_address:
            return ""
        return await self._last_agents.of(new.tenant, customer_id, new.previous)

    async def _customer(self, new: NewContact) -> str:
        if not new.customer_address:
            return await self._identify.anonymous(
                tenant=new.tenant, visitor=new.contact_id, name=new.customer_name, at=new.at
            )
        return await self._identify(
            tenant=new.tenant,
            channel=new.channel,
            address=new.customer_address,
            name=new.customer_name,
            at=new.at,
        )

    async def _greet(self, contact: Contact, entry_point: EntryPoint, at: datetime) -> None:
        if contact.channel != "chat" or not entry_point.greeting:
            return
        greeting = NewLine(
            tenant=contact.tenant,
            contact_id=contact.id,
            channel=contact.channel,
            author=SYSTEM,
            client_id="greeting",
            text=entry_point.greeting,
            at=at,
            automatic=True,
        )
        with suppress(TranscriptClosed):  # the queue was closed, and the customer told so already
            await self._append(greeting)


def _followed(new: NewContact) -> Contact | None:
    previous = new.previous
    if previous is None or (previous.ended_at is not None and new.at - previous.ended_at > FOLLOW_UP):
        return None
    return previous


def _callable_at(new: NewContact) -> str:
    """Give the number under which the customer can be called: the one they came from, or told in the chat's form."""
    if new.channel in _BY_PHONE:
        return dialable(new.customer_address)
    told = (answer.value for answer in new.form if answer.name == PHONE_FIELD)
    return dialable(next(told, ""))


def _thread(new: NewContact, entry_point: EntryPoint) -> str:
    if new.channel not in THREADED:
        return ""
    return f"{new.channel}|{new.entry_address or entry_point.address}|{new.customer_address}"
