"""What the demo's own customers and agents did, counted from their acts alone.

Nothing here comes from the platform's events: a customer who dialled is one offered contact, an agent whose
accept was answered with success is one answered contact, and so on. Customers are known by their address,
which is unique in a run; agents read it on the contact they accept.
"""

from collections import Counter
from dataclasses import dataclass, field

from cli.demo.recount import TICKETS, Figure, Line


@dataclass(slots=True, kw_only=True)
class Customer:
    """One customer's way through the run as the demo saw it."""

    address: str
    channel: str
    queue: str
    entrance_queue: str
    contact: str = ""
    answered: bool = False
    left: bool = False


@dataclass(slots=True)
class Ledger:
    """Counts per queue and channel under the names of the platform's own counters."""

    customers: dict[str, Customer] = field(default_factory=dict)
    counts: Counter[Figure] = field(default_factory=Counter)

    def arrived(self, address: str, *, channel: str, queue: str) -> None:
        self.customers[address] = Customer(address=address, channel=channel, queue=queue, entrance_queue=queue)
        self._count("offered", (queue, channel))

    def left(self, address: str) -> None:
        """The customer hung up or closed the window; an abandon only if no agent ever had them since."""
        self.customers[address].left = True

    def accepted(self, address: str, contact: str) -> None:
        """Another contact of a customer who wrote again after the first had ended is an arrival of its own."""
        customer = self.customers[address]
        if customer.contact and customer.contact != contact:
            customer.queue = customer.entrance_queue
            self._count("offered", (customer.queue, customer.channel))
        customer.answered, customer.contact = True, contact
        self._count("answered", (customer.queue, customer.channel))

    def offer_ended(self, how: str, *, queue: str, channel: str) -> None:
        """`how`: accepted, rejected, timed_out or withdrawn."""
        self._count("offers", (queue, channel))
        if how != "accepted":
            self._count(f"offers_{how}", (queue, channel))

    def transferred(self, address: str, *, to_queue: str) -> None:
        """The next entry begins: the customer waits again, so leaving now is an abandon."""
        customer = self.customers[address]
        self._count("transferred_out", (customer.queue, customer.channel))
        customer.queue, customer.answered = to_queue, False
        self._count("transferred_in", (to_queue, customer.channel))
        self._count("offered", (to_queue, customer.channel))

    def asked_for_callback(self, address: str) -> None:
        self._count("callback_requested", self._line(address))

    def called(self, address: str, contact: str) -> None:
        """An agent took the callback; who talks then was offered before, and is not answered twice."""
        customer = self.customers[address]
        customer.answered, customer.contact = True, contact
        self._count("callback_attempts", self._line(address))

    def not_reached(self, address: str, *, given_up: bool) -> None:
        self._count("callback_not_reached", self._line(address))
        if given_up:
            self._count("callback_given_up", self._line(address))

    def handled(self, *, queue: str, channel: str) -> None:
        self._count("handled", (queue, channel))

    def ticket_asked(self, type_id: str) -> None:
        self._count("opened", (type_id, TICKETS))

    def rated(self, address: str, rating: int) -> None:
        customer = self.customers[address]
        self._count("csat_answers", (customer.queue, customer.channel))
        if rating >= 4:
            self._count("csat_satisfied", (customer.queue, customer.channel))

    def counted(self) -> Counter[Figure]:
        """Every count per queue and channel, abandons included."""
        return self.counts + self._abandons()

    def _abandons(self) -> Counter[Figure]:
        lost = (customer for customer in self.customers.values() if customer.left and not customer.answered)
        return Counter(("abandoned", customer.queue, customer.channel) for customer in lost)

    def _line(self, address: str) -> Line:
        customer = self.customers[address]
        return customer.queue, customer.channel

    def _count(self, name: str, line: Line) -> None:
        self.counts[(name, *line)] += 1
