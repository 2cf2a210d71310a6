"""Why a contact was offered to whom it was, asked of a routing process while its journal grows old."""

import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from services.routing.adapters.cel_expressions import CelExpressions
from services.routing.adapters.child_explainer import ChildExplainer, ExplainerLimits
from services.routing.adapters.mongo_archive import MongoArchive
from services.routing.adapters.mongo_journal import MongoJournal
from services.routing.adapters.simulation_player import JournalPlace
from services.routing.adapters.wire_events import encode
from services.routing.application.explaining import NotExplained
from services.routing.application.ports import PoolKey
from services.routing.application.snapshotting import Snapshotting
from services.routing.application.take_over import TakeOver
from switchyard.internal.routing.v1 import commands_pb2 as c
from switchyard.mongo.client import Database, MongoSettings, connect
from switchyard.testing.memory_bus import InMemoryBus
from switchyard.testing.processes import RunningDatabase
from tests.integration.routing.desk import Desk, RoutingProcess

EVER = 2**60
#: How everybody stood to `c1` when it was offered.
EVERYBODY = {
    "ann": "chosen",
    "late": "idle-less-long",
    "full": "at-capacity",
    "away": "not-available",
    "bare": "skill-missing",
}


async def open_floor(desk: Desk) -> None:
    """Open a queue that requires a skill, and let `c1` come: to Ann, who is idle longest."""
    outage = c.SkillLevel(skill_id="outage", level=3)
    rules = c.ConfigureQueue(
        queue_id="power", required_skills=[outage], ring_seconds=600, wrap_up_seconds=600, version=1
    )
    await desk.send(rules)
    chat = c.ChannelCapacity(channel="chat", units=100, most=1)
    for agent in ("full", "away", "ann", "bare", "late"):
        skills = [] if agent == "bare" else [outage]
        await desk.send(
            c.ConfigureAgent(
                agent_id=agent, queue_ids=["power"], skills=skills, capacity_units=100, channels=[chat], version=1
            ),
            c.SetAgentState(agent_id=agent, state="available"),
        )
        await desk.first("AgentStateChanged", agent_id=agent, state="available")
    await desk.send(c.SetAgentState(agent_id="away", state="not_ready", reason="break"), desk.enqueue("c0", "power"))
    assert (await desk.first("OfferMade", contact_id="c0")).holder.agent_id == "full"
    await desk.send(desk.enqueue("c1", "power"))
    assert (await desk.first("OfferMade", contact_id="c1")).holder.agent_id == "ann"


@pytest_asyncio.fixture
async def store(database: RunningDatabase, unique: str, routing: RoutingProcess) -> AsyncIterator[Database]:
    """Give the process's own database."""
    client = connect(MongoSettings(uri=database.uri, database=f"routing_{unique}"))
    yield client[f"routing_{unique}"]
    client.close()


async def decisions(desk: Desk, routing: RoutingProcess) -> list[dict[str, Any]]:
    async with httpx.AsyncClient(base_url=routing.url, headers=desk.headers(), timeout=30) as client:
        answer = await client.get("/v1/contacts/c1/decisions")
    assert answer.status_code == httpx.codes.OK, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def assert_everybody_is_named(desk: Desk, routing: RoutingProcess) -> None:
    (decision,) = await decisions(desk, routing)
    assert {each["agent"]: each["verdict"] for each in decision["considered"]} == EVERYBODY
    assert decision["sentence"] == (
        "Offered to ann, idle longest; late idle for a shorter time, away is not available, "
        "bare lacks the skill outage, full has no capacity left."
    )
    assert (decision["candidates_complete"], decision["agents"]) == (True, 5)


async def snapshot_now(store: Database, pool: PoolKey) -> int:
    """Keep a snapshot of a pool as it is, as its replica does; gives its sequence."""
    journal = MongoJournal(store, instance="test", address="")
    live = await TakeOver(journal, InMemoryBus(), encode, CelExpressions()).load(pool, 0)
    snapshotting = Snapshotting(journal, entries_between=0)
    snapshotting.consider(live)
    await snapshotting.finish()
    return live.sequence


async def test_every_agent_stands_in_a_decision_through_restart_and_archive(
    desk: Desk, routing: RoutingProcess, store: Database
) -> None:
    await open_floor(desk)
    await assert_everybody_is_named(desk, routing)
    await desk.send(c.EndContact(contact_id="c1", ended_by="customer"))
    await desk.first("ContactAbandoned", contact_id="c1")
    assert routing.end(signal.SIGKILL) == -signal.SIGKILL
    pool, archive = PoolKey(desk.tenant, desk.pool), MongoArchive(store)
    through = await snapshot_now(store, pool)
    while await archive.pack(pool, through=through, before=EVER):
        pass
    assert await store["journal"].count_documents({"packed": {"$exists": False}}) == 0
    routing.start()
    await routing.ready()
    await assert_everybody_is_named(desk, routing)


async def test_a_decision_is_made_again_from_the_snapshot_before_it(
    desk: Desk, routing: RoutingProcess, store: Database
) -> None:
    """All that came before is emptied; then the decision itself is, and nothing is known any more."""
    await open_floor(desk)
    pool, archive = PoolKey(desk.tenant, desk.pool), MongoArchive(store)
    middle = await snapshot_now(store, pool)
    await desk.send(desk.enqueue("c2", "power"))
    await desk.first("OfferMade", contact_id="c2")
    while await archive.empty(pool, through=middle - 1, before=EVER):
        pass
    await archive.drop_snapshots(pool)
    (before,) = await decisions(desk, routing)
    assert (before["candidates_complete"], before["candidates_missing"]) == (False, "emptied")
    assert [each["agent"] for each in before["considered"] if not each["looked_at"]] == []
    async with httpx.AsyncClient(base_url=routing.url, headers=desk.headers(), timeout=30) as client:
        (after,) = (await client.get("/v1/contacts/c2/decisions")).json()["items"]
    assert {each["agent"]: each["verdict"] for each in after["considered"]} == EVERYBODY | {
        "ann": "at-capacity",
        "late": "chosen",
    }
    assert after["candidates_complete"]


@pytest.mark.parametrize(
    ("program", "limits"),
    [
        ("raise SystemExit(3)", ExplainerLimits()),
        ("import signal; signal.pause()", ExplainerLimits(seconds=0.5)),
        ("x = [0] * 10**12", ExplainerLimits()),
    ],
)
async def test_a_child_that_fails_hangs_or_takes_too_much_is_told_from_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, limits: ExplainerLimits
) -> None:
    (tmp_path / "a_child.py").write_text(program)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    explainer = ChildExplainer(JournalPlace(uri="", database=""), limits, module="a_child")
    with pytest.raises(NotExplained):
        await explainer.answer_about("acme", "c1")
