"""What a decision of the routing engine costs: `python -m tests.bench.engine` prints JSON.

G2: microseconds a decision at 500 agents with 200 contacts waiting. G3: that at 10,000 agents over that at 500.
G5: agents looked at per assignment, and how often the engine wakes while 1,000 wait and nothing happens. A decision is
one command and all that follows from it: matching, events, state. Beside it, in the same run, what FreeSWITCH's
mod_callcenter does for each waiting contact: its query over all agents, on SQLite in memory, as an estimate of that
engine's own cost. All in CPU time, so that a busy machine does not show.
"""

import gc
import json
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from time import thread_time_ns

from services.routing.domain import commands as c
from services.routing.domain.engine import Step, begin, fire_due, handle
from services.routing.domain.events import OfferMade
from services.routing.domain.pool import PoolState
from services.routing.domain.settings import AgentProfile, ChannelCapacity, QueueRules, SkillLevel

QUEUES = 10
WAITING = 200
#: Asking for CPU time is itself dear, so a block of so many cycles is timed, of four decisions each.
ROUNDS = 500
BLOCKS = 20


@dataclass
class Floor:
    """A centre at full load: every agent talks, so many contacts wait, and each end brings the next assignment."""

    agents: int
    queues: int = QUEUES
    waiting: int = WAITING
    state: PoolState = field(default_factory=lambda: PoolState(pool_id="bench"))
    now: int = 1_000_000
    talking: list[tuple[str, str]] = field(default_factory=list)
    decisions: int = 0
    looked_at: list[int] = field(default_factory=list)
    _count: int = 0

    def do(self, command: c.Command) -> Step:
        step = handle(self.state, command, self.now)
        self.decisions += 1
        return step

    def id(self) -> str:
        self._count += 1
        return f"cmd_bench.{self._count:032x}"

    def build(self) -> None:
        begin(self.state, self.now)
        skill = (SkillLevel(skill_id="language", level=3),)
        for number in range(self.queues):
            rules = QueueRules(queue_id=f"q{number}", required_skills=skill, wrap_up_seconds=30)
            self.do(c.ConfigureQueue(id=self.id(), issued_at=self.now, rules=rules))
        for number in range(self.agents):
            self._sign_in(number)
        for number in range(self.agents + self.waiting):
            self.arrive(number)

    def _sign_in(self, number: int) -> None:
        agent_id = f"agent-{number}"
        profile = AgentProfile(
            agent_id=agent_id,
            queue_ids=tuple(f"q{(number + n) % self.queues}" for n in range(3)),
            skills=(SkillLevel(skill_id="language", level=3 + number % 5),),
            channels=(ChannelCapacity(channel="voice", units=100, most=1),),
        )
        self.do(c.ConfigureAgent(id=self.id(), issued_at=self.now, profile=profile))
        self.do(c.SetAgentState(id=self.id(), issued_at=self.now, agent_id=agent_id, state="available"))

    def arrive(self, number: int) -> None:
        step = self.do(
            c.EnqueueContact(
                id=self.id(),
                issued_at=self.now,
                contact_id=f"cnt_{number:032x}",
                entry=1,
                queue_id=f"q{number % self.queues}",
                channel="voice",
                queued_at=self.now,
            )
        )
        self.answer(step)

    def answer(self, step: Step) -> None:
        for event in [event for event in step.events if isinstance(event, OfferMade)]:
            agent_id = event.holder.agent_id
            self.looked_at.append(len(event.decision.considered))
            self.do(c.AcceptOffer(id=self.id(), issued_at=self.now, offer_id=event.offer_id, agent_id=agent_id))
            self.talking.append((event.entry.contact_id, agent_id))

    def pass_time(self, milliseconds: int) -> None:
        self.now += milliseconds
        begin(self.state, self.now)

    def cycle(self, number: int) -> None:
        """One contact ends and is written up, its agent gets the next, and another contact arrives."""
        self.pass_time(7)
        contact_id, agent_id = self.talking.pop(number * 7919 % len(self.talking))
        self.do(c.EndContact(id=self.id(), issued_at=self.now, contact_id=contact_id, ended_by="customer"))
        self.answer(
            self.do(c.CompleteWrapUp(id=self.id(), issued_at=self.now, contact_id=contact_id, agent_id=agent_id))
        )
        self.arrive(10_000_000 + number)


def measured(agents: int) -> dict[str, object]:
    """Run a floor at full load; microseconds of CPU a decision, the test's own part of it included."""
    floor = Floor(agents)
    floor.build()
    floor.looked_at.clear()
    floor.decisions = 0
    gc.collect()
    gc.freeze()
    blocks = []
    for block in range(BLOCKS):
        before, started = floor.decisions, thread_time_ns()
        for number in range(ROUNDS):
            floor.cycle(block * ROUNDS + number)
        blocks.append((thread_time_ns() - started) / (floor.decisions - before) / 1000)
    return {
        "agents": agents,
        "waiting": WAITING,
        "decisions": floor.decisions,
        "decision_us": round(median(blocks), 2),
        "decision_us_best_block": round(min(blocks), 2),
        "looked_at_mean": round(sum(floor.looked_at) / len(floor.looked_at), 2),
        "looked_at_most": max(floor.looked_at),
    }


def wake_ups(waiting: int = 1_000, seconds: int = 60) -> int:
    """Count the timers that fire while contacts only wait: nothing is asked again and again whether it can go on."""
    floor = Floor(QUEUES, waiting=waiting)
    floor.build()
    fired = 0
    for _ in range(seconds):
        floor.pass_time(1_000)
        fired += sum(1 for _ in fire_due(floor.state, floor.now, floor.now))
    return fired


def callcenter_query_us(agents: int, rounds: int = 200) -> float:
    """Time mod_callcenter's agent query for one waiting contact: a join of tiers and agents, sorted."""
    database = sqlite3.connect(":memory:")
    database.executescript(
        """CREATE TABLE agents (name TEXT, status TEXT, state TEXT, last_bridge_end INTEGER, ready_time INTEGER);
           CREATE TABLE tiers (queue TEXT, agent TEXT, state TEXT, level INTEGER, position INTEGER);
           CREATE INDEX tier_queue ON tiers (queue);"""
    )
    for number in range(agents):
        name = f"agent-{number}"
        database.execute("INSERT INTO agents VALUES (?, 'Available', 'In a queue call', ?, 0)", (name, number))
        for n in range(3):
            database.execute("INSERT INTO tiers VALUES (?, ?, 'Ready', 1, 1)", (f"q{(number + n) % QUEUES}", name))
    query = """SELECT name FROM agents LEFT JOIN tiers ON agents.name = tiers.agent WHERE tiers.queue = ?
               AND (agents.status = 'Available' OR agents.status = 'On Break') AND agents.ready_time <= 1
               ORDER BY tiers.level, agents.last_bridge_end, tiers.position"""
    return _mean_us(lambda: database.execute(query, ("q3",)).fetchall(), rounds)


def _mean_us(work: Callable[[], object], rounds: int) -> float:
    started = thread_time_ns()
    for _ in range(rounds):
        work()
    return (thread_time_ns() - started) / rounds / 1000


def main() -> None:
    small, large = measured(500), measured(10_000)
    # One pass of mod_callcenter asks for every waiting contact.
    peer = callcenter_query_us(500) * WAITING
    small_us, large_us = float(str(small["decision_us"])), float(str(large["decision_us"]))
    result = {
        "small": small,
        "large": large,
        "g2_decision_us": small_us,
        "g2_callcenter_pass_us": round(peer, 1),
        "g2_ratio": round(peer / small_us, 1),
        "g3_ratio": round(large_us / small_us, 2),
        "g5_looked_at": small["looked_at_mean"],
        "g5_wake_ups": wake_ups(),
    }
    json.dump(result, sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
