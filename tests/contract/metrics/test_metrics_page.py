"""Every metric is declared with its help, named by the rules, and on the page operators read."""

import re

import pytest
from prometheus_client import CollectorRegistry, Counter

from tests.contract.metrics.page import PAGE, SERVICES, current, declared, registry_of

FORBIDDEN_LABELS = {"tenant", "agent", "agent_id", "contact", "contact_id", "customer", "path", "url", "subject"}


async def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text() == await current(), "run `make metrics`"


@pytest.mark.parametrize("service", SERVICES)
async def test_metrics_are_named_by_the_rules(service: str) -> None:
    for name, kind, labels, meaning in declared(registry_of(service)).values():
        assert re.fullmatch(r"switchyard_[a-z0-9_]+", name), name
        assert len(meaning) > 10, name
        assert not FORBIDDEN_LABELS & set(labels), f"{name} would have a time series for each {labels}"
        assert kind != "counter" or name.endswith("_total")


def test_a_metric_on_the_registry_is_seen() -> None:
    registry = CollectorRegistry()
    Counter("switchyard_planted", "A planted metric.", ["tenant"], registry=registry)
    assert declared(registry)["switchyard_planted_total"][2] == ("tenant",)
