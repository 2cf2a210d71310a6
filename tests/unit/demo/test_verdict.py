"""One off anywhere is a difference, on whichever side it stands."""

from collections import Counter
from io import StringIO

import pytest
from rich.console import Console

from cli.demo.figures import PlatformFigures
from cli.demo.ledger import Ledger
from cli.demo.recount import Figure, Recount
from cli.demo.verdict import COUNTED_AGAIN, TIMES, differences, show

LINE = ("billing", "chat")


def _sides() -> tuple[Ledger, Recount, PlatformFigures]:
    """One served customer, told alike by all three sides."""
    ledger = Ledger()
    ledger.arrived("ann", channel="chat", queue="billing")
    ledger.accepted("ann", "cnt_1")
    counts: Counter[Figure] = Counter({("offered", *LINE): 1, ("answered", *LINE): 1, ("answered_in_target", *LINE): 1})
    milliseconds: Counter[Figure] = Counter({("talk", *LINE): 61_001})
    spent = Counter({("ada", "busy"): 61_001, ("ada", "offline"): 5})
    recount = Recount(counts=Counter(counts), milliseconds=Counter(milliseconds), agent_milliseconds=Counter(spent))
    platform = PlatformFigures(counts=counts, milliseconds=milliseconds, agent_milliseconds=spent)
    return ledger, recount, platform


def test_sides_that_say_the_same_do_not_differ() -> None:
    assert differences(*_sides()) == []
    assert show(_silent(), *_sides())


def test_an_act_that_the_platform_did_not_count_is_a_difference() -> None:
    ledger, recount, platform = _sides()
    ledger.arrived("bob", channel="chat", queue="billing")
    (difference,) = differences(ledger, recount, platform)
    assert (difference.figure, difference.expected, difference.platform) == ("offered (acts)", 2, 1)
    assert not show(_silent(), ledger, recount, platform)


@pytest.mark.parametrize("figure", COUNTED_AGAIN)
def test_one_event_too_many_or_too_few_is_a_difference(figure: str) -> None:
    for change in (1, -1):
        ledger, recount, platform = _sides()
        recount.counts[(figure, *LINE)] += change
        assert f"{figure} (events)" in [each.figure for each in differences(ledger, recount, platform)]


@pytest.mark.parametrize("figure", TIMES)
def test_a_millisecond_is_a_difference(figure: str) -> None:
    ledger, recount, platform = _sides()
    platform.milliseconds[(figure, *LINE)] += 1
    assert [each.figure for each in differences(ledger, recount, platform)] == [f"{figure} (events, ms)"]


def test_a_millisecond_of_an_agent_is_a_difference_unless_they_were_offline() -> None:
    ledger, recount, platform = _sides()
    platform.agent_milliseconds[("ada", "offline")] += 1
    assert differences(ledger, recount, platform) == []
    platform.agent_milliseconds[("ada", "busy")] += 1
    assert [each.about for each in differences(ledger, recount, platform)] == ["ada"]


def test_a_lost_event_or_a_wrong_share_fails_the_run_though_every_count_is_equal() -> None:
    ledger, recount, platform = _sides()
    recount.gaps.append("/demo/pool: 2 is followed by 4")
    assert not show(_silent(), ledger, recount, platform)
    ledger, recount, platform = _sides()
    platform.wrong_shares.append("12:00 billing: platform 0.5, formula 0.6")
    assert not show(_silent(), ledger, recount, platform)


def _silent() -> Console:
    return Console(file=StringIO())
