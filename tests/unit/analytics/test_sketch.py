"""Distributions: as exact as promised, and the same however they are cut."""

from collections import Counter

from ddsketch.mapping import LogarithmicMapping
from hypothesis import given
from hypothesis import strategies as st

from services.analytics.domain.sketch import RELATIVE_ERROR, bin_of, quantile

VALUES = st.lists(st.integers(0, 10**9), min_size=1, max_size=200)


@given(values=VALUES, share=st.sampled_from([0.0, 0.5, 0.9, 0.95, 1.0]))
def test_a_quantile_is_within_one_percent_of_the_true_value(values: list[int], share: float) -> None:
    estimate = quantile(Counter(bin_of(value) for value in values), share)
    true = sorted(values)[int(share * (len(values) - 1))]

    assert estimate is not None
    assert abs(estimate - true) <= RELATIVE_ERROR * true * 1.000001


@given(values=VALUES)
def test_sketches_of_parts_add_up_to_the_sketch_of_all(values: list[int]) -> None:
    first, second = values[::2], values[1::2]

    added = Counter(map(bin_of, first)) + Counter(map(bin_of, second))
    assert added == Counter(map(bin_of, values))


@given(value=st.integers(1, 10**9))
def test_the_bins_are_those_of_ddsketch(value: int) -> None:
    assert bin_of(value) == LogarithmicMapping(RELATIVE_ERROR).key(value)


def test_no_values_have_no_quantile() -> None:
    assert quantile({}, 0.5) is None
