"""What the gateway's commands need of the world."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from services.gateway.application.messages import OutgoingMessage, Sent
from services.gateway.domain.contact import Contact
from services.gateway.domain.contact_facts import ContactFact
from services.gateway.domain.customer import Customer, CustomerFact
from services.gateway.domain.delivery import Delivery, DeliveryFact
from services.gateway.domain.entry_point import EntryPoint
from services.gateway.domain.line import Line, NewLine

ThingT = TypeVar("ThingT")
FactT_contra = TypeVar("FactT_contra", contravariant=True)


class Nothing(Protocol):
    """A kind of fact that there is none of: changes of this thing are told to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored(Generic[ThingT]):
    """A thing as read; `version` is its mark for the next write."""

    thing: ThingT
    version: int
    mark: object


class Exists(Exception):
    """There is a thing of this id, or one that may exist only once, already."""


class Conflict(Exception):
    """The thing was changed since it was read: read it again and decide again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a thing changes: the command or event that caused it, and when."""

    id: str
    at: datetime


class Things(Protocol[ThingT, FactT_contra]):
    """A collection of aggregates; the facts of a change leave with it, in the same write.

    Every method raises StoreUnavailable where the database does not answer.
    """

    async def find(self, tenant: str, id: str, *, fresh: bool = False) -> Stored[ThingT] | None:  # noqa: A002
        """Read one. What this replica read before may be given, unless `fresh`; a write on it then conflicts."""

    async def add(self, thing: ThingT, facts: Sequence[FactT_contra], cause: Cause) -> Stored[ThingT]:
        """Raises Exists."""

    async def change(
        self, previous: Stored[ThingT], thing: ThingT, facts: Sequence[FactT_contra], cause: Cause
    ) -> Stored[ThingT]:
        """Raises Conflict."""

    async def page(
        self,
        tenant: str,
        filters: Mapping[str, object],
        *,
        sort: Sequence[tuple[str, int]],
        limit: int,
        after: Sequence[object] | None = None,
    ) -> list[Stored[ThingT]]:
        """List things by their fields; `after` is the sort values and id of the last one before."""


class Contacts(Things[Contact, ContactFact], Protocol):
    async def latest_on(self, tenant: str, thread: str) -> Stored[Contact] | None:
        """Return the contact opened last under this thread."""

    async def on_replica(self, replica: str, *, limit: int) -> list[Contact]:
        """Return contacts of all tenants whose chat this replica holds and whose conversation goes on."""

    async def waiting(self, *, limit: int) -> list[Contact]:
        """Return contacts of all tenants that wait or talk, oldest first."""


class Customers(Things[Customer, CustomerFact], Protocol):
    async def of_address(self, tenant: str, key: str) -> Stored[Customer] | None:
        """Return the customer whom this address leads to."""


class Deliveries(Things[Delivery, DeliveryFact], Protocol):
    async def awaiting_answer(self, tenant: str, place: str) -> Stored[Delivery] | None:
        """Return the newest delivery that expects an answer from `<channel>|<address>`."""

    async def answered_by(self, tenant: str, message_id: str) -> Stored[Delivery] | None:
        """Return the delivery that this message answered."""

    async def of_contact(self, tenant: str, contact_id: str) -> list[Stored[Delivery]]:
        """Return the contact's deliveries, oldest first."""

    async def pending(self, *, limit: int) -> list[Delivery]:
        """Return the oldest deliveries of all tenants that have not left."""


class EntryPointStore(Things[EntryPoint, Nothing], Protocol):
    async def at(self, tenant: str, place: str) -> Stored[EntryPoint] | None:
        """Return the entry point in use at `<channel>|<address>`."""

    async def of_site_key(self, place: str) -> EntryPoint | None:
        """Return the chat entry point of a site key, whose tenant only the key tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendedLine:
    line: Line
    duplicate: bool


class Lines(Protocol):
    """The conversations' lines."""

    def begin(self, tenant: str, contact_id: str) -> None:
        """Know a contact just opened to have no lines."""

    async def append(self, line: NewLine) -> AppendedLine:
        """Store a line durably under the next number, once for its `(author, client_id)`.

        Raises TranscriptClosed, StoreUnavailable.
        """

    async def read(self, tenant: str, contact_id: str, *, after: int = 0, limit: int = 200) -> list[Line]:
        """Return lines numbered above `after`, in order, the closing line included."""

    async def of_provider_message(self, tenant: str, channel: str, ids: Sequence[str]) -> Line | None:
        """Return the newest line that carries one of the provider's message ids."""

    async def undelivered(self, *, limit: int) -> list[Line]:
        """Return the oldest lines of all tenants that still have to leave."""

    async def delivered(self, line: Line, *, state: str, code: str = "", provider_message_id: str = "") -> bool:
        """Record what became of a line on its way; False where it had that or a later state already."""


class ChannelSender(Protocol):
    """Takes messages out on one channel. The intent is stored before `send` is called."""

    async def send(self, message: OutgoingMessage) -> Sent:
        """Hand the message to the provider. Raises SendRefused (final), SendUnavailable (its fate is unknown)."""

    async def find_sent(self, message: OutgoingMessage) -> Sent | None:
        """Look at the provider whether an earlier attempt got through. Raises SendUnavailable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingCall:
    """A customer to be called for the agent of an accepted offer. `called_from` is our number, empty for the
    provider's own choice; `greeting` tells the language to speak.
    """

    tenant: str
    contact_id: str
    offer_id: str
    agent_id: str
    customer: str = field(repr=False)
    called_from: str
    greeting: str


class CallCustomers(Protocol):
    async def __call__(self, outgoing: OutgoingCall) -> bool:
        """Ring the customer, once for an offer; False where they are on the line already.

        Raises SendRefused, SendUnavailable.
        """


class VoiceProvider(Protocol):
    """Moves the two legs of a call; every method is idempotent. Raises SendRefused, SendUnavailable."""

    async def connect(
        self, *, tenant: str, contact_id: str, offer_id: str, agent_id: str, agent_address: str | None
    ) -> None:
        """Join the agent to the waiting caller; without an address the agent's own browser client rings."""

    async def hold(self, *, tenant: str, contact_id: str, offer_id: str) -> None:
        """Let the caller wait again, after the agent of this offer passed them on."""

    async def release(self, *, tenant: str, contact_id: str) -> None:
        """End the agent's leg."""

    async def hang_up(self, *, tenant: str, contact_id: str, offer_id: str) -> None:
        """End the customer's leg at once, whether it rings or talks, where it is of this offer; empty for any."""

    async def announce(self, *, tenant: str, contact_id: str, entry: int, announcement: str) -> None:
        """Tell the waiting caller something as this entry ends, and let them wait on."""

    async def let_go(self, *, tenant: str, contact_id: str, last_step: str, announcement: str) -> bool:
        """Tell the waiting caller why nobody comes, or take their message; False where they have left already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The words of another service's message."""

    text: str
    html: str = ""
    subject: str = ""


class ContentUnavailable(Exception):
    """The service that wrote the message cannot be asked now."""


class ContentGone(Exception):
    """The service that wrote the message knows it no more."""


class Contents(Protocol):
    async def fetch(self, tenant: str, path: str) -> Content:
        """Fetch the words of a delivery. Raises ContentUnavailable, ContentGone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A contact's place in its queue, from 1; the estimate is None where there is nothing to estimate from."""

    position: int
    estimated_wait_seconds: float | None


class WaitingRooms(Protocol):
    async def positions(self, tenant: str, queue_id: str) -> Mapping[str, Waiting]:
        """Return the places of the waiting contacts by contact id; empty where routing cannot be asked."""


class CallingHours(Protocol):
    async def are_between(self, tenant: str, queue_id: str, begin: datetime, end: datetime) -> bool:
        """Whether the queue calls customers at any time between the two; True where routing cannot be asked."""


class SignalSender(Protocol):
    """Passing signals to the other replicas; a lost one does no harm."""

    async def typing(self, tenant: str, contact_id: str, author: str, typing: bool) -> None: ...

    async def read(self, tenant: str, contact_id: str, author: str, through_line: int) -> None: ...
