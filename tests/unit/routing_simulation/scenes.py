"""Scenarios in as few words as a test needs."""

from collections.abc import Mapping
from typing import Any

from services.routing.simulation.reading import read_scenario
from services.routing.simulation.scenario import Scenario

Plain = dict[str, Any]

HOUR = 3_600.0


def exponential(mean: float) -> Plain:
    return {"distribution": "exponential", "mean_seconds": mean}


def queue(name: str = "front", **fields: Any) -> Plain:
    """A queue where a contact takes a minute."""
    return {"id": name, "handling": {"talk": 60}} | fields


def group(name: str = "all", *queues: str, staff: int | list[int] = 1, **fields: Any) -> Plain:
    staffing = staff if isinstance(staff, list) else [staff]
    return {"id": name, "queues": list(queues) or ["front"], "staff": staffing} | fields


def coming(*seconds: float, **fields: Any) -> list[Plain]:
    """Customers at exact instants."""
    return [{"at_seconds": list(seconds)} | fields]


def plain(*queues: Plain, groups: list[Plain] | None = None, **fields: Any) -> Plain:
    whole: Mapping[str, Any] = {"open_seconds": HOUR, "replications": 1, "queues": list(queues) or [queue()]}
    staff = {"groups": [group()] if groups is None else groups}
    return {**whole, **staff, **fields}


def scenario(*queues: Plain, groups: list[Plain] | None = None, **fields: Any) -> Scenario:
    return read_scenario(plain(*queues, groups=groups, **fields))


def markov(
    *, load: float, servers: int, service: float, hours: float, warm_up: float, target: float, patience: float = 0.0
) -> Scenario:
    """One queue with Poisson arrivals, exponential service and, where given, exponential patience."""
    more: Plain = {"patience": exponential(patience)} if patience else {}
    arrivals = [{"rates_per_hour": [HOUR * load / service], "period_seconds": hours * HOUR}]
    front = queue(handling={"talk": exponential(service)}, arrivals=arrivals, target_seconds=target, **more)
    times = {"open_seconds": hours * HOUR, "warm_up_seconds": warm_up * HOUR, "closing_seconds": 24 * HOUR}
    return scenario(front, groups=[group(staff=servers)], **times)
