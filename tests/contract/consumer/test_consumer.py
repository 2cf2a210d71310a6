"""A consumer group, in memory and on real brokers: order, parking, dead letters, replay, restart."""

import asyncio

import pytest

from switchyard.eventing.clock import utc_now
from switchyard.eventing.dispatch import DispatchLimits, PoisonLimitReached
from switchyard.eventing.outcomes import Done, Poison, Retry
from switchyard.eventing.replay import request_replay
from switchyard.internal.signals.v1.signals_pb2 import TypingChanged
from switchyard.testing.messages import make_event
from switchyard.testing.polling import running, until
from switchyard.testing.stage import Stage, succeed


async def test_every_subject_is_handled_in_order(stage: Stage) -> None:
    subjects = [f"s{number}" for number in range(10)]
    for number in range(1, 21):
        await stage.publish(*(stage.events(name, number) for name in subjects))
    async with running(stage.consumer()):
        await until(lambda: len(stage.seen) == 200, what="all handled")
    assert all(stage.of(name) == list(range(1, 21)) for name in subjects)


async def test_a_restart_goes_on_where_the_last_run_ended(stage: Stage) -> None:
    await stage.publish(stage.events("s", 1, 2))
    async with running(stage.consumer()):
        await until(lambda: len(stage.seen) == 2, what="the first two handled")
    await stage.publish(stage.events("s", 3))
    async with running(stage.consumer()):
        await until(lambda: len(stage.seen) == 3, what="the third handled")
    assert stage.of("s") == [1, 2, 3]


async def test_a_poisoned_subject_waits_for_its_replay_and_nobody_else_does(stage: Stage) -> None:
    stage.decide = lambda subject, number: Poison(reason="bad") if (subject, number) == ("a", 1) else Done()
    await stage.publish(stage.events("a", 1, 2, 3), stage.events("b", 1, 2, 3))
    async with running(stage.consumer()):
        await until(lambda: len(stage.of("b")) == 3, what="the other subject handled")
        headers = dict((await stage.dead_letters(1))[0].headers)
    assert stage.of("a") == []
    assert (headers["dlq-group"], headers["dlq-error"]) == (stage.group.encode(), b"bad")
    stage.decide = succeed
    async with running(stage.consumer()):
        await stage.publish(stage.events("a", 4))
        await request_replay(stage.parked, stage.key("a"), utc_now())
        await until(lambda: len(stage.of("a")) == 4, what="replayed, and what waited behind it")
    assert stage.of("a") == [1, 2, 3, 4]
    assert await stage.parked.first(stage.key("a")) is None


async def test_a_retried_subject_goes_on_in_order_by_itself(stage: Stage) -> None:
    refused: list[int] = []

    def refuse_twice(subject: str, number: int) -> Done | Retry:
        if (subject, number) == ("a", 2) and len(refused) < 2:
            refused.append(number)
            return Retry(after_seconds=0.05, reason="not yet")
        return Done()

    stage.decide = refuse_twice
    await stage.publish(stage.events("a", 1, 2, 3, 4), stage.events("b", 1))
    async with running(stage.consumer()):
        await until(lambda: len(stage.seen) == 5, what="all handled")
    assert stage.of("a") == [1, 2, 3, 4]


async def test_garbage_and_unknown_types_block_nobody(stage: Stage) -> None:
    garbage = bytes(range(256)) * 20_000
    records = [(stage.topic, b"t/s", garbage, []), (stage.topic, b"\xff\xfe", None, [("ce_id", b"\xff")])]
    await stage.publisher.publish_raw(records)
    await stage.publish([make_event(TypingChanged(), subject="s", sequence=1, topic=stage.topic)])
    await stage.publish(stage.events("s", 2))
    async with running(stage.consumer()):
        await until(lambda: stage.of("s") == [2], what="the good message handled")
        letters = await stage.dead_letters(2)
    assert {letter.value for letter in letters} == {garbage, None}


async def test_too_many_poisoned_in_a_row_stop_the_consumer(stage: Stage) -> None:
    stage.decide = lambda _subject, _number: Poison(reason="everything is bad")
    await stage.publish(*(stage.events(name, 1) for name in "abcdef"))
    consumer = stage.consumer(DispatchLimits(poisoned_in_a_row=3))
    with pytest.raises(PoisonLimitReached):
        await asyncio.wait_for(consumer.run(asyncio.Event()), 30)
