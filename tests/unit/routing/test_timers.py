"""The one structure of deadlines."""

import random

from services.routing.domain.timers import Timers


def test_deadlines_come_in_the_order_of_time_then_number() -> None:
    timers = Timers()
    timers.set(("hold", "b"), 20, 1)
    timers.set(("hold", "a"), 10, 3)
    timers.set(("step", "c"), 10, 2)
    assert timers.first() == (10, ("step", "c"))
    timers.cancel(("step", "c"))
    assert timers.first() == (10, ("hold", "a"))


def test_a_moved_deadline_fires_once_at_its_new_time() -> None:
    timers = Timers()
    timers.set(("hold", "a"), 10)
    timers.set(("hold", "a"), 30)
    assert timers.first() == (30, ("hold", "a"))
    timers.set(("hold", "a"), None)
    assert timers.first() is None


def test_a_heap_full_of_cancelled_deadlines_gives_what_a_plain_search_gives() -> None:
    pick, timers = random.Random(7), Timers()
    plain: dict[tuple[str, str], int] = {}
    for act in range(3_000):
        key = ("hold", str(pick.randrange(200)))
        if pick.random() < 0.5:
            timers.cancel(key)
            plain.pop(key, None)
        else:
            plain[key] = pick.randrange(act, act + 50)
            timers.set(key, plain[key])
        soonest = min(plain.values(), default=None)
        first = timers.first()
        assert (None if first is None else first[0]) == soonest
