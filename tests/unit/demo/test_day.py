"""Who calls when: counts of a real day, thinned and spread, the same for the same seed."""

from datetime import date, time

import pytest

from cli.demo.day import CHANNEL_MIX, UnknownDayError, Window, arrivals, busiest_hour, counts_of, total_in

WEDNESDAY = date(2003, 3, 5)
MORNING = Window(day=WEDNESDAY, start=time(10), end=time(11))


def test_a_recorded_day_has_the_banks_volume() -> None:
    assert 30_000 < sum(counts_of(WEDNESDAY).values()) < 35_000


def test_a_day_that_was_not_recorded_is_refused_with_those_that_were() -> None:
    with pytest.raises(UnknownDayError, match="2003-03-05"):
        counts_of(date(2004, 1, 1))


def test_the_busiest_hour_is_the_one_with_the_most_calls() -> None:
    counts = {time(9): 5, time(9, 55): 5, time(10): 7, time(10, 30): 4, time(11): 9}
    assert busiest_hour(counts) == (time(10), time(11))


def test_every_call_of_the_window_comes_when_nothing_is_thinned_out() -> None:
    counts = counts_of(WEDNESDAY)
    crowd = arrivals(counts, MORNING, share=1.0, seed=1)
    assert len(crowd) == total_in(counts, MORNING)
    assert [each.number for each in crowd] == list(range(1, len(crowd) + 1))


def test_customers_come_in_order_and_within_the_window() -> None:
    moments = [each.at_seconds for each in arrivals(counts_of(WEDNESDAY), MORNING, share=0.2, seed=1)]
    assert moments == sorted(moments)
    assert 0 <= moments[0] <= moments[-1] < MORNING.seconds


def test_the_same_seed_gives_the_same_crowd_and_another_seed_another() -> None:
    counts = counts_of(WEDNESDAY)
    first, again, other = (arrivals(counts, MORNING, share=0.1, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_thinning_keeps_about_its_share_and_the_mix_of_channels() -> None:
    counts = counts_of(WEDNESDAY)
    crowd = arrivals(counts, MORNING, share=0.5, seed=3)
    assert len(crowd) == pytest.approx(total_in(counts, MORNING) / 2, rel=0.1)
    for channel, share in CHANNEL_MIX.items():
        assert sum(each.channel == channel for each in crowd) / len(crowd) == pytest.approx(share, abs=0.05)
