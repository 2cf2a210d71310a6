"""I1 to I6 and I8 of the platform, each as a function from evidence to violations."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from cli.demo.recount import TICKETS, Recount
from switchyard.events.gateway.v1 import contact_events_pb2 as gateway
from switchyard.events.routing.v1 import agent_events_pb2 as agents
from switchyard.events.routing.v1 import callback_events_pb2 as callbacks
from switchyard.events.routing.v1 import contact_routing_events_pb2 as routing
from tests.invariants.evidence import Evidence, Published, Violation

#: Units and most contacts of a channel of the default routing profile, and an agent's whole capacity.
UNITS = {"voice": 100, "chat": 30, "sms": 20, "email": 20}
MOST = {"voice": 1, "chat": 3, "sms": 5, "email": 5}
CAPACITY = 100

_COUNTED = "offered answered answered_in_target abandoned abandoned_in_target short_abandoned flowed_out transferred_in"
_COUNTED += (
    " transferred_out handled offers offers_rejected offers_timed_out offers_withdrawn csat_answers csat_satisfied"
)
_COUNTED += " evaluations opened callback_requested callback_requested_in_target callback_attempts"
_COUNTED += " callback_not_reached callback_given_up"
#: Figures that the recount knows too.
_RECOUNTED = {f"counters.{name}" for name in _COUNTED.split()}
_RECOUNTED |= {f"time.{name}" for name in ("wait_answered", "wait_abandoned", "ring", "talk", "wrap_up")}

_RELEASED = (routing.OfferRejected, routing.OfferTimedOut, routing.OfferWithdrawn)
_STAY_ENDS = (
    *(routing.OfferAccepted, routing.ContactAbandoned, routing.ContactFlowedOut),
    *(callbacks.CallbackRequested, callbacks.CallbackGivenUp),
)


def every_contact_ends_once(evidence: Evidence) -> Iterator[Violation]:
    """I1: every accepted contact reaches exactly one final state, and each of its stays in a queue ends once."""
    closed = Counter(event.message.contact_id for event in evidence.events(gateway.ContactClosed))
    opened = {event.message.contact_id for event in evidence.events(gateway.ContactOpened)}
    accepted = {act["contact"] for act in evidence.acts("contact-accepted")}
    for contact in sorted(opened | accepted):
        if closed[contact] != 1:
            yield Violation(invariant="I1", what="not closed exactly once", shown_by=_of(contact, closed[contact]))
    for contact, state in evidence.contacts.items():
        if state != "closed":
            yield Violation(invariant="I1", what="stored as not final", shown_by={"contact": contact, "state": state})
    ends = Counter(
        (event.message.entry.contact_id, event.message.entry.number) for event in evidence.events(*_STAY_ENDS)
    )
    put_off = {
        (event.message.entry.contact_id, event.message.entry.number - 1)
        for event in evidence.events(callbacks.CallbackScheduled)
    }
    for event in evidence.events(routing.ContactQueued):
        stay = event.message.entry.contact_id, event.message.entry.number
        if (ends[stay] or (stay in put_off)) != 1:
            yield Violation(invariant="I1", what="stay not ended exactly once", shown_by=_of(stay[0], ends[stay]))


def _of(contact: str, times: int) -> Mapping[str, object]:
    return {"contact": contact, "times": times}


def offers_and_capacity_hold(evidence: Evidence) -> Iterator[Violation]:
    """I2: at every event of a pool's stream at most one live offer a contact, one winner, nobody over capacity."""
    by_source: dict[str, list[Published]] = defaultdict(list)
    for event in evidence.events(routing.OfferMade, routing.OfferAccepted, *_RELEASED, routing.WrapUpCompleted):
        by_source[event.source].append(event)
    for stream in by_source.values():
        yield from _Pool().replay(stream)
    for event in evidence.events(agents.AgentStateChanged):
        shown = event.message
        if shown.held_units > shown.capacity_units:
            yield Violation(invariant="I2", what="shown over capacity", shown_by=_at(event, shown.agent_id))


def _at(event: Published, about: str) -> Mapping[str, object]:
    return {"about": about, "source": event.source, "sequence": event.sequence}


class _Pool:
    """What is offered and held, by contact and agent."""

    def __init__(self) -> None:
        self.offered: dict[str, str] = {}
        self.held: dict[str, dict[str, str]] = defaultdict(dict)
        self.accepted: set[str] = set()

    def replay(self, stream: Sequence[Published]) -> Iterator[Violation]:
        for event in stream:
            message = event.message
            if isinstance(message, routing.OfferMade):
                yield from self._offer(event, message)
            elif isinstance(message, routing.OfferAccepted):
                yield from self._accept(event, message)
            else:
                self._release(message)

    def _release(self, message: Any) -> None:
        if isinstance(message, _RELEASED):
            self.offered.pop(message.entry.contact_id, None)
        self.held[message.holder.agent_id].pop(message.offer_id, None)

    def _offer(self, event: Published, message: routing.OfferMade) -> Iterator[Violation]:
        contact, agent = message.entry.contact_id, message.holder.agent_id
        if contact in self.offered:
            yield Violation(invariant="I2", what="offered twice at once", shown_by=_at(event, contact))
        self.offered[contact] = message.offer_id
        self.held[agent][message.offer_id] = message.entry.channel
        channels = Counter(self.held[agent].values())
        units = sum(UNITS[channel] * number for channel, number in channels.items())
        if units > CAPACITY or any(number > MOST[channel] for channel, number in channels.items()):
            yield Violation(invariant="I2", what="agent over capacity", shown_by=_at(event, agent))

    def _accept(self, event: Published, message: routing.OfferAccepted) -> Iterator[Violation]:
        stay = f"{message.entry.contact_id}/{message.entry.number}"
        if self.offered.pop(message.entry.contact_id, None) != message.offer_id:
            yield Violation(invariant="I2", what="accepted an offer that did not live", shown_by=_at(event, stay))
        if stay in self.accepted:
            yield Violation(invariant="I2", what="two winners", shown_by=_at(event, stay))
        self.accepted.add(stay)


def acknowledged_is_durable(evidence: Evidence) -> Iterator[Violation]:
    """I3: what a client was told is there: contacts, lines, accepted offers, wrap-ups."""
    offers = {event.message.offer_id for event in evidence.events(routing.OfferAccepted)}
    wrapped_up = {event.message.offer_id for event in evidence.events(routing.WrapUpCompleted)}
    there: Mapping[str, tuple[str, Callable[[str], bool]]] = {
        "contact-accepted": ("contact", evidence.contacts.__contains__),
        "offer-accepted": ("offer", offers.__contains__),
        "wrap-up-acknowledged": ("offer", wrapped_up.__contains__),
    }
    for name, (about, exists) in there.items():
        for act in evidence.acts(name):
            if not exists(act[about]):
                yield Violation(invariant="I3", what=f"{name}, but it is not there", shown_by=act.fields)
    for act in evidence.acts("line-acknowledged"):
        number = evidence.lines.get((act["contact"], act["author"], act["client_id"]))
        if number is None or number != act.fields.get("line", number):
            yield Violation(invariant="I3", what="line-acknowledged, but not there so", shown_by=act.fields)


def stored_is_published(evidence: Evidence) -> Iterator[Violation]:
    """I4: every stored event is published, and nothing is published that is not stored."""
    published: dict[str, set[int]] = defaultdict(set)
    for event in evidence.published:
        if event.topic not in evidence.compacted:
            published[event.source].add(event.sequence)
    for stored in evidence.sources:
        seen = published.get(stored.source, set())
        if stored.unsent:
            yield Violation(
                invariant="I4", what="unsent events", shown_by={"source": stored.source, "n": stored.unsent}
            )
        if missing := sorted(set(range(1, stored.last + 1)) - seen)[:5]:
            yield Violation(
                invariant="I4", what="not published", shown_by={"source": stored.source, "numbers": missing}
            )
        if beyond := sorted(number for number in seen if number > stored.last)[:5]:
            yield Violation(invariant="I4", what="not stored", shown_by={"source": stored.source, "numbers": beyond})
    for source in sorted(published.keys() - {stored.source for stored in evidence.sources}):
        yield Violation(invariant="I4", what="source not stored", shown_by={"source": source})


def numbers_have_no_gaps(evidence: Evidence) -> Iterator[Violation]:
    """I5: each source counts from 1 without gaps, and in the log an event first comes after its predecessor."""
    last: dict[str, int] = {}
    for event in evidence.published:
        if event.topic in evidence.compacted:
            continue
        before = last.get(event.source, 0)
        if event.sequence > before + 1:
            yield Violation(
                invariant="I5", what=f"{before} is followed by {event.sequence}", shown_by=_at(event, "gap")
            )
        last[event.source] = max(before, event.sequence)


def effects_happen_once(evidence: Evidence) -> Iterator[Violation]:
    """I6: one effect a cause, and an event published again is the same event."""
    by_cause: dict[tuple[str, str], set[str]] = defaultdict(set)
    times = Counter((effect.kind, effect.cause, effect.id) for effect in evidence.effects)
    for effect in evidence.effects:
        by_cause[effect.kind, effect.cause].add(effect.id)
    for (kind, cause), ids in by_cause.items():
        if len(ids) > 1 or any(times[kind, cause, each] > 1 for each in ids):
            yield Violation(
                invariant="I6", what=f"{kind} more than once", shown_by={"cause": cause, "ids": sorted(ids)}
            )
    first: dict[tuple[str, int], Published] = {}
    for event in evidence.published:
        if first.setdefault(event.name, event).data != event.data:
            yield Violation(invariant="I6", what="one number, two events", shown_by=_at(event, "data"))


def counters_equal_a_recount(evidence: Evidence) -> Iterator[Violation]:
    """I8: analytics' counters and time sums are those of a recount that shares nothing with it but the contract."""
    recount = Recount()
    for event in evidence.events():
        recount.take(event.message, source=event.source, sequence=event.sequence, time=event.time)
    expected: dict[tuple[str, str, str], int] = {}
    for family, amounts in (("counters", recount.counts), ("time", recount.milliseconds)):
        for (name, key, channel), amount in amounts.items():
            expected[f"{family}.{name}", key, "" if channel == TICKETS else channel] = amount
    actual = {key: amount for key, amount in evidence.counters.items() if key[0] in _RECOUNTED}
    for figure in sorted(expected.keys() | actual.keys()):
        if expected.get(figure, 0) != actual.get(figure, 0):
            shown = {"figure": figure, "recount": expected.get(figure, 0), "analytics": actual.get(figure, 0)}
            yield Violation(invariant="I8", what="counter differs", shown_by=shown)


CHECKS: Sequence[Callable[[Evidence], Iterator[Violation]]] = (
    every_contact_ends_once,
    offers_and_capacity_hold,
    acknowledged_is_durable,
    stored_is_published,
    numbers_have_no_gaps,
    effects_happen_once,
    counters_equal_a_recount,
)


def violations(evidence: Evidence) -> list[Violation]:
    """Check every invariant."""
    return [violation for check in CHECKS for violation in check(evidence)]
