"""docs/metrics.md as it follows from what the services declare; `python -m tests.contract.metrics.page` writes it."""

import asyncio
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

from switchyard.eventing.consumer_metrics import consumer_metrics
from switchyard.kafka.publisher import KafkaPublisher
from switchyard.mongo.client import connect
from switchyard.service import telemetry
from switchyard.service.health import Health
from switchyard.service.running import Resources

SERVICES = ("gateway", "routing", "ticketing", "quality", "notify", "analytics")
PAGE = Path(__file__).resolve().parents[3] / "docs" / "metrics.md"
HEAD = """\
# Metrics

What `/metrics` of each service tells, in Prometheus' text format. This page is made from what the services declare
(`make metrics`), and a test compares them. No label holds a tenant, an agent or a contact: each value would be a time
series of its own, and exposing ten thousand of them blocks the process.
Beside these, every process has the usual `process_*` and `python_gc_*`.
"""

Row = tuple[str, str, tuple[str, ...], str]


def declared(registry: CollectorRegistry) -> dict[str, Row]:
    """Return the registry's own metrics by name: name as exposed, kind, labels, help."""
    collectors = {each for each in registry._collector_to_names if isinstance(each, MetricWrapperBase)}
    rows: dict[str, Row] = {}
    for metric in collectors:
        kind = str(metric._type)
        name = metric._name + ("_total" if kind == "counter" else "")
        rows[name] = (name, kind, tuple(metric._labelnames), metric._documentation)
    return rows


def registry_of(service: str) -> CollectorRegistry:
    """Declare everything that the running service declares."""
    settings = importlib.import_module(f"services.{service}.settings").Settings()
    client = connect(settings.mongo)
    resources = Resources(
        publisher=KafkaPublisher(settings.kafka),
        database=client[settings.database],
        kafka=settings.kafka,
        telemetry=telemetry.setup(service, settings),
        health=Health(),
    )
    importlib.import_module(f"services.{service}.bootstrap").build(settings, resources)
    consumer_metrics(resources.registry)
    return resources.registry


def page(metrics: dict[str, dict[str, Row]]) -> str:
    """Write what all have once, and then each service's own."""
    everywhere = set.intersection(*(set(rows) for rows in metrics.values()))
    first = next(iter(metrics.values()))
    lines = [HEAD, "## Every service", *table(first[name] for name in sorted(everywhere))]
    for service, rows in metrics.items():
        own = sorted(set(rows) - everywhere)
        if own:
            lines += ["", f"## {service}", *table(rows[name] for name in own)]
    return "\n".join(lines) + "\n"


def table(rows: Iterator[Row]) -> Iterator[str]:
    yield "| metric | kind | labels | meaning |"
    yield "|---|---|---|---|"
    for name, kind, labels, meaning in rows:
        yield f"| `{name}` | {kind} | {', '.join(labels)} | {meaning} |"


async def current() -> str:
    """Return the page for the services as they are."""
    return page({service: declared(registry_of(service)) for service in SERVICES})


if __name__ == "__main__":
    PAGE.write_text(asyncio.run(current()))
    sys.stdout.write(f"{PAGE} written\n")
