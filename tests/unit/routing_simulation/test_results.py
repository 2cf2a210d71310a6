"""Figures and their confidence, by the definitions that the whole platform uses."""

import pytest

from services.analytics.domain import kpi
from services.routing.domain.engine import Step
from services.routing.simulation import figures
from services.routing.simulation.conservation import Conservation, ConservationBroken
from services.routing.simulation.simulating import simulate
from services.routing.simulation.student import estimate, quantile
from tests.unit.routing.driver import Driver
from tests.unit.routing_simulation.scenes import Plain, coming, exponential, group, queue, scenario

COUNTERS = {
    "offered": 1_000,
    "answered": 803,
    "answered_in_target": 640,
    "abandoned": 120,
    "abandoned_in_target": 44,
    "short_abandoned": 17,
    "flowed_out": 51,
    "callback_requested_in_target": 9,
    "handled": 790,
    "transferred_out": 33,
    "offers": 905,
    "offers_timed_out": 13,
}
VOICE = {"voice": {"units": 100, "most": 1}}
TIMES = {
    "wait_answered": 9_731_003,
    "talk": 81_003_777,
    "wrap_up": 7_003_001,
    "ringing": 511,
    "busy": 77,
    "available": 901,
}


def test_the_worked_example_of_the_definitions_comes_out() -> None:
    example = {"offered": 100, "answered": 90, "answered_in_target": 70, "abandoned": 10, "abandoned_in_target": 10}
    found = figures.service_level(example)
    shown = [round(found[name] or 0, 3) for name in ("answered_over_offered", "abandons_ignored", "abandons_positive")]
    assert shown == [0.7, 0.778, 0.8]


def test_the_formulas_are_those_of_analytics() -> None:
    assert figures.DEFINITION == kpi.DEFINITION
    assert figures.service_level(COUNTERS) == kpi.service_level(COUNTERS)
    queues, groups = figures.queue_rates(COUNTERS, TIMES), figures.group_rates(COUNTERS, TIMES)
    assert {name: value for name, value in kpi.queue_rates(COUNTERS, TIMES).items() if name in queues} == {
        name: value for name, value in queues.items() if name in kpi.RATES
    }
    assert {name: value for name, value in kpi.agent_rates(COUNTERS, TIMES).items() if name in groups} == groups


def test_students_quantiles_are_those_of_the_tables() -> None:
    tables = {1: 12.706, 2: 4.303, 4: 2.776, 5: 2.571, 9: 2.262, 30: 2.042, 120: 1.980}
    assert {freedom: round(quantile(freedom), 3) for freedom in tables} == tables


def test_an_interval_is_the_means_and_one_value_has_none() -> None:
    found = estimate([9.0, 10.0, 11.0])
    assert (found.mean, found.low, found.high) == pytest.approx((10.0, 10 - 2.4841, 10 + 2.4841), abs=1e-4)
    assert (estimate([4.0]).low, estimate([4.0]).high) == (None, None)


def test_results_give_every_counter_and_variant_with_its_interval() -> None:
    front = queue(arrivals=[{"counts": [60]}], handling={"talk": exponential(60)}, patience=exponential(60))
    found = simulate(scenario(front, groups=[group(staff=2)], replications=5))
    (row,) = found["queues"]
    assert set(row["counters"]) == {*figures.QUEUE_COUNTERS, "waiting"}
    assert set(row["service_level"]) == set(kpi.SERVICE_LEVELS)
    level = row["service_level"]["answered_over_offered"]
    assert level["low"] < level["mean"] < level["high"]
    assert level["count"] == 5
    (crew,) = found["groups"]
    assert 0 < crew["rates"]["occupancy"]["mean"] < 1


def test_intervals_add_up_to_the_whole() -> None:
    front = queue(arrivals=[{"counts": [60, 90]}], handling={"talk": exponential(60)})
    found = simulate(scenario(front, replications=3, begins_at="2026-01-05T08:00:00"))
    (row,) = found["queues"]
    assert row["intervals"][0]["from"] == "2026-01-05T08:00:00.000Z"
    for name in ("offered", "answered", "handled"):
        parts = [part["counters"].get(name, 0) for part in row["intervals"]]
        assert sum(parts) == pytest.approx(row["counters"][name]["mean"])
    talk = sum(part["time_seconds"].get("talk", 0) for part in row["intervals"])
    assert talk == pytest.approx(row["time_seconds"]["talk"]["mean"])


def test_a_rate_that_some_replications_lack_is_the_mean_of_the_others() -> None:
    found = simulate(scenario(queue(arrivals=[{"counts": [0.7]}]), replications=12))
    level = found["queues"][0]["service_level"]["answered_over_offered"]
    assert 0 < level["count"] < 12
    assert level["mean"] == 1


def test_percentiles_are_of_those_who_were_answered() -> None:
    rates: Plain = simulate(scenario(queue(arrivals=coming(0, 0, 0, 0))))["queues"][0]["rates"]
    shown = {name: rates[name]["mean"] for name in ("wait_p50_seconds", "wait_p90_seconds", "wait_p95_seconds")}
    assert shown == {"wait_p50_seconds": 60, "wait_p90_seconds": 180, "wait_p95_seconds": 180}


def test_who_still_waits_at_the_end_is_told() -> None:
    long = queue(handling={"talk": 3_000}, arrivals=coming(0, 1, 2))
    (row,) = simulate(scenario(long, closing_seconds=0))["queues"]
    assert (row["counters"]["offered"]["mean"], row["counters"]["waiting"]["mean"]) == (3, 1)


def test_who_flows_into_a_queue_is_shown_there_on_their_own_channel() -> None:
    """Over the whole, everybody who was offered is answered, gone or waiting."""
    steps = [{"after_seconds": 20, "then": {"to_queue": "b"}}]
    a = queue("a", channel="chat", arrivals=coming(0, 1, 2), steps=steps, handling={"talk": 600})
    capacity = {"chat": {"units": 100, "most": 1}}
    groups = [group("first", "a", channels=capacity), group("second", "b", staff=2, channels=capacity | VOICE)]
    rows = simulate(scenario(a, queue("b"), groups=groups))["queues"]
    names = ("offered", "answered", "flowed_out", "waiting")
    found = {(row["queue"], row["channel"]): tuple(row["counters"][name]["mean"] for name in names) for row in rows}
    assert found == {("a", "chat"): (3, 1, 2, 0), ("b", "chat"): (2, 2, 0, 0)}


def test_conservation_notices_a_contact_that_vanished() -> None:
    pool, watch = Driver(), Conservation()
    pool.queue("billing")
    pool.enqueue("c1")
    for _, step in pool.steps:
        watch(pool.state, step)
    pool.state.contacts.pop("c1")
    with pytest.raises(ConservationBroken, match="billing"):
        watch(pool.state, Step(cause="nothing", contact_id=""))
