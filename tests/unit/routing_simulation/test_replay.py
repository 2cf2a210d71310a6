"""A recorded day played again: as it was, and with something different."""

from typing import Any

import pytest

from services.routing.domain.engine import Step
from services.routing.simulation.reading import ScenarioInvalid
from services.routing.simulation.recorded_day import RecordedDay
from services.routing.simulation.replaying import NothingRecorded, replay_of
from services.routing.simulation.replication import beginning_of, play
from services.routing.simulation.results import results
from services.routing.simulation.scenario import Scenario
from services.routing.simulation.simulating import simulate
from tests.unit.routing.driver import Driver
from tests.unit.routing_simulation.recorded_days import recorded, replayed
from tests.unit.routing_simulation.scenes import Plain, coming, exponential, group, queue, scenario


def constant_hour() -> Scenario:
    """Nothing but the engine decides, so the same day must come out."""
    arrivals = [*coming(*range(0, 3_000, 41)), *coming(100, 200, 300, priority=4)]
    front = queue(handling={"talk": 95, "wrap_up": 12}, arrivals=arrivals, ring_seconds=15, target_seconds=30)
    back = queue("back", handling={"talk": 95, "wrap_up": 12}, arrivals=coming(*range(7, 3_000, 180)))
    slow = {"delay": 3}
    both = group("both", "back", "front", staff=[1, 2, 1], acceptance=slow, period_seconds=1_200)
    return scenario(front, back, groups=[group(staff=2, acceptance=slow), both])


def figures(found: Plain) -> dict[str, Any]:
    """Every mean of queues and groups, the shape of the intervals aside."""
    return {
        f"{row.get('queue') or row['group']}/{family}/{name}": each and each["mean"]
        for row in (*found["queues"], *found["groups"])
        for family in ("counters", "service_level", "rates")
        for name, each in row.get(family, {}).items()
    }


def test_a_day_in_which_only_the_engine_decides_is_replayed_as_it_was() -> None:
    made = constant_hour()
    day, outcome = recorded(made)
    replay = replay_of(day, "replay", {})
    again = play(replay.scenario, seed=99, checked=True)
    names = ("offered", "answered", "answered_in_target", "handled", "offers")
    for key in (("front", "voice"), ("back", "voice")):
        was, came = outcome.queues[key], again.queues[key]
        assert came.waits == was.waits
        assert {name: came.total().counters[name] for name in names} == {
            name: was.total().counters[name] for name in names
        }


def test_what_really_happened_stands_beside_it_under_the_same_names() -> None:
    made = constant_hour()
    day, outcome = recorded(made)
    real = figures(replay_of(day, "replay", {}).real)
    truth = figures(results(made, 1, [outcome]))
    # The day ends with its last hour, what was still open then aside; arrivals are all in it.
    assert real["front/counters/offered"] == truth["front/counters/offered"]
    assert real["front/service_level/answered_only"] == pytest.approx(
        truth["front/service_level/answered_only"], abs=0.02
    )
    assert real["all/counters/answered"] <= truth["all/counters/answered"]


def test_random_handling_and_patience_come_out_about_as_they_were() -> None:
    front = queue(
        handling={"talk": exponential(120), "wrap_up": exponential(20)},
        arrivals=[{"counts": [70, 110, 90, 80], "process": "counted"}],
        patience=exponential(90),
    )
    made = scenario(front, groups=[group(staff=6)], open_seconds=7_200)
    replay = replayed(made, {"replications": 8})
    real, played = figures(replay.real), figures(simulate(replay.scenario))
    for name, tolerance in (("rates/abandonment", 0.06), ("service_level/answered_over_offered", 0.1)):
        assert played[f"front/{name}"] == pytest.approx(real[f"front/{name}"], abs=tolerance)
    assert played["front/counters/offered"] == real["front/counters/offered"] == 350
    assert played["front/rates/aht_seconds"] == pytest.approx(real["front/rates/aht_seconds"], rel=0.1)


def test_more_staff_and_other_rules_can_be_tried() -> None:
    made = constant_hour()
    as_it_was = figures(simulate(replayed(made, {"replications": 1}).scenario))
    more = {"id": "more", "queues": ["front"], "staff": [2], "acceptance": {"delay": 3}}
    helped = replayed(made, {"replications": 1, "groups": [more], "queues": {"front": {"target_seconds": 3}}})
    found = figures(simulate(helped.scenario))
    assert found["front/rates/asa_seconds"] < as_it_was["front/rates/asa_seconds"]
    assert found["front/counters/offered"] == as_it_was["front/counters/offered"]
    assert helped.scenario.queues[1].rules.target_seconds == 3


def test_recorded_agents_can_be_changed_left_out_or_replaced_by_groups() -> None:
    made = constant_hour()
    agents = replayed(made).scenario.agents
    assert [agent.id for agent in agents] == ["all-1", "all-2", "both-1", "both-2"]
    assert [(s.from_seconds, s.to_seconds) for s in agents[3].shifts] == [(1_200.0, 2_400.0)]
    one = replayed(
        made, {"agents": {"all-1": None, "both-1": {"queues": ["front"]}}, "queues": {"back": {"priority": 3}}}
    )
    assert [agent.id for agent in one.scenario.agents] == ["all-2", "both-1", "both-2"]
    assert one.scenario.agents[1].profile.queue_ids == ("front",)
    crew = {"id": "crew", "queues": ["front", "back"], "staff": [3]}
    none = replayed(made, {"agents": None, "groups": [crew]}).scenario
    assert (none.agents, none.groups[0].id) == ((), "crew")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"queues": {"front": {"ring_seconds": -1}}}, "/queues/front/ring_seconds"),
        ({"queues": {"nowhere": {"priority": 1}}}, "/queues/nowhere"),
        ({"agents": {"all-1": {"skills": 3}}}, "/agents/all-1/skills"),
        ({"agents": {"nobody": None}}, "/agents/nobody"),
        ({"agents": {"all-1": 4}}, "/agents/all-1"),
        ({"queues": ["front"]}, "/queues"),
        ({"liness": 3}, "/liness"),
        ({"groups": [{"id": "more", "queues": ["front"], "staff": [-2]}]}, "/groups/0/staff/0"),
    ],
)
def test_a_wrong_change_is_refused_where_it_stands(changes: Plain, pointer: str) -> None:
    with pytest.raises(ScenarioInvalid) as refused:
        replayed(constant_hour(), changes)
    assert [fault.pointer for fault in refused.value.faults] == [pointer]


def test_a_queue_with_several_channels_has_customers_of_each() -> None:
    pool = Driver()
    pool.queue("billing")
    pool.agent("ann", "billing")
    for number, channel in enumerate(("chat", "voice", "chat")):
        pool.enqueue(f"c{number}", channel=channel)
        pool.later(1)
    pool.accept("c0")
    pool.later(30)
    pool.end("c0")
    pool.wrap_up("c0", "ann")
    day = RecordedDay(1_000_000, pool.now + 60_000).read(step for _, step in pool.steps).close()
    made = replay_of(day, "replay", {"queues": {"billing": {"priority": 2}}}).scenario
    (billing,) = made.queues
    assert (billing.id, billing.rules.priority, billing.channels()) == ("billing", 2, ("chat", "voice"))
    assert [len(each.at_seconds) for each in billing.arrivals] == [2, 1]
    found = {(row["queue"], row["channel"]): row["counters"]["offered"]["mean"] for row in simulate(made)["queues"]}
    assert found == {("billing", "chat"): 2, ("billing", "voice"): 1}


def test_a_day_without_anybody_cannot_be_replayed() -> None:
    with pytest.raises(NothingRecorded):
        replay_of(RecordedDay(0, 1_000).read([]).close(), "replay", {})


def test_only_what_lies_within_the_span_is_taken() -> None:
    made = constant_hour()
    steps: list[Step] = []
    play(made, seed=1, watches=[lambda _, step: steps.append(step)])
    beginning = beginning_of(made)
    part = RecordedDay(beginning + 600_000, beginning + 1_800_000).read(steps).close()
    replay = replay_of(part, "replay", {})
    arrivals = [at for each in replay.scenario.queues for kind in each.arrivals for at in kind.at_seconds]
    assert 0 <= min(arrivals) <= max(arrivals) <= 1_200
    assert replay.scenario.agents[0].shifts[0].from_seconds == 0
