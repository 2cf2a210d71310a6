"""A floor of agents and a stream of customers, in a pool of their own."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.failure.load.agent import WorkingAgent
from tests.failure.load.caller import Caller
from tests.failure.load.customer import ChatCustomer
from tests.failure.load.target import Target, tail
from tests.invariants.checks import violations
from tests.invariants.collecting import collect
from tests.invariants.evidence import Evidence, History, Violation

_LEAVES_EVERY = 7
_DRAIN_SECONDS = 240.0
_SETTLE_SECONDS = 90.0


@dataclass(slots=True, kw_only=True)
class Floor:
    """Customers arrive every `pause` seconds while `arriving`; agents work until the end."""

    target: Target
    queue: str
    path: Path
    history: History
    agents: list[WorkingAgent]
    pause: float = 0.25
    customers: list[ChatCustomer] = field(default_factory=list)
    arriving: asyncio.Event = field(default_factory=asyncio.Event)
    _chats: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def handled(self) -> int:
        return sum(agent.handled for agent in self.agents)

    async def arrivals(self) -> None:
        while not self.arriving.is_set():
            leaves = len(self.customers) % _LEAVES_EVERY == _LEAVES_EVERY - 1
            customer = ChatCustomer(target=self.target, history=self.history, queue=self.queue, leaves=leaves)
            self.customers.append(customer)
            self._chats.add(asyncio.create_task(customer.chat()))
            await asyncio.sleep(self.pause)

    async def until_handled(self, more: int, *, seconds: float) -> float:
        """Return how long it took until so many more contacts were handled. Raises AssertionError."""
        goal, began = self.handled + more, time.monotonic()
        while self.handled < goal:
            assert time.monotonic() - began < seconds, f"not {more} more in {seconds:g} s\n{tail(self.target)}"
            await asyncio.sleep(0.05)
        return time.monotonic() - began

    async def drained(self) -> None:
        """Let nobody in any more and return when every conversation is over. Raises AssertionError."""
        self.arriving.set()
        _, late = await asyncio.wait(self._chats, timeout=_DRAIN_SECONDS)
        open_contacts = [customer.contact for customer in self.customers if not customer.ended]
        assert not late, f"not over: {open_contacts}\n{tail(self.target)}"

    async def verdict(self) -> list[Violation]:
        """Check every invariant, again until what needs time to settle has, or its time is over."""
        until = time.monotonic() + _SETTLE_SECONDS
        while True:
            endpoints = self.target.endpoints
            evidence = await collect(self.target.kafka, endpoints["mongodb"], self.target.tenant, [self.path])
            found = [*violations(evidence), *self._others(evidence)]
            if not found or time.monotonic() > until:
                return found
            await asyncio.sleep(2)

    def _others(self, evidence: Evidence) -> Iterator[Violation]:
        for act in evidence.acts("line-shown-twice"):
            yield Violation(invariant="I6", what="a line was shown twice", shown_by=act.fields)
        # Evidence that is empty violates nothing.
        if not {"ticket", "evaluation", "survey"} <= {effect.kind for effect in evidence.effects}:
            yield Violation(invariant="evidence", what="no ticket, evaluation or survey came of any contact")


@asynccontextmanager
async def working_floor(target: Target, path: Path, *, agents: int = 8) -> AsyncIterator[Floor]:
    """Make a pool, a queue and agents; they work and customers arrive while the block lasts."""
    word = uuid.uuid4().hex[:8]
    history = History(path)
    limits = httpx.Limits(max_connections=100)
    async with httpx.AsyncClient(limits=limits) as http:
        admin = Caller(target, http, target.token("failure-admin", "admin"))
        queue, names = await _furnish(admin, word, agents)
        callers = {name: Caller(target, http, target.token(name, "agent")) for name in names}
        floor = Floor(
            target=target,
            queue=queue,
            path=path,
            history=history,
            agents=[WorkingAgent(id=name, caller=caller, history=history) for name, caller in callers.items()],
        )
        home = asyncio.Event()
        tasks = [asyncio.create_task(agent.work(home)) for agent in floor.agents]
        tasks.append(asyncio.create_task(floor.arrivals()))
        try:
            yield floor
        finally:
            floor.arriving.set()
            home.set()
            await _ended(tasks)
            history.close()


async def _furnish(admin: Caller, word: str, agents: int) -> tuple[str, list[str]]:
    pool, queue = f"pool-{word}", f"queue-{word}"
    await admin.good("PUT", f"/v1/pools/{pool}", {"id": pool, "name": pool})
    body = {"id": queue, "name": queue, "pool": pool, "ring_seconds": 8, "wrap_up_seconds": 20}
    await admin.good("PUT", f"/v1/queues/{queue}", body)
    names = [f"agent-{word}-{number}" for number in range(agents)]
    for name in names:
        await admin.good("PUT", f"/v1/agents/{name}", {"id": name, "name": name, "pool": pool, "queues": [queue]})
    return queue, names


async def _ended(tasks: list[asyncio.Task[None]]) -> None:
    _, late = await asyncio.wait(tasks, timeout=30)
    for task in late:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
