"""A partner follows the centre from outside: with any Kafka client, and over HTTP (P1)."""

import asyncio
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.e2e.floor import Floor
from tests.e2e.platform import Platform
from tests.e2e.server_sent_events import ServerSentEvent, server_sent_events
from tests.e2e.whole_contact import whole_contact

ROOT = Path(__file__).resolve().parents[2]
TOPICS = ("contact-events-v1", "ticket-events-v1", "agent-state-events-v1")
DOOR = "/v1/events?" + "&".join(f"topic={topic}" for topic in TOPICS)
#: What must be told of one contact, the last of it in the end.
TOLD = {"ContactOpened", "LineAdded", "ContactClosed", "TicketOpened", "AgentStateChanged"}


@asynccontextmanager
async def _example(platform: Platform) -> AsyncIterator[asyncio.StreamReader]:
    """What examples/partner.py prints, run as its first lines say."""
    command = ["-m", "examples.partner", platform.endpoints["kafka"], platform.tenant]
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-u", *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, limit=1024 * 1024
    )
    assert child.stdout is not None
    try:
        yield child.stdout
    finally:
        child.terminate()
        await child.wait()


async def test_the_example_prints_contact_ticket_and_agent_events_of_a_contact(floor: Floor) -> None:
    contact = await whole_contact(floor)
    told: set[str] = set()
    async with _example(floor.platform) as output, asyncio.timeout(60):
        while not told >= TOLD:
            line = (await output.readline()).decode()
            assert line, "the example has ended"
            _time, kind, source, sequence, _body = line.split(maxsplit=4)
            assert source.startswith(f"/{floor.platform.tenant}/")
            assert int(sequence) > 0
            if contact.id in line or contact.agent.id in line:
                told.add(kind)


async def test_the_event_stream_tells_json_cloudevents_and_resumes_where_it_broke_off(floor: Floor) -> None:
    partner = {"X-Api-Key": floor.platform.endpoints["api_keys"]["partner"]}
    async with server_sent_events(floor.http, DOOR, partner) as events:
        await anext(events)  # the cursor of now
        contact = await whole_contact(floor)
        first = await _until(events, {"ContactOpened"}, contact.id)
    resumed = {**partner, "Last-Event-ID": first[-1].id}
    async with server_sent_events(floor.http, DOOR, resumed) as events:
        before = _kinds(first, contact.id)
        rest = await _until(events, TOLD - {"AgentStateChanged"} - before, contact.id)
    told = [event.data for event in (*first, *rest) if event.data is not None]
    _check_envelopes(told, floor.platform.tenant)
    _check_sequences(told)
    assert any(event["data"].get("agent_id") == contact.agent.id for event in told)


async def _until(events: AsyncIterator[ServerSentEvent], kinds: set[str], contact: str) -> list[ServerSentEvent]:
    """Everything until each of the kinds has come about the contact; topics keep no order among them."""
    read: list[ServerSentEvent] = []
    async with asyncio.timeout(30):
        async for event in events:
            read.append(event)
            if _kinds(read, contact) >= kinds:
                return read
    raise AssertionError(f"the stream ended before {', '.join(sorted(kinds))}")


def _kinds(events: Iterable[ServerSentEvent], contact: str) -> set[str]:
    told = (event.data for event in events if event.data is not None)
    return {each["type"].rpartition(".")[2] for each in told if each.get("correlationid") == contact}


def _check_envelopes(told: Iterable[dict[str, Any]], tenant: str) -> None:
    for event in told:
        assert event["specversion"] == "1.0"
        assert event["id"] == f"{event['source']}/{event['sequence']}"
        assert (event["tenant"], event["datacontenttype"]) == (tenant, "application/json")


def _check_sequences(told: Iterable[dict[str, Any]]) -> None:
    """Of each source every number once, from the first that was seen; a repeat may come, a gap may not."""
    seen: dict[str, list[int]] = defaultdict(list)
    for event in told:
        if event["sequence"] not in seen[event["source"]]:
            seen[event["source"]].append(event["sequence"])
    for source, numbers in seen.items():
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), source
