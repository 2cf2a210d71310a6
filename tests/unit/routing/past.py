"""The journal of what a driver did, to be explained: an entry for each instant, and snapshots here and there."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.routing.adapters.memory_journal import InMemoryJournal
from services.routing.application.explaining import Bounds, Explained, explain
from services.routing.application.ports import JournalEntry, PoolKey, PoolSnapshot
from services.routing.application.snapshots import snapshot
from services.routing.domain.engine import Step
from services.routing.domain.moments import Moment
from services.routing.entrypoints.decision_bodies import decisions_body
from tests.unit.routing.driver import Driver, skills

KEY = PoolKey("acme", "front")
#: Later than whatever a driver does.
EVER = 2**50


@dataclass
class Past:
    """`every` is after how many entries a snapshot is kept; none is where they come in between."""

    pool: Driver
    every: int = 40
    journal: InMemoryJournal = field(default_factory=InMemoryJournal)
    sequence: int = 0
    _written: int = 0

    async def note(self) -> None:
        """Journal what was done since."""
        steps, self._written = self.pool.steps[self._written :], len(self.pool.steps)
        for now, at_once in _by_instant(steps):
            self.sequence += 1
            await self.journal.append([_entry(self.sequence, now, at_once)])
        if steps and self.sequence % self.every == 0:
            records = list(snapshot(self.pool.state))
            await self.journal.save_snapshot(KEY, PoolSnapshot(sequence=self.sequence, place=None, records=records))

    async def explain(self, contact_id: str, bounds: Bounds | None = None) -> list[Explained]:
        expressions = self.pool.state.expressions
        return await explain(self.journal, "acme", contact_id, expressions, bounds or Bounds()) or []

    async def answer_about(self, tenant: str, contact_id: str) -> bytes | None:
        """What the child process of the service does."""
        expressions = self.pool.state.expressions
        found = await explain(self.journal, tenant, contact_id, expressions, Bounds())
        return None if found is None else decisions_body(found).model_dump_json().encode()

    async def verdicts(self, contact_id: str) -> list[dict[str, str]]:
        return [{each.agent_id: each.verdict for each in told.verdicts} for told in await self.explain(contact_id)]


async def past_of(pool: Driver) -> Past:
    past = Past(pool)
    await past.note()
    return past


def _by_instant(steps: Sequence[tuple[Moment, Step]]) -> list[tuple[Moment, tuple[Step, ...]]]:
    batches: list[tuple[Moment, tuple[Step, ...]]] = []
    for now, step in steps:
        if batches and batches[-1][0] == now:
            batches[-1] = (now, (*batches[-1][1], step))
        else:
            batches.append((now, (step,)))
    return batches


def _entry(sequence: int, now: Moment, steps: tuple[Step, ...]) -> JournalEntry:
    return JournalEntry(
        pool=KEY,
        sequence=sequence,
        batch_id="b",
        now=now,
        place=None,
        published_through=0,
        contact_sequence=0,
        agent_sequence=0,
        steps=steps,
    )


def floor() -> Driver:
    """Bob is the one; the others come later, or are each ruled out by something else."""
    pool = Driver()
    pool.queue("power", required_skills=skills(outage=4), sites=("north",))
    pool.queue("sales")
    for name in ("full", "away", "bob", "idle"):
        pool.agent(name, "power", skills=skills(outage=5), site="north")
        pool.later(1)
    pool.agent("weak", "power", skills=skills(outage=3), site="north")
    pool.agent("bare", "power", site="north")
    pool.agent("south", "power", skills=skills(outage=9), site="south")
    pool.agent("seller", "sales", skills=skills(outage=9), site="north")
    pool.set("away", "not_ready", "break")
    pool.enqueue("call", "power")
    pool.accept("call")
    return pool


#: How they stand to a call that comes to the floor.
EVERYBODY = {
    "bob": "chosen",
    "idle": "idle-less-long",
    "full": "at-capacity",
    "away": "not-available",
    "weak": "skill-too-low",
    "bare": "skill-missing",
    "south": "site-not-asked",
    "seller": "queue-not-served",
}
