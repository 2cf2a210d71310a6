"""The formulas of the figures."""

import pytest

from services.analytics.domain.kpi import SERVICE_LEVELS, agent_rates, queue_rates, ratio, service_level


def test_the_published_example_gives_the_known_service_levels() -> None:
    counters = {"offered": 100, "answered": 90, "answered_in_target": 70, "abandoned": 10, "abandoned_in_target": 10}

    levels = service_level(counters)

    assert levels["answered_over_offered"] == pytest.approx(0.700, abs=5e-4)
    assert levels["abandons_ignored"] == pytest.approx(0.778, abs=5e-4)
    assert levels["abandons_positive"] == pytest.approx(0.800, abs=5e-4)


def test_every_known_variant_is_computed() -> None:
    counters = {
        "offered": 100,
        "answered": 80,
        "answered_in_target": 60,
        "abandoned": 15,
        "abandoned_in_target": 5,
        "short_abandoned": 4,
        "flowed_out": 5,
    }

    levels = service_level(counters)

    assert levels == {
        "answered_over_offered": 60 / 100,
        "abandons_ignored": 60 / 95,
        "abandons_positive": 65 / 100,
        "removed_in_target": 65 / 100,
        "short_abandons_excluded": 60 / 96,
        "answered_only": 60 / 80,
        "with_flow_out": 60 / 100,
        "without_flow_out": 60 / 95,
    }
    assert set(levels) == set(SERVICE_LEVELS)


def test_a_rate_with_a_zero_denominator_is_null() -> None:
    assert set(service_level({}).values()) == {None}
    assert set(queue_rates({}, {}).values()) == {None}
    assert set(agent_rates({}, {}).values()) == {None}


def test_a_denominator_that_interval_borders_made_negative_gives_null() -> None:
    assert ratio(1, -2) is None


def test_speed_of_answer_and_handling_time_are_in_seconds() -> None:
    counters = {"answered": 2, "handled": 4}
    time = {"wait_answered": 30_000, "talk": 100_000, "wrap_up": 20_000}

    rates = queue_rates(counters, time)

    assert (rates["asa_seconds"], rates["aht_seconds"]) == (15.0, 30.0)


def test_occupancy_is_work_over_readiness_and_utilisation_readiness_over_signed_in() -> None:
    time = {"busy": 50, "wrap_up": 20, "ringing": 10, "available": 20, "not_ready.meal": 100, "offline": 9_999}

    rates = agent_rates({}, time)

    assert (rates["occupancy"], rates["utilisation"]) == (0.8, 0.5)


def test_an_agents_handling_time_takes_the_wrap_up_of_assignments_not_the_shown_state() -> None:
    rates = agent_rates({"handled": 1}, {"talk": 60_000, "wrap_up": 5_000, "assignment_wrap_up": 30_000})

    assert rates["aht_seconds"] == 90.0


def test_shares_of_surveys_scores_transfers_and_silence() -> None:
    counters = {
        "csat_asked": 10,
        "csat_answers": 5,
        "csat_satisfied": 4,
        "evaluations": 2,
        "score_hundredths": 15_050,
        "evaluations_passed": 1,
        "handled": 8,
        "transferred_out": 2,
        "offers": 10,
        "offers_timed_out": 1,
        "offered": 10,
        "abandoned": 3,
        "short_abandoned": 2,
    }

    rates = queue_rates(counters, {})

    assert rates["csat"] == 0.8
    assert rates["csat_response"] == 0.5
    assert rates["quality_score"] == 75.25
    assert rates["quality_passed"] == 0.5
    assert rates["transfer_rate"] == 0.25
    assert rates["non_response"] == 0.1
    assert rates["abandonment"] == 0.3
    assert rates["abandonment_without_short"] == 0.125
