"""What customers and agents do: patience, lines, calling again, accepting, coming and going."""

import pytest

from services.routing.simulation.replication import Outcome, play
from services.routing.simulation.scenario import Scenario
from services.routing.simulation.simulating import work
from services.routing.simulation.tally import Row
from tests.unit.routing_simulation.scenes import Plain, coming, group, queue, scenario


def played(made: Scenario, seed: int = 1) -> Outcome:
    """Every step is checked for contacts lost or counted twice."""
    return play(made, seed=seed, checked=True)


def total(outcome: Outcome, name: str = "front", channel: str = "voice") -> Row:
    return outcome.queues[name, channel].total()


def counters(outcome: Outcome, name: str = "front", channel: str = "voice") -> dict[str, int]:
    return dict(total(outcome, name, channel).counters)


def agents(outcome: Outcome, name: str = "all") -> dict[str, int]:
    """Seconds in each state."""
    return {state: milliseconds // 1000 for state, milliseconds in outcome.groups[name].total().time.items()}


def test_who_waits_longer_than_their_patience_leaves() -> None:
    front = queue(patience=30, arrivals=coming(0, 10, 40), short_abandon_seconds=5)
    outcome = played(scenario(front))
    assert counters(outcome) == {
        "offered": 3,
        "offers": 2,
        "answered": 2,
        "answered_in_target": 2,
        "handled": 2,
        "abandoned": 1,
    }
    assert outcome.queues["front", "voice"].waits == [0, 20_000]
    assert total(outcome).time["wait_abandoned"] == 30_000


def test_who_leaves_within_the_target_or_at_once_is_counted_as_such() -> None:
    front = queue(
        patience={"distribution": "samples", "samples_seconds": [3]}, arrivals=coming(0, 1), target_seconds=20
    )
    found = counters(played(scenario(front)))
    assert (found["abandoned"], found["abandoned_in_target"], found["short_abandoned"]) == (1, 1, 1)


def test_patience_may_have_no_end() -> None:
    front = queue(patience={"distribution": "samples", "samples_seconds": [], "never": 1}, arrivals=coming(0, 1, 2))
    assert counters(played(scenario(front)))["answered"] == 3


def test_who_asks_for_a_call_is_called_in_the_place_they_had() -> None:
    front = queue(arrivals=coming(0, 1, 2), callback={"asks": 1, "after_seconds": 20}, target_seconds=30)
    outcome = played(scenario(front))
    assert counters(outcome) == {
        "offered": 3,
        "callback_requested": 2,
        "callback_requested_in_target": 2,
        "callback_attempts": 2,
        "offers": 3,
        "answered": 1,
        "answered_in_target": 1,
        "handled": 3,
    }
    assert agents(outcome)["busy"] == 180


def test_who_does_not_answer_the_call_is_tried_again_and_given_up() -> None:
    front = queue(
        arrivals=coming(0, 1),
        callback={"asks": 1, "after_seconds": 20, "answers": 0},
        callbacks={"most_attempts": 2, "retry_after_seconds": 120},
    )
    outcome = played(scenario(front))
    assert (counters(outcome)["offers"], counters(outcome)["handled"]) == (3, 1)
    tried = ("callback_attempts", "callback_not_reached", "callback_given_up")
    assert [counters(outcome)[name] for name in tried] == [2, 2, 1]
    assert agents(outcome)["busy"] == 60 + 2 * 25


def test_beyond_the_lines_customers_hear_the_busy_tone() -> None:
    outcome = played(scenario(queue(arrivals=coming(0, 1, 2, 61)), lines=2))
    assert counters(outcome) == {
        "offered": 3,
        "blocked": 1,
        "offers": 3,
        "answered": 3,
        "answered_in_target": 1,
        "handled": 3,
    }


def test_who_gives_up_may_call_again_and_not_more_often_than_allowed() -> None:
    again = {"delay": 100, "after_abandoned": 1, "most": 2}
    front = queue(handling={"talk": 3_000}, patience=10, arrivals=coming(0, 5), again=again)
    outcome = played(scenario(front))
    assert outcome.customers == 4
    assert counters(outcome)["abandoned"] == 3


def test_a_blocked_customer_may_call_again() -> None:
    again = {"delay": 90, "after_blocked": 1}
    outcome = played(scenario(queue(arrivals=coming(0, 5), again=again), lines=1))
    assert counters(outcome)["blocked"] == 1
    assert counters(outcome)["answered"] == 2


def test_a_served_customer_may_call_again() -> None:
    again = {"delay": 90, "after_answered": 1, "most": 3}
    outcome = played(scenario(queue(arrivals=coming(0), again=again)))
    assert counters(outcome)["answered"] == 4


def test_nobody_new_comes_after_closing_but_who_waits_is_served() -> None:
    again = {"delay": 10, "after_answered": 1}
    front = queue(handling={"talk": 1_500}, arrivals=coming(0, 1, 2, 3), again=again)
    outcome = played(scenario(front, open_seconds=2_000, closing_seconds=86_400))
    assert counters(outcome)["answered"] == 5
    assert outcome.customers == 5
    assert outcome.end - outcome.beginning == 5 * 1_500_000


def test_who_still_waits_when_the_closing_phase_is_over_stays_unserved() -> None:
    front = queue(handling={"talk": 3_000}, arrivals=coming(0, 1, 2))
    outcome = played(scenario(front, closing_seconds=0))
    assert counters(outcome) == {"offered": 3, "offers": 2, "answered": 2, "answered_in_target": 1, "handled": 1}
    assert outcome.end - outcome.beginning == 3_600_000


def test_agents_take_their_time_to_accept() -> None:
    outcome = played(scenario(queue(arrivals=coming(0)), groups=[group(acceptance={"delay": 4})]))
    assert outcome.queues["front", "voice"].waits == [4_000]
    assert agents(outcome)["ringing"] == 4


def test_an_agent_who_lets_it_ring_is_not_ready_until_coming_back() -> None:
    lazy = group("lazy", acceptance={"lets_ring": 1, "back_after_seconds": 50})
    outcome = played(scenario(queue(arrivals=coming(0), patience=100, ring_seconds=15), groups=[lazy]))
    assert counters(outcome)["offers_timed_out"] == 2
    assert counters(outcome)["abandoned"] == 1
    assert agents(outcome, "lazy")["not_ready.system"] == 100


def test_a_queue_says_how_offers_are_taken_by_channel_and_a_group_may_say_otherwise() -> None:
    front = queue(
        arrivals=[*coming(0), *coming(100, channel="chat")],
        acceptance={"delay": 4},
        by_channel={"chat": {"acceptance": {"delay": 9}, "handling": {"talk": 20}}},
    )
    outcome = played(scenario(front))
    assert [outcome.queues["front", channel].waits for channel in ("voice", "chat")] == [[4_000], [9_000]]
    assert total(outcome, channel="chat").time["talk"] == 20_000
    quick = played(scenario(front, groups=[group(acceptance={"delay": 1})]))
    assert [quick.queues["front", channel].waits for channel in ("voice", "chat")] == [[1_000], [1_000]]


def test_who_flows_into_a_queue_takes_what_its_channel_takes_there() -> None:
    steps = [{"after_seconds": 5, "then": {"to_queue": "back"}}]
    chats = queue(channel="chat", arrivals=coming(0, 1), steps=steps, handling={"talk": 600})
    back = queue("back", by_channel={"chat": {"handling": {"talk": 20}, "acceptance": {"delay": 3}}})
    single = {"chat": {"units": 100, "most": 1}, "voice": {"units": 100, "most": 1}}
    outcome = played(scenario(chats, back, groups=[group(channels=single), group("more", "back", channels=single)]))
    assert outcome.queues["back", "chat"].waits == [3_000]
    assert total(outcome, "back", "chat").time["talk"] == 20_000


def test_agents_come_back_after_a_drawn_time() -> None:
    times = {"distribution": "samples", "samples_seconds": [10, 500]}
    lazy = group("lazy", staff=8, acceptance={"lets_ring": 1, "back_after_seconds": times})
    front = queue(arrivals=coming(*range(8)), patience=20, ring_seconds=15)
    away = agents(played(scenario(front, groups=[lazy])), "lazy")["not_ready.system"]
    assert 8 * 10 < away < 8 * 500


def test_who_rejects_is_asked_again_only_where_nobody_else_is_there() -> None:
    picky, willing = group("picky", acceptance={"rejects": 1, "delay": 2}), group("willing", staff=[0, 1])
    made = scenario(
        queue(arrivals=coming(0), patience=3_000), groups=[picky, willing], period_seconds=11, closing_seconds=0
    )
    outcome = played(made)
    assert counters(outcome)["answered"] == 1
    assert counters(outcome)["offers_rejected"] >= 5
    assert outcome.groups["willing"].total().counters["answered"] == 1


def test_handling_may_differ_by_group_and_by_period_of_arrival() -> None:
    slow = {"distribution": "by_period", "period_seconds": 100, "periods": [30, 70]}
    front = queue(handling={"talk": slow, "wrap_up": 5}, arrivals=coming(0, 99, 150, 1_000))
    outcome = played(scenario(front))
    assert total(outcome).time["talk"] == (30 + 30 + 70 + 70) * 1000
    assert total(outcome).time["wrap_up"] == 20_000
    fast = group(handling={"front": {"talk": 10}})
    assert total(played(scenario(front, groups=[fast]))).time["talk"] == 40_000


def test_kinds_of_customers_differ_in_channel_handling_and_patience() -> None:
    chats = coming(0, 1, channel="chat", handling={"talk": 20}, patience=5)
    outcome = played(scenario(queue(arrivals=[*coming(30, 31), *chats], patience=40)))
    assert counters(outcome, channel="chat")["answered"] == 2
    assert total(outcome, channel="chat").time["talk"] == 40_000
    assert (counters(outcome)["answered"], counters(outcome)["abandoned"]) == (1, 1)
    assert total(outcome).time["wait_abandoned"] == 40_000


def test_a_group_with_handling_of_its_own_has_it_for_every_kind() -> None:
    slow = coming(0, handling={"talk": 500})
    outcome = played(scenario(queue(arrivals=slow), groups=[group(handling={"front": {"talk": 10}})]))
    assert total(outcome).time["talk"] == 10_000


def test_the_queues_own_limit_ends_a_long_wrap_up() -> None:
    front = queue(handling={"talk": 10, "wrap_up": 100}, wrap_up_seconds=40, arrivals=coming(0))
    assert total(played(scenario(front))).time["wrap_up"] == 40_000


def test_whoever_is_in_excess_finishes_first_and_idle_agents_go_before_busy_ones() -> None:
    front = queue(handling={"talk": 1_000}, arrivals=coming(0, 700))
    outcome = played(scenario(front, groups=[group(staff=[3, 1, 0])], period_seconds=600))
    assert counters(outcome)["answered"] == 2
    assert agents(outcome)["busy"] == 2_000
    assert agents(outcome)["available"] == 3 * 600 - 600
    assert outcome.queues["front", "voice"].waits == [0, 300_000]


def test_agents_called_in_again_while_finishing_stay() -> None:
    front = queue(handling={"talk": 900}, arrivals=coming(0, 1_000))
    outcome = played(scenario(front, groups=[group(staff=[1, 0, 1])], period_seconds=300))
    assert outcome.queues["front", "voice"].waits == [0, 0]


def test_an_agent_with_shifts_is_there_only_then() -> None:
    shifts = [{"from_seconds": 100, "to_seconds": 200}, {"from_seconds": 500, "to_seconds": 1_000}]
    ann = {"id": "ann", "queues": ["front"], "group": "red", "shifts": shifts}
    outcome = played(scenario(queue(arrivals=coming(0, 190, 300)), groups=[], agents=[ann]))
    assert outcome.queues["front", "voice"].waits == [100_000, 0, 200_000]
    assert agents(outcome, "red")["busy"] == 180


def test_an_agent_holds_several_chats_at_once() -> None:
    front = queue(channel="chat", arrivals=coming(0, 1, 2, 3))
    outcome = played(scenario(front))
    assert outcome.queues["front", "chat"].waits == [0, 0, 0, 57_000]
    assert agents(outcome)["held_units"] == 4 * 60 * 30


def test_skills_decide_who_gets_what() -> None:
    french = [{"skill": "french", "level": 5}]
    front = queue(arrivals=[*coming(0, 1), *coming(2, required_skills=french)])
    speakers = group("speakers", skills=[{"skill": "french", "level": 6}])
    outcome = played(scenario(front, groups=[group("others", staff=2), speakers]))
    assert outcome.groups["speakers"].total().counters["answered"] >= 1
    assert outcome.queues["front", "voice"].waits[0] == 0


def test_higher_priority_is_served_first() -> None:
    front = queue(arrivals=[*coming(0, 1), *coming(2, priority=5)])
    assert played(scenario(front)).queues["front", "voice"].waits == [0, 58_000, 119_000]


def test_what_entered_during_the_warm_up_is_not_counted() -> None:
    outcome = played(scenario(queue(arrivals=coming(0, 10, 1_000)), warm_up_seconds=900))
    assert counters(outcome)["offered"] == 1
    assert outcome.customers == 3
    assert agents(outcome) == {
        "available": 2_640,
        "busy": 60,
        "capacity_units": 270_000,
        "held_units": 6_000,
        "talk": 60,
    }


@pytest.mark.parametrize(
    ("arrivals", "expected"),
    [
        ({"counts": [30, 0, 50], "process": "counted"}, {0: 30, 2: 50}),
        ({"rates_per_hour": [0, 0, 0]}, {}),
    ],
)
def test_counted_customers_come_in_their_periods(arrivals: Plain, expected: dict[int, int]) -> None:
    busy = queue(handling={"talk": 0}, arrivals=[{"period_seconds": 900} | arrivals])
    rows = played(scenario(busy)).queues.get(("front", "voice"))
    offered = (
        {} if rows is None else {start // 900_000 % 4: row.counters["offered"] for start, row in rows.rows.items()}
    )
    assert {place: count for place, count in offered.items() if count} == expected


def test_busy_days_are_busier_by_the_gamma_factor() -> None:
    def offered(shape: float | None, seed: int) -> int:
        arrivals = [{"counts": [1_000], "period_seconds": 3_600} | ({"busyness_shape": shape} if shape else {})]
        made = scenario(queue(handling={"talk": 0}, arrivals=arrivals))
        return play(made, seed=seed).queues["front", "voice"].total().counters["offered"]

    plain, varied = ([offered(shape, seed) for seed in range(12)] for shape in (None, 10.0))
    assert max(plain) - min(plain) < 200 < max(varied) - min(varied)
    assert 600 < sum(varied) / 12 < 1_400


def test_work_is_estimated_before_it_is_done() -> None:
    made = scenario(queue(arrivals=[{"counts": [100]}], again={"delay": 1, "after_abandoned": 0.5}), replications=3)
    assert work(made) == 3 * (200 + 1)
    assert work(made, 10) == 10 * (200 + 1)
