"""Failure 18: one event of a subject fails and the next arrives: it waits, and other subjects do not."""

import random
import time

from switchyard.eventing.outcomes import Done, Outcome, Retry
from switchyard.testing.polling import running, until
from switchyard.testing.stage import Stage
from tests.failure.scale import SOAK, scaled
from tests.tally import Tally

_EVENTS = 20
_TROUBLED_SHARE = 0.1
#: Besides the tenth that the aim allows: what one batch more or less, and a shared machine, make of a percentile.
_NOISE_SECONDS = 0.25
#: What a parked message may cost everybody. Handlers here do nothing, so the database writes of those that are parked
#: are all there is to see; beside handlers that write too they would be within the tenth.
_PARKING_SECONDS = 0.001


class Troubled:
    """Fails an event of each troubled subject until the untroubled have had all of theirs, and times these."""

    def __init__(self, subjects: list[str], troubled: set[str]) -> None:
        chance = random.Random(18)
        self._fails = {(name, chance.randint(1, _EVENTS)) for name in subjects if name in troubled}
        self.parked = sum(_EVENTS - number + 1 for _, number in self._fails)
        self._troubled = troubled
        self._left = _EVENTS * (len(subjects) - len(troubled))
        self.began = time.monotonic()
        self.waits: list[float] = []

    def decide(self, subject: str, number: int) -> Outcome:
        if subject not in self._troubled:
            self._left -= 1
            self.waits.append(time.monotonic() - self.began)
        elif (subject, number) in self._fails and self._left > 0:
            return Retry(after_seconds=0.3, reason="not yet")
        return Done()

    @property
    def p99(self) -> float:
        return sorted(self.waits)[int(len(self.waits) * 0.99)]


async def test_order_holds_for_every_subject_and_others_are_not_held_up(stage: Stage, tally: Tally) -> None:
    healthy, _ = await play(stage, "calm", troubled_share=0.0)
    faulty, parked = await play(stage, "rough", troubled_share=_TROUBLED_SHARE)
    tally.count("events parked", parked)
    tally.measure("p99 s of the untroubled without faults", round(healthy, 3))
    tally.measure("p99 s of the untroubled with faults", round(faulty, 3))
    # How long it took is judged where the machine is ours alone.
    assert not SOAK or faulty <= healthy * 1.1 + _NOISE_SECONDS + parked * _PARKING_SECONDS


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
