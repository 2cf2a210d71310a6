"""What agents do: come and go by the staffing plan, take or refuse offers, talk, write up."""

from collections.abc import Iterable
from functools import partial

from services.routing.domain import commands as c
from services.routing.domain import events as e
from services.routing.domain.callback_commands import ReportNotReached
from services.routing.domain.moments import Moment, after, seconds_between
from services.routing.simulation.chance import empty_dice
from services.routing.simulation.crew import Crew, Work, Worker
from services.routing.simulation.customers import Customer, Customers
from services.routing.simulation.floor import Floor
from services.routing.simulation.places import Places

#: Customers' own seeds, turned so that handling is not drawn by the numbers that drew patience.
_HANDLING = 0x7A1C << 40
#: How long the telephone of a customer rings who does not answer.
_RINGS_SECONDS = 25.0


class Agents:
    """Everybody who works; whoever is in excess at a change of staffing finishes first, and gets nothing new."""

    def __init__(self, floor: Floor, customers: Customers, crews: Iterable[Crew], places: Places) -> None:
        self._floor = floor
        self._customers = customers
        self._places = places
        self._workers: dict[str, Worker] = {}
        self._open: set[str] = set()
        self._wrap_ups: dict[str, float] = {}
        self._dice = empty_dice()
        self._beginning = floor.now
        for crew in crews:
            self._employ(crew)
        floor.listen(
            {
                e.OfferMade: self._offered,
                e.OfferAccepted: self._accepted,
                e.OfferRejected: self._closed,
                e.OfferTimedOut: self._closed,
                e.OfferWithdrawn: self._closed,
                e.ContactEnded: self._ended,
                e.ContactTransferred: self._ended,
                e.AgentStateChanged: self._changed,
            }
        )

    def busy(self) -> bool:
        """Say whether anybody still holds something."""
        return any(worker.held_units for worker in self._workers.values())

    def _employ(self, crew: Crew) -> None:
        floor = self._floor
        for worker in crew.workers:
            self._workers[worker.profile.agent_id] = worker
            floor.do(c.ConfigureAgent(id=floor.command_id(), issued_at=floor.now, profile=worker.profile))
        for seconds, wanted in crew.changes:
            floor.agenda.put(after(self._beginning, seconds), partial(self._staff, crew, wanted))

    def _staff(self, crew: Crew, wanted: int, now: Moment) -> None:
        """Call agents in, those still finishing first; or let idle ones go before those who are at work."""
        there = [worker for worker in crew.workers if worker.wanted]
        if len(there) < wanted:
            away = [worker for worker in crew.workers if not worker.wanted]
            for worker in sorted(away, key=_calling_in)[: wanted - len(there)]:
                worker.wanted = True
                self._set(worker, "available", now)
        else:
            for worker in sorted(there, key=_letting_go)[: len(there) - wanted]:
                worker.wanted = False
                self._set(worker, "not_ready" if worker.held_units else "offline", now)

    def _set(self, worker: Worker, state: str, now: Moment) -> None:
        self._floor.do(
            c.SetAgentState(id=self._floor.command_id(), issued_at=now, agent_id=worker.profile.agent_id, state=state)
        )

    def _changed(self, event: e.AgentStateChanged) -> None:
        worker = self._workers[event.holder.agent_id]
        new = event.set_state != worker.set_state
        worker.set_state, worker.held_units = event.set_state, event.held_units
        if event.set_state != "not_ready":
            return
        if worker.wanted and new:
            away = worker.taking.back(worker.behaviour.dice, seconds_between(self._beginning, event.at))
            self._floor.agenda.put(after(event.at, away), partial(self._comes_back, worker))
        elif not worker.wanted and not event.held_units:
            self._floor.agenda.put(event.at, partial(self._goes, worker))

    def _comes_back(self, worker: Worker, now: Moment) -> None:
        if worker.wanted and worker.set_state == "not_ready":
            self._set(worker, "available", now)

    def _goes(self, worker: Worker, now: Moment) -> None:
        if not worker.wanted and worker.set_state == "not_ready" and not worker.held_units:
            self._set(worker, "offline", now)

    def _offered(self, event: e.OfferMade) -> None:
        worker = self._workers[event.holder.agent_id]
        dice = worker.behaviour.dice
        taking = worker.taking = worker.behaviour.own_taking or self._places.of(event.entry).taking
        acceptance = taking.acceptance
        self._open.add(event.offer_id)
        answer = self._accepts
        if acceptance.rejects or acceptance.lets_ring:
            roll = dice.random()
            if roll < acceptance.lets_ring:
                return
            answer = self._rejects if roll < acceptance.lets_ring + acceptance.rejects else answer
        delay = taking.delay(dice, self._customers.since_beginning(self._customers.get(event.entry.contact_id)))
        self._floor.agenda.put(after(event.at, delay), partial(answer, event.offer_id, event.holder.agent_id))

    def _accepts(self, offer_id: str, agent_id: str, now: Moment) -> None:
        if offer_id in self._open:
            id_ = self._floor.command_id()
            self._floor.do(c.AcceptOffer(id=id_, issued_at=now, offer_id=offer_id, agent_id=agent_id))

    def _rejects(self, offer_id: str, agent_id: str, now: Moment) -> None:
        if offer_id in self._open:
            id_ = self._floor.command_id()
            self._floor.do(c.RejectOffer(id=id_, issued_at=now, offer_id=offer_id, agent_id=agent_id))

    def _closed(self, event: e.OfferRejected | e.OfferTimedOut | e.OfferWithdrawn) -> None:
        self._open.discard(event.offer_id)

    def _accepted(self, event: e.OfferAccepted) -> None:
        """Draw the handling from the customer's own seed: who answers, and when, does not change the need."""
        self._open.discard(event.offer_id)
        customer = self._customers.get(event.entry.contact_id)
        if not self._customers.answers(customer):
            rung = after(event.at, _RINGS_SECONDS)
            self._floor.agenda.put(rung, partial(self._not_reached, event.entry.contact_id, event.offer_id))
            return
        since = self._customers.since_beginning(customer)
        work = self._work(customer, event)
        self._dice.seed(customer.seed ^ _HANDLING)
        talk, self._wrap_ups[event.offer_id] = work.talk(self._dice, since), work.wrap_up(self._dice, since)
        self._floor.agenda.put(after(event.at, talk), partial(self._customers.hang_up, customer))

    def _not_reached(self, contact_id: str, offer_id: str, now: Moment) -> None:
        id_ = self._floor.command_id()
        self._floor.do(
            ReportNotReached(id=id_, issued_at=now, contact_id=contact_id, offer_id=offer_id, reason="no-answer")
        )

    def _work(self, customer: Customer, event: e.OfferAccepted) -> Work:
        """The group's own handling goes before the customer's; who has come from another queue has this one's."""
        queue_id = event.entry.queue_id
        own = self._workers[event.holder.agent_id].behaviour.own_work.get(queue_id)
        return own or (customer.kind.work if queue_id == customer.kind.queue.id else self._places.of(event.entry).work)

    def _ended(self, event: e.ContactEnded | e.ContactTransferred) -> None:
        """Write up for as long as was drawn; where the queue's limit comes first, the engine ends it."""
        done = after(event.at, self._wrap_ups.pop(event.offer_id))
        if event.at < event.wrap_up_until and done < event.wrap_up_until:
            contact_id, agent_id = event.entry.contact_id, event.holder.agent_id
            self._floor.agenda.put(done, partial(self._writes_up, contact_id, agent_id))

    def _writes_up(self, contact_id: str, agent_id: str, now: Moment) -> None:
        id_ = self._floor.command_id()
        self._floor.do(c.CompleteWrapUp(id=id_, issued_at=now, contact_id=contact_id, agent_id=agent_id))


def _calling_in(worker: Worker) -> tuple[bool, int]:
    return worker.set_state == "offline", worker.number


def _letting_go(worker: Worker) -> tuple[bool, int]:
    return worker.held_units > 0, -worker.number
