"""One trace shows a contact's way through all six services."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tests.e2e.floor import Floor
from tests.e2e.platform import Platform
from tests.e2e.polling import eventually
from tests.e2e.whole_contact import whole_contact

SERVICES = {"gateway", "routing", "ticketing", "quality", "notify", "analytics"}
Span = dict[str, Any]


async def test_one_trace_shows_all_six_services_for_one_contact(floor: Floor) -> None:
    contact = (await whole_contact(floor)).id

    async def whole() -> list[Span] | None:
        traces = _traces_of(floor.platform, contact)
        return next((spans for spans in traces if _services(spans) >= SERVICES and not _orphans(spans)), None)

    spans = await eventually(whole, f"one trace of {contact} with {', '.join(sorted(SERVICES))} and no parent missing")
    assert [span["name"] for span in spans if span["status"] == "ERROR"] == []


def _traces_of(platform: Platform, contact: str) -> list[list[Span]]:
    """Every trace in which a message of the contact was handled."""
    traces: dict[str, list[Span]] = defaultdict(list)
    about: set[str] = set()
    for span in _spans(platform):
        traces[span["trace_id"]].append(span)
        if span["attributes"].get("messaging.message.conversation_id") == contact:
            about.add(span["trace_id"])
    return [traces[trace] for trace in about]


def _spans(platform: Platform) -> Iterator[Span]:
    with platform.traces.open() as lines:
        for line in lines:
            if line.endswith("\n"):  # the last may be half written
                yield json.loads(line)


def _services(spans: list[Span]) -> set[str]:
    return {span["service"] for span in spans}


def _orphans(spans: list[Span]) -> list[Span]:
    known = {span["span_id"] for span in spans}
    return [span for span in spans if span["parent_id"] and span["parent_id"] not in known]
