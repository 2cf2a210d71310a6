"""What customers do: come, hear a busy tone, lose patience, hang up, call again."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import count

from services.routing.domain import events as e
from services.routing.domain.callback_commands import RequestCallback
from services.routing.domain.callback_rules import CallbackPlan
from services.routing.domain.commands import EndContact, EnqueueContact
from services.routing.domain.moments import Moment, after, seconds_between
from services.routing.simulation.arriving import instants
from services.routing.simulation.chance import SEED_BITS, Dice, Streams, empty_dice
from services.routing.simulation.counting import Counting
from services.routing.simulation.crew import Work, work_of
from services.routing.simulation.floor import Floor
from services.routing.simulation.scenario import Again, Arrivals, Scenario, SimulatedQueue
from services.routing.simulation.spreads import DrawAt, drawing_at

#: Turns a customer's seed, so that who asks for a call is not drawn by the numbers that drew patience.
_ASKING = 0xCA11 << 40


@dataclass(slots=True, kw_only=True)
class Kind:
    """Customers of one kind: their queue as it is on their channel, what they ask for, and how long they wait."""

    queue: SimulatedQueue
    arrivals: Arrivals
    channel: str
    work: Work
    instants: list[int]
    seeds: Dice
    patience: DrawAt | None
    again: DrawAt | None
    asks_after: DrawAt


@dataclass(slots=True, kw_only=True)
class Customer:
    """`seed` makes all that is drawn for this customer, so it does not depend on what became of others."""

    contact_id: str
    kind: Kind
    seed: int
    arrived_at: Moment
    attempt: int
    talking: bool = False
    #: Whether it is the calling back of a customer, who is not on a line and has no patience to lose.
    called: bool = False


class Customers:
    """Everybody who waits or talks; beyond `lines` of them there is no line to call in on."""

    def __init__(self, scenario: Scenario, floor: Floor, counting: Counting, streams: Streams) -> None:
        self._floor = floor
        self._counting = counting
        self._beginning = floor.now
        self._closes = after(floor.now, scenario.open_seconds)
        self._lines = scenario.lines or math.inf
        self._present: dict[str, Customer] = {}
        self._called: dict[str, Customer] = {}
        self._numbers = count(1)
        self._dice = empty_dice()
        self._telephones = streams.of("callbacks")
        self.came = 0
        for queue in scenario.queues:
            for place, arrivals in enumerate(queue.arrivals):
                kind = _kind(scenario, queue, arrivals, streams, f"{queue.id}/{place}")
                self._expect(kind, iter(kind.instants))
        floor.listen(
            {
                e.OfferAccepted: self._answered,
                e.ContactAbandoned: self._abandoned,
                e.ContactEnded: self._ended,
                e.ContactFlowedOut: self._flowed_out,
                e.CallbackRequested: self._to_be_called,
                e.CallbackGivenUp: self._given_up,
            }
        )

    def __len__(self) -> int:
        return len(self._present) + len(self._called)

    def get(self, contact_id: str) -> Customer:
        return self._present.get(contact_id) or self._called[contact_id]

    def answers(self, customer: Customer) -> bool:
        """Say whether a customer who is called takes the telephone; one who called is on it."""
        share = customer.kind.queue.callback.answers
        return not customer.called or share >= 1 or self._telephones.random() < share

    def since_beginning(self, customer: Customer) -> float:
        """Give the seconds from the beginning to a customer's arrival."""
        return seconds_between(self._beginning, customer.arrived_at)

    def _expect(self, kind: Kind, rest: Iterator[int]) -> None:
        """Plan the next arrival only, so that the agenda stays small."""
        for offset in rest:
            self._floor.agenda.put(self._beginning + offset, partial(self._arrives, kind, rest))
            return

    def _arrives(self, kind: Kind, rest: Iterator[int], now: Moment) -> None:
        self._calls(kind, kind.seeds.getrandbits(SEED_BITS), 1, now)
        self._expect(kind, rest)

    def _calls(self, kind: Kind, seed: int, attempt: int, now: Moment) -> None:
        if now > self._closes:
            return
        self.came += 1
        customer = Customer(
            contact_id=f"cnt_{next(self._numbers):09d}", kind=kind, seed=seed, arrived_at=now, attempt=attempt
        )
        if len(self._present) >= self._lines:
            self._counting.blocked(kind.queue.id, kind.channel, now)
            self._may_call_again(customer, "after_blocked", now)
            return
        self._present[customer.contact_id] = customer
        self._floor.do(self._enqueue(customer, now))
        self._lose_patience(customer, now)
        self._may_ask_for_a_call(customer, now)

    def _enqueue(self, customer: Customer, now: Moment) -> EnqueueContact:
        queue, arrivals = customer.kind.queue, customer.kind.arrivals
        return EnqueueContact(
            id=self._floor.command_id(),
            issued_at=now,
            contact_id=customer.contact_id,
            entry=1,
            queue_id=queue.id,
            channel=customer.kind.channel,
            queued_at=now,
            priority=arrivals.priority,
            required_skills=arrivals.required_skills,
            callable=True,
        )

    def _lose_patience(self, customer: Customer, now: Moment) -> None:
        draw = customer.kind.patience
        if draw is None:
            return
        self._dice.seed(customer.seed)
        patience = draw(self._dice, self.since_beginning(customer))
        if patience < math.inf:
            self._floor.agenda.put(after(now, patience), partial(self._leaves, customer))

    def _may_ask_for_a_call(self, customer: Customer, now: Moment) -> None:
        callback = customer.kind.queue.callback
        if callback.asks:
            self._dice.seed(customer.seed ^ _ASKING)
            if self._dice.random() < callback.asks:
                waits = customer.kind.asks_after(self._dice, self.since_beginning(customer))
                self._floor.agenda.put(after(now, waits), partial(self._asks_for_a_call, customer))

    def _asks_for_a_call(self, customer: Customer, now: Moment) -> None:
        if not customer.talking and customer.contact_id in self._present:
            id_ = self._floor.command_id()
            plan = CallbackPlan()
            self._floor.do(RequestCallback(id=id_, issued_at=now, contact_id=customer.contact_id, plan=plan))

    def _to_be_called(self, event: e.CallbackRequested) -> None:
        """The line is free again; the same person has the same need when called."""
        customer = self._present.pop(event.entry.contact_id)
        called = replace(customer, contact_id=event.callback_contact_id, called=True, talking=False)
        self._called[called.contact_id] = called

    def _given_up(self, event: e.CallbackGivenUp) -> None:
        self._called.pop(event.entry.contact_id, None)

    def _leaves(self, customer: Customer, now: Moment) -> None:
        if not customer.talking and customer.contact_id in self._present:
            self.hang_up(customer, now)

    def hang_up(self, customer: Customer, now: Moment) -> None:
        """End the contact, be it waiting or talking."""
        self._floor.do(
            EndContact(id=self._floor.command_id(), issued_at=now, contact_id=customer.contact_id, ended_by="customer")
        )

    def _answered(self, event: e.OfferAccepted) -> None:
        self.get(event.entry.contact_id).talking = True

    def _abandoned(self, event: e.ContactAbandoned) -> None:
        self._may_call_again(self._present.pop(event.entry.contact_id), "after_abandoned", event.at)

    def _ended(self, event: e.ContactEnded) -> None:
        contact_id = event.entry.contact_id
        ended = self._called.pop(contact_id, None) or self._present.pop(contact_id)
        self._may_call_again(ended, "after_answered", event.at)

    def _flowed_out(self, event: e.ContactFlowedOut) -> None:
        """Who goes on to another queue of the pool stays on the line; anybody else has left."""
        if not event.to_queue or event.to_pool not in {"", event.entry.pool_id}:
            self._present.pop(event.entry.contact_id, None)

    def _may_call_again(self, customer: Customer, after_what: str, now: Moment) -> None:
        kind, again = customer.kind, customer.kind.queue.again
        if again is None or kind.again is None or customer.attempt > again.most:
            return
        # Another seed of the same life: the dice that drew the patience must not decide this too.
        self._dice.seed(customer.seed ^ 0xA6A1)
        if self._dice.random() < _share(again, after_what):
            at = after(now, kind.again(self._dice, self.since_beginning(customer)))
            seed = self._dice.getrandbits(SEED_BITS)
            self._floor.agenda.put(at, partial(self._calls, kind, seed, customer.attempt + 1))


def _kind(scenario: Scenario, queue: SimulatedQueue, arrivals: Arrivals, streams: Streams, name: str) -> Kind:
    period, channel = scenario.period_seconds, arrivals.channel or queue.channel
    here = queue.on(channel)
    patience = arrivals.patience or here.patience
    return Kind(
        queue=here,
        arrivals=arrivals,
        instants=instants(scenario, arrivals, streams, name),
        seeds=streams.of(f"customers/{name}"),
        channel=channel,
        work=work_of(arrivals.handling or here.handling, period),
        patience=None if patience is None else drawing_at(patience, period),
        again=None if queue.again is None else drawing_at(queue.again.delay, period),
        asks_after=drawing_at(here.callback.after_seconds, period),
    )


def _share(again: Again, after_what: str) -> float:
    share: float = getattr(again, after_what)
    return share
