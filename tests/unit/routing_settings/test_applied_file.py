"""A tenant's file with rules, applied to routing's own door."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from cli.apply import apply
from cli.tenant_file import TenantFileError, load
from cli.up import DEMO_TENANT
from tests.unit.routing_settings.conftest import SettingsBench

TEXT = """\
tenant: acme
sites: [{id: east, name: East}]
skills: [{id: cards, name: Cards}]
queues:
  - id: cards
    name: Cards
    choice: most-skilled
    agent_rule: contact.attributes["language"] == agent.attributes["language"]
    channel_offers:
      chat: {ring_seconds: 15, at_once: 3}
    steps:
      - {after_seconds: 20, relax_levels: 2, add_sites: [east]}
      - {after_seconds: 60, add_queues: [general], add_agents: [ann]}
      - {after_seconds: 300, then: {last_step: voicemail}}
    overflows:
      - {on: length, limit: 50, then: {to_queue: general}}
      - on: no-staff
        then: {to_queue: general}
  - {id: general, name: General}
routing-profiles:
  - id: blended
    name: Blended
    channels:
      voice: {units: 100, most: 1}
      email: {units: 20, most: 5, interruptible_by: [voice]}
agents:
  - id: ann
    name: Ann
    routing_profile: blended
    queues: [cards, general]
    queue_ranks: {general: 2}
    skills: [{skill: cards, level: 8}]
    attributes: {language: cmn}
"""


class _Transport(httpx.BaseTransport):
    """Carries requests of blocking clients, in many threads, to an application that lives in one loop."""

    def __init__(self, app: httpx.ASGITransport, loop: asyncio.AbstractEventLoop) -> None:
        self._app = app
        self._loop = loop

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run_coroutine_threadsafe(self._ask(request), self._loop).result()

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        async with httpx.AsyncClient(transport=self._app, base_url="http://test") as client:
            answer = await client.request(request.method, request.url, content=request.read(), headers=request.headers)
        return httpx.Response(answer.status_code, content=answer.content)


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop of its own thread."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def door(bench: SettingsBench, loop: asyncio.AbstractEventLoop) -> Iterator[httpx.Client]:
    token = bench.token("acme", "admin")
    with httpx.Client(transport=_Transport(bench.app, loop), base_url="http://test", headers=token) as client:
        yield client


def applied(tmp_path: Path, text: str, door: httpx.Client) -> dict[str, int]:
    path = tmp_path / "tenant.yaml"
    path.write_text(text)
    return dict(apply(load(path, {}), door, say=lambda _: None))


def test_a_file_with_every_rule_is_applied_whatever_refers_to_what(tmp_path: Path, door: httpx.Client) -> None:
    assert applied(tmp_path, TEXT, door) == {"made": 6}
    cards = door.get("/v1/queues/cards").json()
    assert [step["after_seconds"] for step in cards["steps"]] == [20, 60, 300]
    assert [(each["on"], each["limit"], each["then"]["to_queue"]) for each in cards["overflows"]] == [
        ("length", 50, "general"),
        ("no-staff", 0, "general"),
    ]
    assert door.get("/v1/agents/ann").json()["queue_ranks"] == {"general": 2}
    assert applied(tmp_path, TEXT, door) == {"unchanged": 6}


def test_an_attribute_left_out_of_the_file_is_taken_away(tmp_path: Path, door: httpx.Client) -> None:
    applied(tmp_path, TEXT, door)
    fewer = TEXT.replace("attributes: {language: cmn}", "attributes: {}")
    assert applied(tmp_path, fewer, door) == {"changed": 1, "unchanged": 5}
    assert door.get("/v1/agents/ann").json()["attributes"] == {}


def test_a_way_out_may_be_turned_round(tmp_path: Path, door: httpx.Client) -> None:
    there = """\
tenant: acme
queues:
  - {id: b, name: B}
  - {id: a, name: A, overflows: [{on: no-staff, then: {to_queue: b}}]}
"""
    back = """\
tenant: acme
queues:
  - {id: b, name: B, overflows: [{on: no-staff, then: {to_queue: a}}]}
  - {id: a, name: A, overflows: [{on: no-staff, then: {last_step: voicemail}}]}
"""
    assert applied(tmp_path, there, door) == {"made": 2}
    assert applied(tmp_path, back, door) == {"changed": 2}


def test_a_refused_rule_is_told_with_its_line(tmp_path: Path, door: httpx.Client) -> None:
    with pytest.raises(TenantFileError, match=r":12: ./steps/0/relax_levels.: "):
        applied(tmp_path, TEXT.replace("relax_levels: 2", "relax_levels: -2"), door)


def test_the_demo_tenants_settings_are_accepted(tmp_path: Path, door: httpx.Client) -> None:
    variables = {"TWILIO_AUTH_TOKEN": "x", "PROVIDER_URL": "http://p"}
    demo = load(DEMO_TENANT, variables)
    ours = {"sites", "teams", "skills", "pools", "queues", "routing-profiles", "agents"}
    file = type(demo)(path=demo.path, tenant=demo.tenant, items=tuple(item for item in demo.items if item.kind in ours))
    done = apply(file, door, say=lambda _: None)
    assert done == {"made": len(file.items)}
    warned = [each for each in door.get("/v1/queues").json()["items"] if each["warnings"]]
    assert warned == []
