"""The invariants, watched as things happen and counted up at the end."""

import copy
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from services.routing.adapters.wire_events import encode
from services.routing.application.live_pool import LivePool
from services.routing.application.ports import JournalEntry, PoolKey
from services.routing.application.snapshots import restored, snapshot
from services.routing.domain.engine import begin
from services.routing.domain.pool import PoolState
from switchyard.eventing.cloudevents import MalformedEnvelope, to_headers
from switchyard.eventing.envelope import Envelope, Message, Place
from switchyard.eventing.records import RawRecord
from switchyard.testing.memory_bus import InMemoryBus
from tests.unit.routing_under_faults.floor import Floor
from tests.unit.routing_under_faults.group import TOPIC
from tests.unit.routing_under_faults.house import CHANNELS, EVENT_TOPICS, TYPES
from tests.unit.routing_under_faults.journal import Database

#: An acceptance this much before the end of the ring is in time by every clock.
MARGIN_MS = 500


class Watch:
    """`violations` says what was found, invariant first."""

    def __init__(self) -> None:
        self.violations: list[str] = []
        #: Every message of the journal, by id, as its bytes.
        self._journalled: dict[str, object] = {}
        self._answered: set[str] = set()

    def found(self, invariant: str, what: str) -> None:
        if len(self.violations) < 20:
            self.violations.append(f"{invariant}: {what}")

    def written(self, entry: JournalEntry) -> None:
        """An entry stands in the journal."""
        for message in encode(entry):
            if self._journalled.setdefault(message.envelope.id, _bytes(message)) != _bytes(message):
                self.found("I5", f"{message.envelope.id} was journalled in two ways")

    def told(self, message: Message) -> None:
        """I3: what becomes known is journalled already, to the byte."""
        self._answered.add(message.envelope.causation_id)
        if self._journalled.get(message.envelope.id) != _bytes(message):
            self.found("I3", f"{message.envelope.id} was told before, or unlike, it was journalled")

    def committed(self, records: Sequence[RawRecord], bus: InMemoryBus) -> None:
        """I3: what is committed has its answer."""
        for place in self.unanswered(records, bus):
            self.found("I3", f"{place.partition}:{place.offset} is committed without an answer")

    def unanswered(self, records: Sequence[RawRecord], bus: InMemoryBus) -> list[Place]:
        """List the commands that nothing was told of, and the garbage that is not buried."""
        buried = {dict(letter.headers)["dlq-origin-offset"] for letter in bus.records(f"{TOPIC}-dlq")}
        return [record.place for record in records if not self._is_answered(record, buried)]

    def _is_answered(self, record: RawRecord, buried: Container[bytes]) -> bool:
        try:
            return record.read().message.envelope.id in self._answered
        except MalformedEnvelope:
            return b"%d" % record.place.offset in buried

    def final(
        self,
        database: Database,
        bus: InMemoryBus,
        floor: Floor,
        pools: Iterable[PoolKey],
        live: Mapping[PoolKey, Sequence[LivePool]],
    ) -> list[str]:
        """Count everything up."""
        for contact, story in floor.stories.items():
            if len(story.ends) != 1:
                self.found("I1", f"{contact} ended {story.ends}")
        streams = self._streams(bus)
        self._untold(bus)
        for stream in streams.values():
            self._possible(stream)
        self._in_time(streams, floor)
        for key in pools:
            try:
                self._replays(key, database, live[key])
            except (LookupError, TypeError) as error:
                self.found("replay", f"the journal of {key} cannot be folded: {error!r}")
        return self.violations

    def _streams(self, bus: InMemoryBus) -> dict[str, list[tuple[Envelope, Any]]]:
        """I5: numbers without gaps in the order of the topic, and one content for each."""
        streams: dict[str, list[tuple[Envelope, Any]]] = defaultdict(list)
        contents: dict[str, object] = {}
        for record in bus.records(*EVENT_TOPICS):
            message = record.read().message
            envelope, content = message.envelope, (record.key, record.value, tuple(record.headers))
            if contents.setdefault(envelope.id, content) is not content:
                if contents[envelope.id] != content:
                    self.found("I5", f"{envelope.id} was told in two ways")
                continue
            if envelope.sequence is None:
                continue
            stream = streams[envelope.source]
            stream.append((envelope, TYPES[envelope.type].FromString(message.data)))
            if envelope.sequence != len(stream):
                self.found("I5", f"{envelope.source} has {envelope.sequence} where {len(stream)} is due")
        return streams

    def _untold(self, bus: InMemoryBus) -> None:
        """I3: what is journalled becomes known."""
        told = {record.read().message.envelope.id for record in bus.records(*EVENT_TOPICS)}
        for id_ in self._journalled:
            if id_ not in told:
                self.found("I3", f"{id_} is journalled and was never told")

    def _possible(self, stream: Sequence[tuple[Envelope, Any]]) -> None:
        """I2: each contact goes from state to state, one live offer at a time, and nobody holds too much."""
        state: dict[str, str] = {}
        held: dict[str, Counter[str]] = defaultdict(Counter)
        for envelope, message in stream:
            name = message.DESCRIPTOR.name
            if name in _STEPS:
                before, after = _STEPS[name]
                contact = message.entry.contact_id
                if state.get(contact, "") not in before:
                    self.found("I2", f"{contact} was {state.get(contact)!r} at {name} {envelope.sequence}")
                state[contact] = after
            if name == "OfferMade":
                self._take(held[message.holder.agent_id], message, envelope)
            elif name in _FREEING:
                held[message.holder.agent_id][message.entry.channel] -= 1
        if any(count for agent in held.values() for count in agent.values()):
            self.found("I2", f"somebody holds something at the end: {dict(held)}")

    def _take(self, held: Counter[str], message: Any, envelope: Envelope) -> None:
        held[message.entry.channel] += 1
        units = sum(units * held[name] for name, units, _ in CHANNELS)
        if units > 100 or any(held[name] > most for name, _, most in CHANNELS):
            self.found("I2", f"{message.holder.agent_id} holds {dict(held)} at {envelope.sequence}")

    def _in_time(self, streams: Mapping[str, Sequence[tuple[Envelope, Any]]], floor: Floor) -> None:
        """No offer is found to have run out that was accepted in time."""
        ends = {m.offer_id: m.expires_at.ToMilliseconds() for m in _all(streams, "OfferMade")}
        for late in _all(streams, "OfferTimedOut"):
            accepted = floor.sender.accepts.get(f"{late.offer_id} {late.holder.agent_id}")
            if accepted is not None and accepted < ends[late.offer_id] - MARGIN_MS:
                self.found("I3", f"{late.offer_id} was accepted {ends[late.offer_id] - accepted} ms before it ran out")

    def _replays(self, key: PoolKey, database: Database, live: Sequence[LivePool]) -> None:
        """Equal journals make equal pools: from the beginning, from the snapshot, and the one that is at work."""
        entries = database.read(key, 0, 1_000_000)
        begun = _replayed(LivePool(key=key, partition=0, state=PoolState(pool_id=key.pool_id)), entries)
        states = [begun.state]
        stored = database.snapshot(key)
        if stored is not None:
            pool = LivePool(key=key, partition=0, state=restored(stored.records), sequence=stored.sequence)
            states.append(_replayed(pool, [entry for entry in entries if entry.sequence > stored.sequence]).state)
        if len(live) != 1:
            self.found("I1", f"{len(live)} replicas serve {key}")
        states += (copy.deepcopy(pool.state) for pool in live)
        now = max(state.now for state in states)
        for state in states:
            begin(state, now)
        pictures = [list(snapshot(state)) for state in states]
        if any(picture != pictures[0] for picture in pictures):
            self.found("replay", f"{key} is not the same pool from the beginning, the snapshot and at work")


def _replayed(pool: LivePool, entries: Iterable[JournalEntry]) -> LivePool:
    for entry in entries:
        pool.replay(entry)
    return pool


def _all(streams: Mapping[str, Sequence[tuple[Envelope, Any]]], name: str) -> list[Any]:
    return [m for stream in streams.values() for _, m in stream if m.DESCRIPTOR.name == name]


def _bytes(message: Message) -> object:
    return message.topic, message.key, message.data, tuple(to_headers(message.envelope))


#: States of a contact before and after each event about it; wrap-ups are the agent's, and may outlast the contact.
_STEPS = {
    "ContactQueued": (("", "gone", "scheduled"), "waiting"),
    "OfferMade": (("waiting",), "offered"),
    "OfferAccepted": (("offered",), "connected"),
    "OfferRejected": (("offered",), "waiting"),
    "OfferTimedOut": (("offered",), "waiting"),
    "OfferWithdrawn": (("offered",), "waiting"),
    "ContactParked": (("waiting",), "parked"),
    "ContactAbandoned": (("waiting", "parked"), "gone"),
    "ContactFlowedOut": (("waiting", "parked"), "gone"),
    "ContactTransferred": (("connected",), "gone"),
    "ContactEnded": (("connected",), "gone"),
    "CallbackRequested": (("waiting", "parked"), "gone"),
    "CallbackScheduled": (("", "scheduled", "waiting", "parked", "not reached"), "scheduled"),
    "CallbackNotReached": (("connected",), "not reached"),
    "CallbackGivenUp": (("", "scheduled", "waiting", "parked", "not reached"), "gone"),
}
_FREEING = ("OfferRejected", "OfferTimedOut", "OfferWithdrawn", "WrapUpCompleted", "CallbackNotReached")
