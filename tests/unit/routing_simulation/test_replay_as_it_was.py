"""An unchanged replay comes near to what really happened, and covers the same span."""

from collections.abc import Mapping
from typing import Any

import pytest

from services.routing.simulation.replaying import Replay
from services.routing.simulation.scenario import Scenario, SimulatedQueue
from services.routing.simulation.simulating import simulate
from services.routing.simulation.spreads import Samples
from tests.unit.routing_simulation.recorded_days import replayed
from tests.unit.routing_simulation.scenes import HOUR, Plain, coming, exponential, group, queue, scenario


def uniform(low: float, high: float) -> Plain:
    return {"distribution": "uniform", "low_seconds": low, "high_seconds": high}


def unruly_day() -> Scenario:
    """Agents let a tenth of their offers ring and are away for five minutes then; the queues ring differently long."""
    front = queue(
        handling={"talk": exponential(150), "wrap_up": exponential(30)},
        arrivals=[{"rates_per_hour": [150] * 8}],
        patience=exponential(120),
        ring_seconds=10,
    )
    back = queue(
        "back",
        handling={"talk": exponential(300), "wrap_up": exponential(60)},
        arrivals=[{"rates_per_hour": [40] * 8}],
        patience=exponential(240),
        ring_seconds=45,
        target_seconds=30,
    )
    missing: Plain = {"lets_ring": 0.1, "back_after_seconds": 300}
    quick = group("quick", staff=10, acceptance={"delay": uniform(2, 6)} | missing)
    slow = group("slow", "back", staff=6, acceptance={"delay": uniform(10, 20)} | missing)
    return scenario(front, back, groups=[quick, slow], open_seconds=4 * HOUR)


def rows(found: Plain) -> Mapping[str, Any]:
    return {f"{row['queue']}/{row['channel']}": row for row in found["queues"]}


@pytest.mark.parametrize("name", ["front/voice", "back/voice"])
def test_what_really_happened_lies_within_the_interval_of_an_unchanged_replay(name: str) -> None:
    replay = replayed(unruly_day(), {"replications": 10}, seed=2)
    real, played = (rows(found)[name] for found in (replay.real, simulate(replay.scenario)))
    figures = [("counters", each) for each in ("answered", "abandoned", "offers_timed_out", "waiting")]
    figures += [("service_level", "answered_over_offered"), ("rates", "asa_seconds"), ("rates", "aht_seconds")]
    missed = {
        each: (real[family][each]["mean"], played[family][each])
        for family, each in figures
        if not played[family][each]["low"] <= real[family][each]["mean"] <= played[family][each]["high"]
    }
    assert not missed
    assert played["counters"]["offered"]["mean"] == real["counters"]["offered"]["mean"]


def replayed_queue(replay: Replay, queue_id: str = "front", channel: str = "voice") -> SimulatedQueue:
    return next(each.on(channel) for each in replay.scenario.queues if each.id == queue_id)


def test_the_way_back_after_a_missed_offer_is_the_days_own() -> None:
    back = replayed_queue(replayed(unruly_day())).acceptance.back_after_seconds
    assert isinstance(back, Samples)
    assert set(back.samples_seconds) == {300.0}


def test_offers_are_taken_as_in_their_queue_and_channel() -> None:
    chats = coming(*range(0, 3_000, 60), channel="chat")
    front = queue(
        arrivals=[*coming(*range(0, 3_000, 60)), *chats],
        by_channel={"voice": {"acceptance": {"delay": 3}}, "chat": {"acceptance": {"delay": 9, "lets_ring": 0.5}}},
        ring_seconds=15,
    )
    few = queue("few", arrivals=coming(5, 10), acceptance={"delay": 1})
    replay = replayed(scenario(front, few, groups=[group("all", "front", "few", staff=8)]))
    voice, chat, rare = (
        replayed_queue(replay, *place).acceptance for place in (("front", "voice"), ("front", "chat"), ("few", "voice"))
    )
    assert (voice.delay, voice.lets_ring) == (Samples(samples_seconds=(3.0,), weights=(1.0,)), 0)
    assert isinstance(chat.delay, Samples)
    assert chat.delay.samples_seconds == (9.0,)
    assert 0.3 < chat.lets_ring < 0.7
    assert isinstance(rare.delay, Samples)
    assert set(rare.delay.samples_seconds) == {1.0, 3.0, 9.0}


def test_who_asked_to_be_called_back_and_was_not_reached_is_replayed() -> None:
    front = queue(
        handling={"talk": exponential(100)},
        arrivals=[{"rates_per_hour": [150] * 4}],
        patience=exponential(400),
        callback={"asks": 0.4, "after_seconds": uniform(20, 90), "answers": 0.5},
        callbacks={"retry_after_seconds": 300},
    )
    replay = replayed(scenario(front, groups=[group(staff=4)], open_seconds=2 * HOUR), {"replications": 6})
    callback = replayed_queue(replay).callback
    assert callback.asks == pytest.approx(0.4, abs=0.1)
    assert callback.answers == pytest.approx(0.5, abs=0.1)
    real, played = (rows(found)["front/voice"]["counters"] for found in (replay.real, simulate(replay.scenario)))
    for name in ("callback_requested", "callback_attempts", "callback_not_reached"):
        assert played[name]["mean"] == pytest.approx(real[name]["mean"], rel=0.15), name


def test_a_conversation_that_is_still_open_at_the_end_is_a_long_one() -> None:
    """Of two kinds of talk only the short ones are over; as many are long."""
    talk = {"distribution": "samples", "samples_seconds": [60, 10_000]}
    front = queue(handling={"talk": talk}, arrivals=coming(*range(0, 3_000, 30)))
    handling = replayed_queue(replayed(scenario(front, groups=[group(staff=100)]))).handling
    assert isinstance(handling.talk, Samples)
    assert handling.talk.weights[0] == pytest.approx(0.5, abs=0.15)
    assert handling.talk.samples_seconds[-1] > 3_000


def test_a_replay_ends_where_the_day_does_so_who_waits_then_waits_on_both_sides() -> None:
    crowd = scenario(queue(handling={"talk": 1_000}, arrivals=coming(*range(10))))
    replay = replayed(crowd)
    found = simulate(replay.scenario)
    assert found["to"] == "2026-01-05T01:00:00.000Z"
    waiting = [rows(each)["front/voice"]["counters"]["waiting"]["mean"] for each in (replay.real, found)]
    assert waiting == [6, 6]
    longer = simulate(replayed(crowd, {"closing_seconds": 7_200}).scenario)
    assert rows(longer)["front/voice"]["counters"]["waiting"]["mean"] == 0


def test_what_changes_for_a_queue_holds_on_all_its_channels() -> None:
    made = scenario(queue(arrivals=[*coming(0, 1), *coming(2, channel="chat")], handling={"talk": 100}))
    changes: Plain = {"handling": {"talk": 7}, "by_channel": {"chat": {"patience": 50}}}
    replay = replayed(made, {"queues": {"front": changes}})
    found = rows(simulate(replay.scenario, replications=1))
    assert [found[f"front/{channel}"]["time_seconds"]["talk"]["mean"] for channel in ("voice", "chat")] == [14, 7]
    assert replayed_queue(replay, channel="chat").patience is not None
    assert replayed_queue(replay).patience is None
