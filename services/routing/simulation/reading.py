"""A scenario from plain data, with every field at fault named at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.routing.domain.expressions import NO_EXPRESSIONS, Expressions
from services.routing.simulation.checks import faults_of
from services.routing.simulation.reader import Fault, Reader
from services.routing.simulation.rule_checks import NOWHERE, Elsewhere, rule_faults
from services.routing.simulation.scenario import Scenario


class ScenarioInvalid(Exception):
    """The scenario cannot be simulated as it is; `faults` name the fields and what to do."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.pointer or '/'} {fault.detail}" for fault in faults))
        self.faults = tuple(faults)


def read_scenario(
    plain: Mapping[str, Any], expressions: Expressions = NO_EXPRESSIONS, elsewhere: Elsewhere = NOWHERE
) -> Scenario:
    """Read a scenario as YAML or JSON gives it; `expressions` check those of the rules. Raises ScenarioInvalid."""
    reader = Reader()
    scenario = reader.read(Scenario, plain, "")
    faults = reader.faults or [*faults_of(scenario), *rule_faults(scenario, expressions, elsewhere)]
    if faults:
        raise ScenarioInvalid(faults)
    made: Scenario = scenario
    return made
