"""Failure 17: garbage, false schemas, 5 MB, deep nesting: each to the dead letters, and nobody else waits."""

from collections import Counter

from switchyard.eventing.clock import utc_now
from switchyard.eventing.outcomes import Done, Outcome, Poison
from switchyard.eventing.replay import request_replay
from switchyard.testing.polling import running, until
from switchyard.testing.stage import Stage, succeed
from tests.failure.poison_corpus import make_corpus
from tests.failure.scale import SOAK

#: Good messages may be held up no longer than this by all of the corpus together, where the machine is ours alone.
_LONGEST_BLOCK_SECONDS = 5.0 if SOAK else 60.0


async def test_every_bad_record_becomes_a_dead_letter_with_its_cause_and_good_ones_pass(stage: Stage) -> None:
    corpus = make_corpus(stage.topic)
    bad = [*corpus.malformed, *corpus.undecodable]
    assert len(bad) + len(corpus.unknown) == 50
    for number, record in enumerate([*bad, *corpus.unknown], start=1):
        await stage.publisher.publish_raw([record])
        await stage.publish(*(stage.events(f"good{lane}", number) for lane in range(3)))
    total = 3 * (len(bad) + len(corpus.unknown))
    async with running(stage.consumer()):
        await until(lambda: bool(stage.seen), what="the first good one handled")
        await until(lambda: len(stage.seen) == total, what="every good one handled", seconds=_LONGEST_BLOCK_SECONDS)
        letters = await stage.dead_letters(len(bad))
    assert all(stage.of(f"good{lane}") == list(range(1, total // 3 + 1)) for lane in range(3))
    assert Counter(letter.value for letter in letters) == Counter(record[2] for record in bad)
    for letter in letters:
        added = dict(letter.headers)
        assert added["dlq-error"]
        assert (added["dlq-group"], added["dlq-origin-topic"]) == (stage.group.encode(), stage.topic.encode())
        assert {"dlq-attempts", "dlq-origin-partition", "dlq-origin-offset", "dlq-origin-cluster"} <= added.keys()


async def test_what_can_never_be_decoded_is_the_same_poison_when_replayed(stage: Stage) -> None:
    corpus = make_corpus(stage.topic)
    await stage.publisher.publish_raw(corpus.undecodable)
    first = await _reasons_after(stage, len(corpus.undecodable))
    for subject in await stage.parked.blocked(stage.group):
        await request_replay(stage.parked, subject.key, utc_now())
    again = await _reasons_after(stage, 2 * len(corpus.undecodable))
    assert again == first


async def test_a_replay_after_the_fix_has_the_result_that_no_fault_would_have_had(stage: Stage) -> None:
    def choke(_subject: str, number: int) -> Outcome:
        return Poison(reason="a fault of ours") if number == 2 else Done()

    names = [f"s{number}" for number in range(10)]
    stage.decide = choke
    await stage.publish(*(stage.events(name, 1, 2, 3, 4) for name in names))
    async with running(stage.consumer()):
        await _all_blocked(stage, len(names))
        stage.decide = succeed
        for name in names:
            await request_replay(stage.parked, stage.key(name), utc_now())
        await until(lambda: len(stage.seen) == 4 * len(names), what="all of them handled")
    assert all(stage.of(name) == [1, 2, 3, 4] for name in names)
    assert await stage.parked.blocked(stage.group) == []


async def _reasons_after(stage: Stage, letters: int) -> dict[str, str]:
    async with running(stage.consumer()):
        await stage.dead_letters(letters)
        await _all_blocked(stage, len(make_corpus(stage.topic).undecodable))
    return {subject.key.subject: subject.reason for subject in await stage.parked.blocked(stage.group)}


async def _all_blocked(stage: Stage, count: int) -> None:
    async def all_wait() -> bool:
        blocked = await stage.parked.blocked(stage.group)
        return len(blocked) == count and all(subject.poisoned for subject in blocked)

    await until(all_wait, what="all blocked")
