"""What a test of consumers plays on: a topic, a group, and a handler that notes and can be told to fail."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from switchyard.eventing.attempts import RetryPolicy
from switchyard.eventing.dispatch import DispatchLimits
from switchyard.eventing.envelope import Message, Received
from switchyard.eventing.outcomes import Done, Outcome
from switchyard.eventing.parking import ParkedSubjects, SubjectKey
from switchyard.eventing.ports import Publisher, Subscription
from switchyard.eventing.records import RawRecord
from switchyard.internal.signals.v1.signals_pb2 import LinesRead
from switchyard.testing.messages import make_event
from switchyard.testing.polling import Runnable

Records = Sequence[tuple[str, bytes | None, bytes | None, Sequence[tuple[str, bytes]]]]


class RawPublisher(Publisher, Protocol):
    async def publish_raw(self, records: Records) -> None: ...


class Boards(Protocol):
    """The broker under the stage: in memory, or real."""

    def consumer(self, subscription: Subscription, limits: DispatchLimits | None, policy: RetryPolicy) -> Runnable: ...

    async def read(self, topic: str, least: int) -> Sequence[RawRecord]: ...


def succeed(_subject: str, _number: int) -> Outcome:
    return Done()


@dataclass(slots=True, kw_only=True)
class Stage:
    """`decide` says what becomes of (subject, number); `seen` is what was handled, in order."""

    topic: str
    group: str
    boards: Boards
    parked: ParkedSubjects
    publisher: RawPublisher
    decide: Callable[[str, int], Outcome] = succeed
    seen: list[tuple[str, int]] = field(default_factory=list)

    async def note(self, _received: Received, message: LinesRead) -> Outcome:
        outcome = self.decide(message.contact_id, message.through_line)
        await asyncio.sleep(0)
        if isinstance(outcome, Done):
            self.seen.append((message.contact_id, message.through_line))
        return outcome

    def of(self, subject: str) -> list[int]:
        return [number for name, number in self.seen if name == subject]

    def key(self, subject: str) -> SubjectKey:
        return SubjectKey(group=self.group, source=f"/t/test/{subject}", subject=subject)

    def consumer(self, limits: DispatchLimits | None = None) -> Runnable:
        subscription = Subscription(group=self.group, topics=(self.topic,), handlers={LinesRead: self.note})
        return self.boards.consumer(subscription, limits, RetryPolicy(first_pause=0.05))

    async def dead_letters(self, least: int) -> Sequence[RawRecord]:
        return await self.boards.read(f"{self.topic}-dlq", least)

    def events(self, subject: str, *numbers: int) -> Sequence[Message]:
        return [
            make_event(
                LinesRead(contact_id=subject, through_line=number), subject=subject, sequence=number, topic=self.topic
            )
            for number in numbers
        ]

    async def publish(self, *subjects_events: Sequence[Message]) -> None:
        await self.publisher.publish([message for events in subjects_events for message in events])
