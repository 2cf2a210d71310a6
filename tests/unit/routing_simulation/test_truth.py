"""Where a closed form exists, the simulated centre agrees with it: Erlang C without impatience, Erlang A with it.

The closed form must lie within the 95 % confidence interval over replications, and the interval must be narrow enough
to mean something. Seeds are fixed; over many seeds each interval misses in one of twenty, as it should.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from services.routing.simulation.erlang import erlang_a, erlang_c
from services.routing.simulation.replication import Outcome, play
from services.routing.simulation.student import Estimate, estimate
from tests.unit.routing_simulation.scenes import markov

SERVICE = 180.0
TARGET = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """`customers` are counted in each replication, after as many services' time as `warm_up` says."""

    erlangs: float
    servers: int
    patience: float = 0.0
    customers: int = 4_000
    warm_up: float = 20.0
    replications: int = 8
    seed: int = 2

    def __str__(self) -> str:
        return f"{self.erlangs:g} erlangs on {self.servers}" + (
            f", patience {self.patience:g}" if self.patience else ""
        )

    def truth(self) -> dict[str, float]:
        if self.patience:
            a = erlang_a(
                load=self.erlangs, servers=self.servers, service_seconds=SERVICE, patience_seconds=self.patience
            )
            return {
                "delayed": a.delayed,
                "in_target": a.answered_within(TARGET),
                "wait": a.wait_seconds,
                "abandoned": a.abandoned,
            }
        c = erlang_c(load=self.erlangs, servers=self.servers, service_seconds=SERVICE)
        return {
            "delayed": c.delayed,
            "in_target": c.within(TARGET),
            "wait": c.asa_seconds,
        }

    def played(self) -> list[Outcome]:
        hours = (self.customers / self.erlangs + self.warm_up) * SERVICE / 3_600
        scenario = markov(
            load=self.erlangs,
            servers=self.servers,
            service=SERVICE,
            patience=self.patience,
            hours=hours,
            warm_up=self.warm_up * SERVICE / 3_600,
            target=TARGET,
        )
        return [play(scenario, seed=self.seed, replication=number) for number in range(1, self.replications + 1)]


def delayed(outcome: Outcome) -> float:
    tally = outcome.queues["front", "voice"]
    return 1 - sum(wait == 0 for wait in tally.waits) / tally.total().counters["offered"]


def in_target(outcome: Outcome) -> float:
    counters = outcome.queues["front", "voice"].total().counters
    return counters["answered_in_target"] / counters["offered"]


def wait(outcome: Outcome) -> float:
    total = outcome.queues["front", "voice"].total()
    return (total.time["wait_answered"] + total.time["wait_abandoned"]) / 1000 / total.counters["offered"]


def abandoned(outcome: Outcome) -> float:
    counters = outcome.queues["front", "voice"].total().counters
    return counters["abandoned"] / counters["offered"]


MEASURES: dict[str, Callable[[Outcome], float]] = {
    "delayed": delayed,
    "in_target": in_target,
    "wait": wait,
    "abandoned": abandoned,
}
#: Widest half of an interval that is still worth checking, as a share of 1 or, for waits, of the closed form.
WIDEST = {"delayed": 0.08, "in_target": 0.05, "wait": 0.5, "abandoned": 0.03}

LOADS = [
    Load(erlangs=0.6, servers=1, customers=6_000, warm_up=50),
    Load(erlangs=3.5, servers=5),
    Load(erlangs=10, servers=14),
    Load(erlangs=48, servers=55),
    Load(erlangs=1.5, servers=1, patience=60),
    Load(erlangs=12, servers=10, patience=60),
    Load(erlangs=10, servers=10, patience=120),
    Load(erlangs=60, servers=55, patience=100),
    Load(erlangs=1_050, servers=1_000, patience=120, customers=12_000, warm_up=7, replications=6),
]


@pytest.mark.parametrize("load", LOADS, ids=str)
def test_the_closed_form_lies_within_the_confidence_interval(load: Load) -> None:
    outcomes = load.played()
    found = {name: estimate([MEASURES[name](each) for each in outcomes]) for name in MEASURES}
    truth = load.truth()
    missed = {name: (value, found[name]) for name, value in truth.items() if not _holds(found[name], value)}
    assert not missed
    for name, widest in WIDEST.items():
        scale = truth["wait"] if name == "wait" else 1.0
        assert _half(found[name]) <= widest * scale, (name, found[name])


def _holds(found: Estimate, truth: float) -> bool:
    assert found.low is not None
    assert found.high is not None
    return found.low <= truth <= found.high


def _half(found: Estimate) -> float:
    assert found.high is not None
    return found.high - found.mean
