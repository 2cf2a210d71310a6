"""Every rule that a queue can have is played; what the settings at the door refuse is refused here too."""

import pytest

from services.routing.adapters.cel_expressions import CelExpressions
from services.routing.adapters.simulated_pool import pools_with
from services.routing.simulation.reading import ScenarioInvalid, read_scenario
from services.routing.simulation.replication import play
from services.routing.simulation.scenario import Scenario
from tests.unit.routing_simulation.scenes import Plain, coming, group, plain, queue

BACK = queue("back")


def counters(made: Scenario, name: str = "front") -> dict[str, int]:
    outcome = play(made, seed=1, checked=True, new_pool=pools_with(CelExpressions()))
    return dict(outcome.queues[name, "voice"].total().counters)


def with_rules(*others: Plain, staff: int = 1, **rules: object) -> Scenario:
    fields: Plain = {"handling": {"talk": 600}, "arrivals": coming(0, 1, 2), **rules}
    written = plain(
        queue(**fields), *others, groups=[group("all", "front", *(each["id"] for each in others), staff=staff)]
    )
    return read_scenario(written, CelExpressions())


def test_a_step_lets_contacts_go_to_voicemail() -> None:
    found = counters(with_rules(steps=[{"after_seconds": 30, "then": {"last_step": "voicemail"}}]))
    assert (found["answered"], found["flowed_out"]) == (1, 2)


def test_an_overflow_sends_contacts_to_another_queue() -> None:
    made = with_rules(BACK, overflows=[{"on": "length", "limit": 1, "then": {"to_queue": "back"}}])
    assert counters(made)["flowed_out"] == 1
    assert counters(made, "back")["offered"] == 1


def test_a_step_may_ask_agents_by_name_and_sites_where_somebody_is() -> None:
    steps = [{"after_seconds": 30, "add_agents": ["all-1"], "add_sites": ["north"]}]
    made = plain(queue(steps=steps, arrivals=coming(0)), groups=[group("all", "front", site="north")])
    assert counters(read_scenario(made, CelExpressions()))["answered"] == 1


def test_an_expression_decides_who_is_asked() -> None:
    assert counters(with_rules(agent_rule='agent.team == "all"'))["answered"] == 3
    assert "answered" not in counters(with_rules(agent_rule='agent.team == "others"'))


def test_a_contact_rings_at_several_agents_and_one_has_it() -> None:
    found = counters(with_rules(staff=3, channel_offers={"voice": {"at_once": 3}}))
    assert found["answered"] == 3
    assert found["offers"] > 3


def test_offers_may_be_accepted_by_themselves() -> None:
    made = with_rules(channel_offers={"voice": {"auto_accept": True}})
    assert counters(made)["answered"] == 3


@pytest.mark.parametrize(
    ("rules", "pointer"),
    [
        ({"choice": "tallest"}, "/queues/0/choice"),
        ({"steps": [{"after_seconds": 5, "then": {"last_step": "dance"}}]}, "/queues/0/steps/0/then/last_step"),
        ({"steps": [{"after_seconds": 5, "add_agents": ["nobody"]}]}, "/queues/0/steps/0/add_agents/0"),
        ({"steps": [{"after_seconds": 5, "add_sites": ["mars"]}]}, "/queues/0/steps/0/add_sites/0"),
        ({"overflows": [{"on": "flood", "then": {"last_step": "voicemail"}}]}, "/queues/0/overflows/0/on"),
        ({"opening": {"time_zone": "Mars/Olympus", "weekly": []}}, "/queues/0/opening/time_zone"),
        ({"agent_rule": "agent.team + 1"}, "/queues/0/agent_rule"),
        ({"steps": [{"after_seconds": 5, "raise_priority": 1, "when": "nonsense("}]}, "/queues/0/steps/0/when"),
        ({"steps": [{"after_seconds": 5}]}, "/queues/0/steps/0"),
        ({"steps": [{"after_seconds": -5, "raise_priority": 1}]}, "/queues/0/steps/0/after_seconds"),
        ({"steps": [{"after_seconds": 5, "then": {"to_queue": "front"}}]}, "/queues/0/steps/0/then/to_queue"),
        ({"steps": [{"after_seconds": 5, "then": {"to_queue": "nowhere"}}]}, "/queues/0/steps/0/then/to_queue"),
    ],
)
def test_rules_that_cannot_be_are_refused(rules: Plain, pointer: str) -> None:
    with pytest.raises(ScenarioInvalid) as refused:
        with_rules(**rules)
    assert [fault.pointer for fault in refused.value.faults] == [pointer]
