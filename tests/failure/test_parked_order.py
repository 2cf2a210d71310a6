"""Failure 18: one event of a subject fails and the next arrives: it waits, and other subjects do not."""

import random
import time
from collections import defaultdict

from switchyard.eventing.outcomes import Done, Outcome, Retry
from switchyard.testing.polling import running, until
from switchyard.testing.stage import Stage
from tests.failure.scale import scaled

_EVENTS = 20
#: Besides the tenth that the aim allows: what one batch more or less, and a shared machine, make of a percentile.
_NOISE_SECONDS = 0.25
#: What a parked message may cost everybody. Handlers here do nothing, so the database writes of those that are parked
#: are all there is to see; beside handlers that write too they would be within the tenth.
_PARKING_SECONDS = 0.001


class Troubled:
    """Fails a subject's events now and then, and times the subjects that it never fails."""

    def __init__(self, subjects: list[str], troubled: set[str]) -> None:
        chance = random.Random(18)
        self.parked = 0
        self._left: dict[tuple[str, int], int] = defaultdict(int)
        for name in subjects:
            if name in troubled:
                fails = chance.randint(1, _EVENTS)
                self._left[(name, fails)] = 2
                self.parked += _EVENTS - fails + 1
        self._troubled = troubled
        self.began = time.monotonic()
        self.waits: list[float] = []

    def decide(self, subject: str, number: int) -> Outcome:
        if self._left[(subject, number)] > 0:
            self._left[(subject, number)] -= 1
            return Retry(after_seconds=0.3, reason="not yet")
        if subject not in self._troubled:
            self.waits.append(time.monotonic() - self.began)
        return Done()

    @property
    def p99(self) -> float:
        return sorted(self.waits)[int(len(self.waits) * 0.99)]


async def test_order_holds_for_every_subject_and_others_are_not_held_up(stage: Stage) -> None:
    healthy, _ = await play(stage, "calm", troubled_share=0.0)
    faulty, parked = await play(stage, "rough", troubled_share=0.1)
    print(f"p99 of untroubled subjects: {healthy:.3f} s without faults, {faulty:.3f} s with")  # noqa: T201
    assert faulty <= healthy * 1.1 + _NOISE_SECONDS + parked * _PARKING_SECONDS


async def play(stage: Stage, prefix: str, *, troubled_share: float) -> tuple[float, int]:
    """Handle a crowd of subjects, assert the order of each; give the p99 of those without trouble, and what parks."""
    stage.seen.clear()
    subjects = [f"{prefix}{number}" for number in range(scaled(1_000))]
    troubled = set(subjects[: int(len(subjects) * troubled_share)])
    plan = Troubled(subjects, troubled)
    stage.decide = plan.decide
    for number in range(1, _EVENTS + 1):
        await stage.publish(*(stage.events(name, number) for name in subjects))
    consumer = stage.consumer()
    plan.began = time.monotonic()
    async with running(consumer):
        await until(lambda: bool(stage.seen), what="joined and begun")
        plan.began = time.monotonic()
        plan.waits.clear()
        await until(lambda: len(stage.seen) == _EVENTS * len(subjects), what="all handled", seconds=120)
    assert all(stage.of(name) == list(range(1, _EVENTS + 1)) for name in subjects)
    return plan.p99, plan.parked
