"""Customers and agents of three pools, who know nothing but what is published, and do what people do."""

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.message import Message as ProtobufMessage

from switchyard.eventing.envelope import Received
from switchyard.events.routing.v1 import agent_events_pb2, contact_routing_events_pb2
from switchyard.internal.routing.v1 import commands_pb2 as c
from switchyard.internal.routing.v1 import outcomes_pb2
from tests.unit.routing_under_faults.broker import Topics
from tests.unit.routing_under_faults.callers import CALLBACK_REACTIONS, RULES, does_not_answer
from tests.unit.routing_under_faults.house import CHANNELS, CONTACTS, EVENT_TOPICS, POOLS, TYPES
from tests.unit.routing_under_faults.sender import Sender
from tests.unit.routing_under_faults.story import Story
from tests.unit.routing_under_faults.whims import WHIMS

READ_SECONDS = 0.15


@dataclass
class Floor:
    """`stories` are the accepted contacts, `unwritten` the offers whose wrap-up is still open."""

    pick: random.Random
    sender: Sender
    topics: Topics
    stories: dict[str, Story] = field(default_factory=dict)
    unwritten: set[str] = field(default_factory=set)
    closing: bool = False

    def __post_init__(self) -> None:
        self.versions = itertools.count(1)
        self._read: dict[str, int] = dict.fromkeys(EVENT_TOPICS, 0)
        self._heard: set[str] = set()

    def open(self) -> None:
        """Set everything up, and let the customers come over a minute."""
        for pool, (_, queues, agents) in POOLS.items():
            for queue in queues:
                self.configure_queue(pool, queue)
            for agent in agents:
                self.configure_agent(pool, agent)
        for number in range(CONTACTS):
            self.sender.later(self.pick.uniform(0, 55), self._arrive, f"c{number}")
        for _ in range(14):
            self.sender.later(self.pick.uniform(3, 58), self._whim)
        self.sender.process.start(self._listen())

    def close(self) -> None:
        """Everybody goes home."""
        self.closing = True
        for contact in self.stories:
            self.hang_up(contact)

    def at_rest(self) -> bool:
        return not self.sender.to_do and not self.unwritten and all(story.ends for story in self.stories.values())

    async def _listen(self) -> None:
        while True:
            await self.sender.process.sleep(READ_SECONDS)
            for topic in EVENT_TOPICS:
                records = self.topics.bus.records(topic)
                fresh, self._read[topic] = records[self._read[topic] :], len(records)
                for record in fresh:
                    self._hear(record.read())

    def _hear(self, received: Received) -> None:
        envelope = received.message.envelope
        if envelope.id in self._heard:
            return
        self._heard.add(envelope.id)
        message = TYPES[envelope.type].FromString(received.message.data)
        react = _REACTIONS.get(type(message))
        if react is not None:
            react(self, received.message.key.partition("/")[2], message)

    # What customers do.

    def _arrive(self, contact: str) -> None:
        pool = self.pick.choice(("front", "front", "back", "night"))
        self.stories[contact] = Story(pool=pool)
        self._enqueue(contact, self.pick.choice(POOLS[pool][1]))
        self.sender.later(self.pick.uniform(4, 45), self.hang_up, contact)

    def _enqueue(self, contact: str, queue: str) -> None:
        story = self.stories[contact]
        channel = "voice" if int(contact[1:].removesuffix("-cb")) % 3 == 0 else "chat"
        message = c.EnqueueContact(contact_id=contact, entry=story.entry, queue_id=queue, channel=channel)
        if self.pick.random() < 0.1:
            message.required_skills.add(skill_id="tech", level=self.pick.randint(1, 3))
        story.enqueues.add(self.sender.send(story.pool, message))

    def hang_up(self, contact: str) -> None:
        story = self.stories[contact]
        story.hung_up = True
        self.sender.send(story.pool, c.EndContact(contact_id=contact, ended_by="customer"))

    def _moved(self, pool: str, message: Any) -> None:
        """The gateway begins the next entry where routing says that it goes."""
        story = self.stories[message.entry.contact_id]
        story.entry = message.entry.number + 1
        if message.to_pool and message.to_pool != pool:
            story.pool = message.to_pool
            self._enqueue(message.entry.contact_id, message.to_queue)

    # What agents and supervisors do.

    def _answer(self, pool: str, message: Any) -> None:
        offer, agent, dice = message.offer_id, message.holder.agent_id, self.pick.random()
        if dice < 0.75:
            self.sender.later(self.pick.uniform(0.1, 6.5), self._accept, pool, offer, agent)
            if dice < 0.15:
                somebody = self.pick.choice((agent, "ann"))
                self.sender.later(self.pick.uniform(0.1, 6.5), self._accept, pool, offer, somebody)
        elif dice < 0.9:
            reject = c.RejectOffer(offer_id=offer, agent_id=agent, reason="busy")
            self.sender.later(self.pick.uniform(0.1, 3), self.sender.send, pool, reject)

    def _accept(self, pool: str, offer: str, agent: str) -> None:
        self.sender.send(pool, c.AcceptOffer(offer_id=offer, agent_id=agent))

    def _talk(self, pool: str, message: Any) -> None:
        contact, agent, dice = message.entry.contact_id, message.holder.agent_id, self.pick.random()
        if message.entry.callback_attempt and dice < 0.5:
            act: ProtobufMessage = does_not_answer(message)
        elif dice < 0.3:
            to_pool = self.pick.choice(("", *POOLS))
            to_queue = self.pick.choice(POOLS[to_pool or pool][1])
            act = c.TransferContact(contact_id=contact, to_queue=to_queue, to_pool=to_pool, agent_id=agent)
        else:
            act = c.EndContact(contact_id=contact, ended_by="agent", agent_id=agent)
        self.sender.later(self.pick.uniform(0.5, 10), self.sender.send, pool, act)

    def _write_up(self, pool: str, message: Any) -> None:
        done = c.CompleteWrapUp(
            contact_id=message.entry.contact_id, agent_id=message.holder.agent_id, disposition="resolved"
        )
        self.sender.later(self.pick.uniform(0.5, 6), self.sender.send, pool, done)

    def set(self, pool: str, agent: str, state: str, reason: str = "") -> None:
        self.sender.send(pool, c.SetAgentState(agent_id=agent, state=state, reason=reason))

    def _whim(self) -> None:
        """Somebody changes something."""
        if not self.closing:
            pool = self.pick.choice(tuple(POOLS))
            _, queues, agents = POOLS[pool]
            whim = self.pick.choices(tuple(WHIMS), weights=tuple(WHIMS.values()))[0]
            whim(self, pool, self.pick.choice(queues), self.pick.choice(agents))

    def configure_queue(self, pool: str, queue: str) -> None:
        pick = self.pick
        self.sender.send(
            pool,
            c.ConfigureQueue(
                queue_id=queue,
                ring_seconds=pick.choice((3, 5)),
                wrap_up_seconds=pick.choice((0, 4, 4)),
                priority=pick.randint(0, 2),
                version=next(self.versions),
                callbacks=RULES,
            ),
        )

    def configure_agent(self, pool: str, agent: str) -> None:
        channels = [c.ChannelCapacity(channel=name, units=units, most=most) for name, units, most in CHANNELS]
        message = c.ConfigureAgent(
            agent_id=agent,
            queue_ids=POOLS[pool][1],
            capacity_units=100,
            channels=channels,
            version=next(self.versions),
        )
        if self.pick.random() < 0.7:
            message.skills.add(skill_id="tech", level=self.pick.randint(1, 3))
        self.sender.send(pool, message)

    # What they make of what they hear.

    def ended(self, message: Any, how: str) -> None:
        self.stories[message.entry.contact_id].ends.append(how)


def _queued(floor: Floor, pool: str, message: Any) -> None:
    story = floor.stories[message.entry.contact_id]
    story.entry = message.entry.number
    if story.hung_up or floor.closing:
        floor.sender.send(pool, c.EndContact(contact_id=message.entry.contact_id, ended_by="customer"))


def _flowed_out(floor: Floor, pool: str, message: Any) -> None:
    if message.reason == "queue-removed":
        floor.ended(message, "flowed-out")
    else:
        floor._moved(pool, message)


def _passed_on(floor: Floor, pool: str, message: Any) -> None:
    floor.unwritten.add(message.offer_id)
    floor._moved(pool, message)
    floor._write_up(pool, message)


def _over(floor: Floor, pool: str, message: Any) -> None:
    floor.unwritten.add(message.offer_id)
    floor.ended(message, "ended")
    floor._write_up(pool, message)


def _changed(floor: Floor, pool: str, message: Any) -> None:
    if message.set_state == "not_ready" and message.set_reason == "system":
        floor.sender.later(floor.pick.uniform(0.5, 4), floor.set, pool, message.agent_id, "available")


def _left(floor: Floor, pool: str, message: Any) -> None:
    floor.sender.later(floor.pick.uniform(0.5, 4), floor.configure_agent, pool, message.agent_id)


def _refused(floor: Floor, _: str, message: Any) -> None:
    for story in floor.stories.values():
        if message.command_id in story.enqueues:
            # A command that the log has twice is answered twice.
            story.enqueues.remove(message.command_id)
            story.ends.append(f"refused {message.code}")


#: `Any`: each takes its own message, and the key says which.
_REACTIONS: dict[type[ProtobufMessage], Callable[[Floor, str, Any], object]] = {
    contact_routing_events_pb2.ContactQueued: _queued,
    contact_routing_events_pb2.OfferMade: lambda floor, pool, message: floor._answer(pool, message),
    contact_routing_events_pb2.OfferAccepted: lambda floor, pool, message: floor._talk(pool, message),
    contact_routing_events_pb2.ContactAbandoned: lambda floor, _, message: floor.ended(message, "abandoned"),
    contact_routing_events_pb2.ContactFlowedOut: _flowed_out,
    contact_routing_events_pb2.ContactTransferred: _passed_on,
    contact_routing_events_pb2.ContactEnded: _over,
    contact_routing_events_pb2.WrapUpCompleted: lambda floor, _, m: floor.unwritten.discard(m.offer_id),
    agent_events_pb2.AgentJoinedPool: lambda floor, pool, m: floor.set(pool, m.agent_id, "available"),
    agent_events_pb2.AgentStateChanged: _changed,
    agent_events_pb2.AgentLeftPool: _left,
    outcomes_pb2.CommandRefused: _refused,
    **CALLBACK_REACTIONS,
}
