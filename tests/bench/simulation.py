"""How fast a simulated day runs: `python -m tests.bench.simulation` prints JSON.

20,000 contacts in a day of 14 hours, 300 agents in two groups over three queues, with skills, impatience, ringing and
wrap-up. Beside it, in the same run, the floor: a bare event loop that puts and takes as many acts on the same heap and
does nothing. In CPU time of one thread, so that a busy machine does not show.
"""

import gc
import json
import sys
from functools import partial
from statistics import median
from time import thread_time

from services.routing.domain.moments import Moment
from services.routing.simulation.agenda import Agenda
from services.routing.simulation.reading import read_scenario
from services.routing.simulation.replication import play
from services.routing.simulation.scenario import Scenario
from tests.bench.report import Figure, judged

CONTACTS, AGENTS, HOURS = 20_000, 300, 14
TIMES_REAL_TIME = 300
ROUNDS = 3
#: Acts that wait at once on the floor's heap, as in a busy day.
_WAITING = 600
_SHARES = (0.5, 0.3, 0.2)


def day(contacts: int = CONTACTS) -> Scenario:
    """A day with a morning and an afternoon peak."""
    shape = [1, 2, 3, 4, 4, 3, 2, 2, 3, 3, 2, 2, 1, 1]
    queues = [
        {
            "id": f"q{number}",
            "required_skills": [{"skill": "language", "level": 3}],
            "arrivals": [{"counts": [contacts * share * part / sum(shape) for part in shape]}],
            "handling": {
                "talk": {"distribution": "lognormal", "mean_seconds": 330, "sd_seconds": 200},
                "wrap_up": {"distribution": "gamma", "mean_seconds": 45, "shape": 2},
            },
            "patience": {"distribution": "exponential", "mean_seconds": 240},
        }
        for number, share in enumerate(_SHARES)
    ]
    skills = [{"skill": "language", "level": 5}]
    accept = {"delay": {"distribution": "uniform", "low_seconds": 1, "high_seconds": 4}}
    groups = [
        {"id": "all", "queues": ["q0", "q1", "q2"], "skills": skills, "staff": [AGENTS // 2], "acceptance": accept},
        {"id": "most", "queues": ["q0", "q1"], "skills": skills, "staff": [AGENTS // 2], "acceptance": accept},
    ]
    return read_scenario({"open_seconds": HOURS * 3_600, "period_seconds": 3_600, "queues": queues, "groups": groups})


def measured(contacts: int = CONTACTS) -> dict[str, float]:
    """Play the day some times, and as many bare acts in turns with it; medians."""
    scenario, days, floors = day(contacts), [], []
    customers = acts = steps = 0
    for number in range(ROUNDS):
        gc.collect()
        started = thread_time()
        outcome = play(scenario, seed=1, replication=number + 1)
        days.append(thread_time() - started)
        customers, acts, steps = outcome.customers, outcome.acts, outcome.steps
        floors.append(bare_loop_seconds(acts))
    seconds, floor = median(days), median(floors)
    return {
        "contacts": customers,
        "steps": steps,
        "acts": acts,
        "day_seconds": round(seconds, 3),
        "floor_seconds": round(floor, 3),
        "times_real_time": round(HOURS * 3_600 / seconds),
        "times_floor": round(seconds / floor, 1),
        "contact_us": round(seconds / customers * 1e6, 1),
    }


def bare_loop_seconds(acts: int) -> float:
    """Time a loop over the same heap whose acts only put the next one down."""
    agenda, left = Agenda(), acts

    def act(number: int, now: Moment) -> None:
        nonlocal left
        left -= 1
        if left > 0:
            agenda.put(now + number * 7_919 % 100_003, partial(act, number + 1))

    for number in range(min(_WAITING, acts)):
        agenda.put(number, partial(act, number))
    started = thread_time()
    for _ in range(acts):
        if agenda.first() is None:
            break
        at, next_act = agenda.take()
        next_act(at)
    return thread_time() - started


def figure(*, quick: bool) -> Figure:
    found = measured(CONTACTS // 20 if quick else CONTACTS)
    return Figure(
        id="R12",
        what=f"simulation: a day of {CONTACTS:,} contacts and {AGENTS} agents on one core",
        aim=f">= {TIMES_REAL_TIME} x real time",
        measured=(
            f"{found['day_seconds']:.1f} s for {HOURS} hours, {found['contact_us']:.0f} us a contact; "
            f"a bare event loop {found['floor_seconds']:.2f} s"
        ),
        ratio=f"{found['times_real_time']:,.0f} x real time, {found['times_floor']:.1f} x the bare loop",
        how=f"CPU of {found['steps']:,} engine steps, median of {ROUNDS} days; the floor puts and takes as many acts",
        verdict=judged(found["times_real_time"] >= TIMES_REAL_TIME),
    )


if __name__ == "__main__":
    json.dump(measured(), sys.stdout, indent=2)
    sys.stdout.write("\n")
