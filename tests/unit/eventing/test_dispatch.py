"""What becomes of every message, where the broker and the store are in memory."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from prometheus_client import CollectorRegistry

from switchyard.eventing.attempts import RetryPolicy
from switchyard.eventing.dispatch import Dispatcher, DispatchLimits, PoisonLimitReached
from switchyard.eventing.envelope import Received
from switchyard.eventing.outcomes import Done, Duplicate, Outcome, Poison, Retry
from switchyard.eventing.parking import SubjectKey
from switchyard.eventing.ports import Subscription
from switchyard.eventing.records import RawRecord
from switchyard.eventing.replay import discard_first, request_replay
from switchyard.internal.signals.v1.signals_pb2 import LinesRead, TypingChanged
from switchyard.testing.clock import FixedClock
from switchyard.testing.memory_bus import InMemoryBus
from switchyard.testing.memory_parked import InMemoryParkedSubjects
from switchyard.testing.messages import make_event, make_record
from switchyard.testing.polling import until

Decide = Callable[[str, int], Outcome]


def done(_subject: str, _number: int) -> Outcome:
    return Done()


class Group:
    """A dispatcher with everything below it in memory."""

    def __init__(self, decide: Decide = done, limits: DispatchLimits | None = None) -> None:
        self.bus, self.parked, self.clock = InMemoryBus(), InMemoryParkedSubjects(), FixedClock()
        self.registry = CollectorRegistry()
        self.decide = decide
        self.seen: list[tuple[str, int]] = []
        self.working = 0
        self.most_at_work = 0
        self.progress: list[int] = []
        self.limits = limits
        self.dispatcher = self.restart()

    def restart(self) -> Dispatcher:
        """Begin as another process would, which knows only what is stored."""
        self.registry = CollectorRegistry()
        self.dispatcher = Dispatcher(
            Subscription(group="g", topics=("test-events",), handlers={LinesRead: self._note}),
            parked=self.parked,
            dead_letters=self.bus,
            registry=self.registry,
            clock=self.clock,
            policy=RetryPolicy(most_failures=3, most_retries=4, first_pause=1.0, longest_pause=60),
            limits=self.limits,
            progressed=lambda: self.progress.append(len(self.seen)),
        )
        return self.dispatcher

    async def _note(self, _received: Received, message: LinesRead) -> Outcome:
        self.working += 1
        self.most_at_work = max(self.most_at_work, self.working)
        await asyncio.sleep(0)
        self.working -= 1
        outcome = self.decide(message.contact_id, message.through_line)
        if isinstance(outcome, Done):
            self.seen.append((message.contact_id, message.through_line))
        return outcome

    def of(self, subject: str) -> list[int]:
        return [number for name, number in self.seen if name == subject]

    def count(self, outcome: str) -> float:
        labels = {"group": "g", "outcome": outcome}
        return self.registry.get_sample_value("switchyard_consumed_messages_total", labels) or 0.0

    def letters(self) -> list[RawRecord]:
        return self.bus.records("test-events-dlq")

    async def replay_after(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)
        await self.dispatcher.replay_due()


def record(subject: str, number: int) -> RawRecord:
    message = LinesRead(contact_id=subject, through_line=number)
    return make_record(make_event(message, subject=subject, sequence=number), offset=number)


def key(subject: str) -> SubjectKey:
    return SubjectKey(group="g", source=f"/t/test/{subject}", subject=subject)


async def test_order_is_kept_within_a_subject_and_subjects_are_worked_on_side_by_side() -> None:
    group = Group(limits=DispatchLimits(side_by_side=4))
    await group.dispatcher.dispatch([record(f"s{subject}", number) for number in range(9) for subject in range(9)])
    assert all(group.of(f"s{subject}") == list(range(9)) for subject in range(9))
    assert group.most_at_work == 4


async def test_every_message_is_progress_and_not_only_its_batch() -> None:
    """A batch in which each waits for a slow provider is no standing still."""
    group = Group(limits=DispatchLimits(side_by_side=1))
    await group.dispatcher.dispatch([record("a", 1), record("b", 1), record("a", 2)])
    assert group.progress == [1, 2, 3]


async def test_a_duplicate_is_counted_and_blocks_nothing() -> None:
    group = Group(lambda _subject, _number: Duplicate())
    await group.dispatcher.dispatch([record("a", 1), record("a", 2)])
    assert group.count("duplicate") == 2


async def test_what_follows_a_retried_message_waits_behind_it_and_follows_in_order() -> None:
    group = Group(lambda subject, _number: Retry(after_seconds=5, reason="missing") if subject == "a" else Done())
    await group.dispatcher.dispatch([record("a", 1), record("a", 2), record("b", 1)])
    await group.dispatcher.dispatch([record("a", 3), record("b", 2)])
    assert group.seen == [("b", 1), ("b", 2)]
    group.decide = done
    await group.replay_after(4.9)
    assert group.of("a") == []
    await group.replay_after(0.2)
    await group.dispatcher.dispatch([record("a", 4)])
    assert group.of("a") == [1, 2, 3, 4]
    assert (group.count("retried"), group.count("waiting")) == (1, 2)


async def test_a_handler_that_raises_is_tried_again_ever_later_and_then_poisoned() -> None:
    def fail(_subject: str, _number: int) -> Outcome:
        raise RuntimeError("no luck")

    group = Group(fail)
    await group.dispatcher.dispatch([record("a", 1)])
    await group.replay_after(1.1)
    assert group.letters() == []
    await group.replay_after(1.1)
    assert group.letters() == []
    await group.replay_after(1.0)
    (letter,) = group.letters()
    headers = dict(letter.headers)
    assert headers["dlq-error"] == b"failed 3 times: RuntimeError: no luck"
    assert headers["dlq-attempts"] == b"3"
    await group.replay_after(1_000)
    assert len(group.letters()) == 1


async def test_a_handler_cannot_ask_for_retries_for_ever() -> None:
    group = Group(lambda _subject, _number: Retry(after_seconds=1, reason="missing"))
    await group.dispatcher.dispatch([record("a", 1)])
    for _ in range(3):
        assert group.letters() == []
        await group.replay_after(1)
    assert len(group.letters()) == 1


async def test_a_dead_letter_has_the_original_bytes_and_says_where_they_stood() -> None:
    group = Group(lambda _subject, _number: Poison(reason="bad"))
    original = record("a", 7)
    await group.dispatcher.dispatch([original])
    (letter,) = group.letters()
    assert (letter.key, letter.value) == (original.key, original.value)
    assert list(letter.headers[: len(original.headers)]) == list(original.headers)
    assert dict(letter.headers[len(original.headers) :]) == {
        "dlq-group": b"g",
        "dlq-error": b"bad",
        "dlq-attempts": b"1",
        "dlq-origin-cluster": b"memory",
        "dlq-origin-topic": b"test-events",
        "dlq-origin-partition": b"0",
        "dlq-origin-offset": b"7",
    }


async def test_a_poisoned_subject_waits_until_a_replay_is_asked_for() -> None:
    group = Group(lambda _subject, number: Poison(reason="bad") if number == 1 else Done())
    await group.dispatcher.dispatch([record("a", 1), record("a", 2)])
    await group.replay_after(1_000_000)
    assert group.seen == []
    group.decide = done
    await request_replay(group.parked, key("a"), group.clock())
    await group.dispatcher.replay_due()
    assert group.of("a") == [1, 2]


async def test_a_discarded_message_lets_the_next_pass() -> None:
    group = Group(lambda _subject, number: Poison(reason="bad") if number == 1 else Done())
    await group.dispatcher.dispatch([record("a", 1), record("a", 2)])
    await discard_first(group.parked, key("a"), group.clock())
    await group.dispatcher.replay_due()
    assert group.of("a") == [2]


async def test_a_subject_whose_only_message_was_discarded_is_free() -> None:
    group = Group(lambda _subject, number: Poison(reason="bad") if number == 1 else Done())
    await group.dispatcher.dispatch([record("a", 1)])
    await discard_first(group.parked, key("a"), group.clock())
    await group.dispatcher.free_released()
    await group.dispatcher.dispatch([record("a", 2)])
    assert (group.of("a"), group.count("waiting")) == ([2], 0)


async def test_garbage_goes_to_the_dead_letters_and_blocks_nobody() -> None:
    group = Group()
    garbage = replace(record("a", 1), headers=[("ce_id", b"\xff")], value=b"\x00" * 100)
    no_key = replace(record("a", 2), key=b"\xff\xfe")
    await group.dispatcher.dispatch([garbage, no_key, record("a", 3)])
    assert group.of("a") == [3]
    assert [letter.value for letter in group.letters()] == [garbage.value, no_key.value]
    assert group.count("malformed") == 2


async def test_bytes_that_are_not_the_message_they_claim_to_be_are_poison() -> None:
    group = Group()
    await group.dispatcher.dispatch([replace(record("a", 1), value=b"\xff" * 50), record("a", 2), record("b", 1)])
    assert group.seen == [("b", 1)]
    assert dict(group.letters()[0].headers)["dlq-error"].startswith(b"undecodable")


async def test_an_unknown_type_is_skipped_and_counted_also_where_its_subject_is_blocked() -> None:
    group = Group(lambda _subject, _number: Retry(after_seconds=5, reason="missing"))
    unknown = make_record(make_event(TypingChanged(), subject="a", sequence=2), offset=2)
    await group.dispatcher.dispatch([record("a", 1), unknown])
    assert (group.count("unknown"), group.count("waiting")) == (1, 0)


async def test_too_many_poisoned_in_a_row_stop_the_group_before_it_throws_everything_away() -> None:
    group = Group(lambda _subject, _number: Poison(reason="bad deploy"), DispatchLimits(poisoned_in_a_row=3))
    with pytest.raises(PoisonLimitReached):
        await group.dispatcher.dispatch([record(f"s{number}", number) for number in range(10)])
    assert len(group.letters()) == 3


async def test_one_success_in_between_starts_the_count_again() -> None:
    limits = DispatchLimits(poisoned_in_a_row=3, side_by_side=1)
    group = Group(lambda subject, _number: Done() if subject == "good" else Poison(reason="bad"), limits)
    names = ["a", "b", "c", "good", "d", "e", "f"]
    await group.dispatcher.dispatch([record(name, number) for number, name in enumerate(names)])
    assert len(group.letters()) == 6


async def test_a_restarted_process_knows_what_is_blocked() -> None:
    group = Group(lambda _subject, _number: Poison(reason="bad"))
    await group.dispatcher.dispatch([record("a", 1)])
    group.decide = done
    await group.restart().reload({("test-events", 0)})
    await group.dispatcher.dispatch([record("a", 1), record("a", 2), record("b", 1)])
    assert group.seen == [("b", 1)]
    await request_replay(group.parked, key("a"), group.clock())
    await group.dispatcher.replay_due()
    assert group.of("a") == [1, 2]


async def test_what_another_process_left_between_two_messages_goes_on() -> None:
    group = Group(lambda _subject, _number: Retry(after_seconds=5, reason="missing"))
    await group.dispatcher.dispatch([record("a", 1), record("a", 2)])
    first = await group.parked.first(key("a"))
    assert first is not None
    await group.parked.release(first)
    group.decide = done
    await group.restart().reload({("test-events", 0)})
    await group.dispatcher.replay_due()
    assert group.of("a") == [2]


async def test_other_partitions_subjects_are_left_to_their_owner() -> None:
    group = Group(lambda _subject, _number: Retry(after_seconds=1, reason="missing"))
    await group.dispatcher.dispatch([record("a", 1)])
    group.decide = done
    await group.restart().reload({("test-events", 5)})
    await group.replay_after(10)
    assert group.seen == []


async def test_an_outage_of_the_store_is_waited_out_and_is_nobodys_failure() -> None:
    group = Group(lambda _subject, _number: Poison(reason="bad"))
    group.parked.available = False
    dispatching = asyncio.create_task(group.dispatcher.dispatch([record("a", 1)]))
    await until(lambda: len(group.letters()) == 1, what="the dead letter written")
    assert not dispatching.done()
    group.parked.available = True
    await dispatching
    first = await group.parked.first(key("a"))
    assert first is not None
    assert first.poisoned
