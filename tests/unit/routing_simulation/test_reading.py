"""What may be written in a scenario, and what is said of what may not."""

from dataclasses import dataclass
from typing import Any

import pytest

from services.routing.domain.settings import ChannelTarget, QueueRules, SkillLevel
from services.routing.simulation.mentions import QUEUE, mentioned
from services.routing.simulation.reader import Reader
from services.routing.simulation.reading import ScenarioInvalid, read_scenario
from services.routing.simulation.scenario import NO_WRAP_UP_LIMIT
from services.routing.simulation.spreads import Constant, Exponential
from tests.unit.routing_simulation.scenes import Plain, coming, group, plain, queue

UPSIDE_DOWN = {"distribution": "uniform", "low_seconds": 9, "high_seconds": 3}


def faults(scenario: Plain) -> dict[str, str]:
    with pytest.raises(ScenarioInvalid) as refused:
        read_scenario(scenario)
    return {fault.pointer: fault.detail for fault in refused.value.faults}


def test_a_queue_carries_any_of_its_rules_as_they_are_written_at_the_door() -> None:
    skills = [{"skill": "english", "level": 3}]
    more: Plain = {"priority": 4, "ring_seconds": 12, "required_skills": skills, "channel_targets": {"voice": 30}}
    crew = group(skills=[{"skill_id": "english", "level": 3}])
    rules = read_scenario(plain(queue(**more), groups=[crew])).queues[0].rules
    assert (rules.priority, rules.ring_seconds) == (4, 12.0)
    assert rules.required_skills == (SkillLevel(skill_id="english", level=3),)
    assert rules.channel_targets == (ChannelTarget(channel="voice", target_seconds=30.0),)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelaxSkill:
    after_seconds: float
    skill_id: str
    by: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AddQueues:
    after_seconds: float
    add_queue_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesOfTomorrow:
    queue_id: str
    steps: tuple[RelaxSkill | AddQueues, ...] = ()
    sticky: bool = False


def test_a_rule_that_the_engine_gets_tomorrow_can_be_written_without_new_code() -> None:
    reader = Reader()
    steps = [{"after_seconds": 30, "skill": "english"}, {"after_seconds": 60, "add_queues": ["b", "c"]}]
    read = reader.read(RulesOfTomorrow, {"queue": "a", "sticky": True, "steps": steps}, "")
    first = RelaxSkill(after_seconds=30.0, skill_id="english")
    second = AddQueues(after_seconds=60.0, add_queue_ids=("b", "c"))
    assert read == RulesOfTomorrow(queue_id="a", sticky=True, steps=(first, second))
    reader.read(RulesOfTomorrow, {"queue": "a", "steps": [{"after_seconds": -30, "skill": "english"}]}, "")
    assert [fault.pointer for fault in reader.faults] == ["/steps/0/after_seconds"]


def test_queues_that_rules_name_are_found_whatever_the_rules() -> None:
    steps = (AddQueues(after_seconds=60.0, add_queue_ids=("b", "c")), RelaxSkill(after_seconds=30.0, skill_id="x"))
    rules = RulesOfTomorrow(queue_id="a", steps=steps)
    named = [("/queue_id", "a"), ("/steps/0/add_queue_ids/0", "b"), ("/steps/0/add_queue_ids/1", "c")]
    assert list(mentioned(QUEUE, rules)) == named


def test_what_is_left_out_has_the_defaults_of_production_except_the_limit_of_wrap_up() -> None:
    scenario = read_scenario(plain())
    rules, profile = scenario.queues[0].rules, scenario.groups[0].profile
    assert rules == QueueRules(queue_id="", version=1, wrap_up_seconds=NO_WRAP_UP_LIMIT)
    assert {each.channel: each.most for each in profile.channels} == {"voice": 1, "chat": 3, "sms": 5, "email": 5}


def test_a_number_alone_is_a_constant_and_a_mapping_names_its_distribution() -> None:
    handling = (
        read_scenario(
            plain(queue(handling={"talk": {"distribution": "exponential", "mean_seconds": 90}, "wrap_up": 15}))
        )
        .queues[0]
        .handling
    )
    assert (handling.talk, handling.wrap_up) == (Exponential(mean_seconds=90.0), Constant(seconds=15.0))


@pytest.mark.parametrize(
    ("fields", "pointer", "says"),
    [
        ({"open_seconds": -5}, "/open_seconds", "at least 0.001"),
        ({"open_seconds": 0.0001}, "/open_seconds", "at least 0.001"),
        ({"open_seconds": 10**400}, "/open_seconds", "finite number"),
        ({"open_seconds": 10**5_000}, "/open_seconds", "finite number"),
        ({"lines": 10**400}, "/lines", "at most"),
        ({"begins_at": "9999-12-31T23:59:59"}, "/begins_at", "1970 to 2999"),
        ({"begins_at": "0001-01-01T00:00:00+14:00"}, "/begins_at", "1970 to 2999"),
        ({"open_seconds": "all day"}, "/open_seconds", "finite number"),
        ({"open_seconds": float("nan")}, "/open_seconds", "finite number"),
        ({"warm_up_seconds": 7_200}, "/warm_up_seconds", "shorter than open_seconds"),
        ({"replications": 0}, "/replications", "at least 1"),
        ({"replications": True}, "/replications", "whole number"),
        ({"begins_at": "yesterday"}, "/begins_at", "2026-01-05T08:00:00"),
        ({"lines": 0}, "/lines", "at least 1"),
        ({"sed": 3}, "/sed", "known are"),
        ({"queues": []}, "/queues", "1 to 500"),
        ({"queues": "front"}, "/queues", "must be a list"),
    ],
)
def test_a_field_at_fault_is_named_with_what_to_do(fields: Plain, pointer: str, says: str) -> None:
    assert says in faults(plain() | fields)[pointer]


@pytest.mark.parametrize(
    ("fields", "pointer", "says"),
    [
        ({"handling": {"talk": -3}}, "/queues/0/handling/talk/seconds", "at least 0"),
        ({"handling": {}}, "/queues/0/handling/talk", "missing"),
        ({"patience": {"distribution": "normal"}}, "/queues/0/patience", "exponential"),
        (
            {"patience": UPSIDE_DOWN},
            "/queues/0/patience/high_seconds",
            "low",
        ),
        ({"ring_seconds": -1}, "/queues/0/ring_seconds", "at least 0"),
        ({"ring_seconds": 0}, "/queues/0/ring_seconds", "at least 0.001"),
        ({"target_seconds": 0}, "/queues/0/target_seconds", "at least 0.001"),
        ({"channel_targets": {"voice": 0}}, "/queues/0/channel_targets/0/target_seconds", "at least 0.001"),
        ({"priority": 10**400}, "/queues/0/priority", "at most 1000"),
        ({"callbacks": {"most_attempts": 0}}, "/queues/0/callbacks/most_attempts", "at least 1"),
        ({"required_skills": [{"skill": "magic", "level": 3}]}, "/queues/0/required_skills", "nobody"),
        ({"required_skills": [{"skill": "magic", "level": 0}]}, "/queues/0/required_skills/0/level", "at least 1"),
        ({"channel": "fax"}, "/queues/0/channel", "taken by nobody"),
        ({"arrivals": [{"counts": [3], "at_seconds": [1]}]}, "/queues/0/arrivals/0", "exactly one"),
        ({"arrivals": [{"counts": [-3]}]}, "/queues/0/arrivals/0/counts/0", "at least 0"),
        ({"arrivals": [{"counts": [2.5], "process": "counted"}]}, "/queues/0/arrivals/0/counts", "whole"),
        ({"arrivals": [{"counts": [3], "period_seconds": 1e-310}]}, "/queues/0/arrivals/0/period_seconds", "0.001"),
        (
            {"patience": {"distribution": "lognormal", "mean_seconds": 1e-300, "sd_seconds": 1}},
            "/queues/0/patience/mean_seconds",
            "0.001",
        ),
        (
            {"patience": {"distribution": "gamma", "mean_seconds": 3, "shape": 1e-320}},
            "/queues/0/patience/shape",
            "0.001",
        ),
        (
            {"patience": {"distribution": "samples", "samples_seconds": [1, 2], "weights": [1, 1e308]}},
            "/queues/0/patience/weights/1",
            "at most 1e+09",
        ),
        (
            {"patience": {"distribution": "by_period", "periods": [1], "period_seconds": 1e-320}},
            "/queues/0/patience/period_seconds",
            "0.001",
        ),
        ({"acceptance": {"rejects": 0.7, "lets_ring": 0.7}}, "/queues/0/acceptance/rejects", "more than 1"),
        ({"by_channel": {"voise": {"patience": 3}}}, "/queues/0/by_channel/voise", "nobody"),
        (
            {"by_channel": {"voice": {"patience": UPSIDE_DOWN}}},
            "/queues/0/by_channel/voice/patience/high_seconds",
            "low",
        ),
        ({"arrivals": coming(9, 3)}, "/queues/0/arrivals/0/at_seconds", "order"),
        ({"arrivals": coming(4_000)}, "/queues/0/arrivals/0/at_seconds", "open_seconds"),
        ({"arrivals": coming(-1)}, "/queues/0/arrivals/0/at_seconds/0", "at least 0"),
        ({"again": {"delay": 60, "after_abandoned": 1.5}}, "/queues/0/again/after_abandoned", "at most 1"),
    ],
)
def test_a_queue_that_cannot_be_simulated_is_refused(fields: Plain, pointer: str, says: str) -> None:
    assert says in faults(plain(queue(**fields)))[pointer]


@pytest.mark.parametrize(
    ("crew", "pointer", "says"),
    [
        (group(staff=-1), "/groups/0/staff/0", "at least 0"),
        (group("all", "nowhere"), "/groups/0/queues/0", "no queue"),
        (group(queue_ranks={"nosuch": 1}), "/groups/0/queue_ranks/nosuch", "does not serve"),
        (group(queue_ranks={"front": -1}), "/groups/0/queue_ranks/0/rank", "at least 1"),
        (group(skills=[{"skill": "a", "level": 1}, {"skill": "a", "level": 2}]), "/groups/0/skills/1", "twice"),
        (group(acceptance={"rejects": 0.7, "lets_ring": 0.7}), "/groups/0/acceptance/rejects", "more than 1"),
        (group(handling={"nowhere": {"talk": 3}}), "/groups/0/handling/nowhere", "no queue"),
        (group(channels={"voice": {"units": 0, "most": 1}}), "/groups/0/channels/0/units", "at least 1"),
        (group(channels={"voice": {"units": 100, "most": 0}}), "/queues/0/channel", "taken by nobody"),
    ],
)
def test_a_group_that_cannot_work_is_refused(crew: Plain, pointer: str, says: str) -> None:
    assert says in faults(plain(groups=[crew]))[pointer]


LATE = [{"from_seconds": 9_000, "to_seconds": 9_900}]


@pytest.mark.parametrize(
    ("staff", "pointer"),
    [
        ({"groups": [group(staff=0)]}, "/groups/0/staff"),
        ({"groups": [group(staff=[0, 0, 0])]}, "/groups/0/staff"),
        ({"groups": [group(staff=[0, 0, 0, 0, 1])]}, "/groups/0/staff"),
        ({"groups": [], "agents": [{"id": "ann", "queues": ["front"], "shifts": LATE}]}, "/agents/0/shifts"),
    ],
)
def test_a_queue_to_whose_agents_nobody_ever_comes_is_refused(staff: Plain, pointer: str) -> None:
    told = faults(plain(period_seconds=1_800, **staff))
    assert set(told) == {pointer}
    assert "front" in told[pointer]


def test_a_group_may_be_empty_where_others_serve_its_queues() -> None:
    assert read_scenario(plain(groups=[group("more", staff=0), group()])).groups[0].staff == (0,)


def test_all_faults_are_told_at_once() -> None:
    told = faults(plain(queue(priority="high", patience=-1), lines=-4, groups=[group() | {"staff": [1.5]}]))
    expected = {"/lines", "/queues/0/priority", "/queues/0/patience/seconds", "/groups/0/staff/0"}
    assert set(told) == expected


def test_shifts_that_overlap_or_end_before_they_begin_are_refused() -> None:
    shifts = [{"from_seconds": 0, "to_seconds": 900}, {"from_seconds": 600, "to_seconds": 500}]
    ann: dict[str, Any] = {"id": "ann", "queues": ["front"], "shifts": shifts}
    assert set(faults(plain(groups=[], agents=[ann]))) == {"/agents/0/shifts/1/to_seconds"}
    ann["shifts"] = [{"from_seconds": 0, "to_seconds": 900}, {"from_seconds": 600, "to_seconds": 1_500}]
    assert set(faults(plain(groups=[], agents=[ann]))) == {"/agents/0/shifts/1/from_seconds"}


@pytest.mark.parametrize(("name", "free"), [("g-1", False), ("g-2", False), ("g-3", True), ("g-01", True), ("g", True)])
def test_an_agent_may_not_have_the_name_of_one_of_a_group(name: str, *, free: bool) -> None:
    """Two of one name would be one agent to the engine, and the other would be lost."""
    written = plain(groups=[group("g", staff=[1, 2])], agents=[{"id": name, "queues": ["front"], "group": "solo"}])
    if free:
        assert read_scenario(written).agents[0].id == name
    else:
        assert set(faults(written)) == {"/agents/0/id"}


def test_a_scenario_without_anybody_to_work_is_refused() -> None:
    assert "/groups" in faults(plain(groups=[]))


def test_two_queues_of_one_name_are_refused() -> None:
    assert set(faults(plain(queue(), queue()))) == {"/queues/0/id", "/queues/1/id"}
