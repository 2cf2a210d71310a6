"""The pace scales every duration alike, and the share is what the agents carry."""

import random

import pytest

from cli.demo.day import CHANNEL_MIX
from cli.demo.plan import Pace, share_for


def test_every_duration_is_scaled_alike() -> None:
    assert Pace(speed=20).scaled(60) == 3
    assert 5 <= Pace(speed=2).between((10, 20), random.Random(1)) <= 10


def test_no_customer_stretches_the_day_beyond_four_means() -> None:
    chance = random.Random(1)
    assert max(Pace(speed=10).around(100, chance) for _ in range(10_000)) == 40


def test_twice_the_agents_carry_twice_the_calls() -> None:
    one, two = (share_for(agents, calls=3_000, window_seconds=3_600, mix=CHANNEL_MIX) for agents in (8, 16))
    assert two == pytest.approx(2 * one)


def test_nobody_is_invented_where_there_are_agents_enough() -> None:
    assert share_for(30, calls=3, window_seconds=3_600, mix=CHANNEL_MIX) == 1
    assert share_for(30, calls=0, window_seconds=3_600, mix=CHANNEL_MIX) == 1
