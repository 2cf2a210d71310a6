"""A thousand random acts on a floor: no team has too many on break, no request is forgotten, nothing is told twice."""

import random

import pytest

from services.routing.application.snapshots import restored, snapshot
from services.routing.domain import commands as c
from services.routing.domain.engine import Step, begin, replay
from services.routing.domain.events import Event
from services.routing.domain.floor.breaks import on_break
from services.routing.domain.floor.events import FloorBreachEnded, FloorRuleBreached
from services.routing.domain.floor.rules import BREAKS_AT_ONCE, NOT_READY, RUNGS
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import Connected
from tests.unit.routing.test_floor_rules import HOUR, MINUTE, Floor

TEAMS = {"days": ("a1", "a2", "a3", "a4", "a5"), "nights": ("b1", "b2", "b3")}
AGENTS = tuple(agent for team in TEAMS.values() for agent in team)
STATES = (("available", ""), ("offline", ""), ("not_ready", ""), ("not_ready", "meal"), ("not_ready", "break"))


class RandomFloor(Floor):
    """Two teams, of whom two and one may be on break; one act after another as the dice say."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.pick = random.Random(seed)
        self.queue("billing", ring_seconds=20, wrap_up_seconds=30)
        self.rule("breaks-at-once", BREAKS_AT_ONCE, share=0.4)
        for team, agents in TEAMS.items():
            for agent in agents:
                self.member(agent, team, available=False)

    def act(self) -> tuple[Event, ...]:
        acts = (self.changes, self.changes, self.asks, self.gives_up, self.time_passes, self.talks, self.is_planned)
        done = self.pick.choice((*acts, self.is_sent, self.finishes))()
        return done.events if isinstance(done, Step) else tuple(done)

    def changes(self) -> Step:
        return self.set(self.pick.choice(AGENTS), *self.pick.choice(STATES))

    def asks(self) -> Step:
        ask = {"agent_id": self.pick.choice(AGENTS), "state": "not_ready", "reason": "break", "queue": True}
        return self.do(c.SetAgentState(id=self.id(), issued_at=self.now, **ask))  # type: ignore[arg-type]

    def is_sent(self) -> Step:
        """A supervisor sends somebody on break, room or not."""
        ask = {"agent_id": self.pick.choice(AGENTS), "state": "not_ready", "reason": "break", "forced_by": "sue"}
        return self.do(c.SetAgentState(id=self.id(), issued_at=self.now, **ask))  # type: ignore[arg-type]

    def gives_up(self) -> Step:
        return self.do(c.CancelBreak(id=self.id(), issued_at=self.now, agent_id=self.pick.choice(AGENTS)))

    def time_passes(self) -> list[Event]:
        return self.later(self.pick.choice((1, 30, MINUTE, 3 * MINUTE, 11 * MINUTE, HOUR)))

    def talks(self) -> Step:
        contact = f"c{len(self.steps)}"
        self.enqueue(contact)
        return self.accept(contact) if self.with_whom(contact) else self.end(contact)

    def finishes(self) -> Step | list[Event]:
        """End a conversation; the wrap-up runs out by itself."""
        talks = [hold.entry.contact_id for hold in self.state.holds.values() if isinstance(hold, Connected)]
        return self.end(self.pick.choice(talks)) if talks else []

    def is_planned(self) -> Step:
        begins = self.pick.choice((-HOUR, 0, 10 * MINUTE))
        meal = (begins + HOUR, begins + HOUR + 30 * MINUTE)
        return self.shift(self.pick.choice(AGENTS), begins, begins + 4 * HOUR, meal, night=self.pick.random() < 0.3)

    def check(self) -> None:
        for team, agents in TEAMS.items():
            resting = [agent for agent in agents if on_break(self.state.agents[agent])]
            waiting = [r for r in self.state.floor.requests.values() if r.holder.team_id == team]
            most = round(0.4 * len(agents))
            assert sum(not self.state.agents[agent].sent for agent in resting) <= most
            assert not waiting or len(resting) >= most


@pytest.mark.parametrize("seed", range(8))
def test_random_acts_keep_the_rules_and_replay_to_the_same_floor(seed: int) -> None:
    floor = RandomFloor(seed)
    open_breaches: dict[str, int] = {}
    for _ in range(600):
        for event in floor.act():
            if isinstance(event, FloorRuleBreached):
                # Nobody goes by themselves where there is no room, and who is sent breaks no rule by going.
                assert event.kind != BREAKS_AT_ONCE
                before = open_breaches.get(event.breach_id, -1)
                assert RUNGS.index(event.rung) > before
                open_breaches[event.breach_id] = RUNGS.index(event.rung)
            elif isinstance(event, FloorBreachEnded):
                del open_breaches[event.breach_id]
        floor.check()
    kept = {b.breach_id for breaches in floor.state.floor.breaches.values() for b in breaches.values()}
    assert kept == set(open_breaches)
    assert floor.state.floor.breaches_made > 20
    state = PoolState(pool_id=floor.state.pool_id)
    for now, step in floor.steps:
        begin(state, now)
        replay(state, step, now)
    begin(state, floor.state.now)
    assert list(snapshot(state)) == list(snapshot(floor.state))
    assert state.next_due() == floor.state.next_due()
    again = restored(snapshot(floor.state))
    assert list(snapshot(again)) == list(snapshot(floor.state))
    assert again.next_due() == floor.state.next_due()


def test_a_rule_that_allows_nothing_does_not_fire_for_ever() -> None:
    floor = Floor()
    floor.member("ann")
    floor.rule("never", NOT_READY, reasons=("", "break"), limit_seconds=0.0)
    floor.set("ann", "not_ready", "break")
    assert floor.later(HOUR) != []
    assert [rung for _, rung in floor.open_breaches("ann")] == ["reported", "reminder"]
