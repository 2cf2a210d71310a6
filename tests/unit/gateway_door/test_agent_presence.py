"""Streams come and go on several replicas; routing hears of the first and of the last."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from services.gateway.application.door.agent_presence import AgentPresence
from services.gateway.application.door.answers import Answer, Answered, Pending
from services.gateway.application.door.command_ids import Origin, command_id
from services.gateway.application.door.commands import ReportPresence, RoutingCommand
from services.gateway.application.door.ports import DEADLINE_SECONDS
from services.gateway.application.door.routing_settings import RoutingSettings
from switchyard.eventing.ports import BrokerUnavailable
from switchyard.testing.clock import FixedClock
from tests.contract.gateway_stores.presence_memory import InMemoryPresenceRecords
from tests.unit.gateway_door.bench import TENANT, agent


@dataclass
class Routing:
    """Takes reports as the engine does: of each agent the newest, and no command twice."""

    reports: list[tuple[str, bool]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    away: bool = False
    silent: bool = False
    answering: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.answering.set()

    async def send(
        self,
        command: RoutingCommand,
        *,
        tenant: str,
        pool: str,
        origin: Origin,
        correlation_id: str,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> Answer:
        if self.away:
            raise BrokerUnavailable("away")
        await self.answering.wait()
        assert isinstance(command, ReportPresence)
        identity = command_id(tenant=tenant, pool=pool, origin=origin)
        if identity not in self.ids:
            self.ids.append(identity)
            self.reports.append((command.agent_id, command.present))
        return Pending(command_id=identity) if self.silent else Answered(command_id=identity)

    def expect(self, command_id: str, *, awaited: frozenset[str]) -> object:
        raise AssertionError("nobody waits for what others send")


@dataclass
class Floor:
    records: InMemoryPresenceRecords = field(default_factory=InMemoryPresenceRecords)
    routing: Routing = field(default_factory=Routing)
    clock: FixedClock = field(default_factory=FixedClock)
    settings: RoutingSettings = field(default_factory=RoutingSettings)
    replicas: list[AgentPresence] = field(default_factory=list)

    def replica(self, name: str) -> AgentPresence:
        presence = AgentPresence(
            replica=name,
            records=self.records,
            commands=self.routing,  # type: ignore[arg-type]
            settings=self.settings,
            clock=self.clock,
            grace_seconds=30,
        )
        self.replicas.append(presence)
        return presence

    async def told(self, *reports: tuple[str, bool]) -> None:
        await until(lambda: self.routing.reports == list(reports))
        await self.quiet()
        assert self.routing.reports == list(reports)

    async def quiet(self) -> None:
        """Let what is under way end."""
        await until(lambda: not any(replica._recording for replica in self.replicas))


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not reached():  # noqa: ASYNC110 -- what is awaited is another task's work, which sets no event
            await asyncio.sleep(0.001)


@pytest_asyncio.fixture
async def floor() -> AsyncIterator[Floor]:
    floor = Floor()
    floor.settings.set_agent(TENANT, agent("ann"))
    yield floor
    await floor.quiet()


async def test_the_first_stream_and_the_last_are_told(floor: Floor) -> None:
    here = floor.replica("0")
    here.arrived(TENANT, "ann")
    await floor.told(("ann", True))
    here.arrived(TENANT, "ann")
    here.left(TENANT, "ann")
    await floor.told(("ann", True))
    here.left(TENANT, "ann")
    await floor.told(("ann", True), ("ann", False))


async def test_who_has_a_stream_on_another_replica_is_present(floor: Floor) -> None:
    here, there = floor.replica("0"), floor.replica("1")
    for replica in (here, there):
        replica.arrived(TENANT, "ann")
        await floor.quiet()
    here.left(TENANT, "ann")
    await floor.quiet()
    assert all(present for _, present in floor.routing.reports)
    there.left(TENANT, "ann")
    await floor.quiet()
    assert floor.routing.reports[-1] == ("ann", False)


async def test_a_stream_that_returns_while_its_end_is_written_down_leaves_the_agent_present(floor: Floor) -> None:
    here = floor.replica("0")
    for _ in range(20):
        here.arrived(TENANT, "ann")
        await asyncio.sleep(0)
        here.left(TENANT, "ann")
    here.arrived(TENANT, "ann")
    await floor.quiet()
    assert floor.records.records[TENANT, "ann"].replicas == {"0"}
    assert floor.routing.reports[-1] == ("ann", True)


async def test_the_agents_of_a_replica_that_died_are_struck_off_by_its_heir(floor: Floor) -> None:
    floor.settings.set_agent(TENANT, agent("bob"))
    here, dead = floor.replica("0"), floor.replica("1")
    here.arrived(TENANT, "ann")
    for name in ("ann", "bob"):
        dead.arrived(TENANT, name)
    await floor.quiet()
    await here.inherit("1")
    await here.turn()
    assert ("bob", False) in floor.routing.reports
    assert ("ann", False) not in floor.routing.reports


async def test_a_replica_that_restarts_strikes_off_who_did_not_return(floor: Floor) -> None:
    floor.settings.set_agent(TENANT, agent("bob"))
    before = floor.replica("0")
    for name in ("ann", "bob"):
        before.arrived(TENANT, name)
    await floor.quiet()
    after = floor.replica("0")
    after.arrived(TENANT, "ann")
    await after.take_up()
    await floor.quiet()
    assert [report for report in floor.routing.reports if not report[1]] == [("bob", False)]
    assert floor.records.records[TENANT, "ann"].replicas == {"0"}


async def test_a_replica_that_was_taken_for_dead_names_its_agents_again(floor: Floor) -> None:
    here, heir = floor.replica("0"), floor.replica("1")
    here.arrived(TENANT, "ann")
    await floor.quiet()
    await heir.inherit("0")
    await heir.turn()
    await here.turn()
    await floor.told(("ann", True), ("ann", False), ("ann", True))


@pytest.mark.parametrize("trouble", ["away", "silent"])
async def test_what_routing_did_not_answer_is_told_again_as_the_same_command(floor: Floor, trouble: str) -> None:
    here = floor.replica("0")
    setattr(floor.routing, trouble, True)
    here.arrived(TENANT, "ann")
    await floor.quiet()
    setattr(floor.routing, trouble, False)
    await here.turn()
    await floor.told(("ann", True))
    assert await floor.records.untold(limit=10) == []


async def test_what_the_store_did_not_take_is_written_down_later(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.gateway.application.door.agent_presence._PAUSE_SECONDS", 0.001)
    here = floor.replica("0")
    floor.records.away = True
    here.arrived(TENANT, "ann")
    await asyncio.sleep(0)
    floor.records.away = False
    await floor.told(("ann", True))


async def test_who_is_no_agent_is_not_told_and_forgotten_after_a_minute(floor: Floor) -> None:
    here = floor.replica("0")
    here.arrived(TENANT, "boss")
    await floor.told()
    await here.turn()
    assert await _untold(floor) == ["boss"]
    floor.clock.advance(seconds=61)
    await here.turn()
    assert await _untold(floor) == []
    assert floor.routing.reports == []


async def test_an_agent_who_is_configured_while_connected_is_told_then(floor: Floor) -> None:
    here = floor.replica("0")
    here.arrived(TENANT, "newcomer")
    await floor.told()
    floor.settings.set_agent(TENANT, agent("newcomer"))
    await here.turn()
    await floor.told(("newcomer", True))


async def test_what_was_inherited_is_told_without_delay(floor: Floor) -> None:
    here, dead = floor.replica("0"), floor.replica("1")
    dead.arrived(TENANT, "ann")
    await floor.quiet()
    stop = asyncio.Event()
    running = asyncio.create_task(here.run(stop))
    await asyncio.sleep(0.01)
    await here.inherit("1")
    await floor.told(("ann", True), ("ann", False))
    stop.set()
    await running


async def test_the_end_waits_for_no_answer_of_routing(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.gateway.application.door.agent_presence._FINISH_SECONDS", 0.001)
    here = floor.replica("0")
    floor.routing.answering.clear()
    here.arrived(TENANT, "ann")
    await asyncio.sleep(0.01)
    stop = asyncio.Event()
    stop.set()
    await here.run(stop)
    assert [record.agent_id for record in await floor.records.untold(limit=10)] == ["ann"]


async def _untold(floor: Floor) -> Sequence[str]:
    return [record.agent_id for record in await floor.records.untold(limit=10)]
