"""How long something takes, estimated from what was seen of it."""

import pytest

from services.routing.simulation.kaplan_meier import duration, survival
from services.routing.simulation.spreads import Samples


def test_patience_counts_those_who_were_answered_too() -> None:
    """The worked example of the estimator: of six, one leaves at 2 and one at 6, the others are answered."""
    waits = [(1.0, False), (2.0, True), (3.0, False), (5.0, False), (6.0, True), (8.0, False)]
    estimate = survival(waits)
    assert estimate is not None
    assert estimate.samples_seconds == (2.0, 6.0)
    assert estimate.weights == pytest.approx((1 / 5, 4 / 5 * 1 / 2))
    assert estimate.never == pytest.approx(4 / 5 * 1 / 2)


def test_patience_without_anybody_leaving_is_endless() -> None:
    assert survival([(4.0, False)]) is None
    assert survival([(4.0, True)]) == Samples(samples_seconds=(4.0,), weights=(1.0,), never=0.0)


def test_what_is_still_open_at_the_end_takes_at_least_as_long_as_the_longest_seen() -> None:
    found = duration([(10.0, True), (20.0, False), (30.0, True), (40.0, False)])
    assert found is not None
    assert found.samples_seconds == (10.0, 30.0, 40.0)
    assert found.weights == pytest.approx((1 / 4, 3 / 8, 3 / 8))
    assert found.never == 0


def test_where_no_end_was_seen_all_take_as_long_as_the_longest_and_where_nothing_was_seen_nothing_is_told() -> None:
    assert duration([(10.0, False), (20.0, False)]) == Samples(samples_seconds=(20.0,))
    assert duration([]) is None
