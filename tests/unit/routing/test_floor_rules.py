"""Agents are held to shifts, breaks and reasons; a breach climbs its ladder for as long as it lasts."""

import pytest

from services.routing.application.snapshots import restored, snapshot
from services.routing.domain import commands as c
from services.routing.domain.engine import Step, begin, replay
from services.routing.domain.events import Event
from services.routing.domain.floor.events import FloorBreachEnded, FloorRuleBreached
from services.routing.domain.floor.rules import NOT_READY, SIGN_OUT, FloorRule
from services.routing.domain.floor.shifts import Meal, Shift
from services.routing.domain.pool import PoolState
from services.routing.domain.settings import AgentProfile
from tests.unit.routing.driver import BLENDED, Driver, names, the

MINUTE, HOUR = 60, 3_600


class Floor(Driver):
    """A pool whose agents have a team and shifts; times are given in seconds from now."""

    def member(self, agent_id: str, team_id: str = "days", site_id: str = "north", *, available: bool = True) -> None:
        profile = AgentProfile(
            agent_id=agent_id,
            team_id=team_id,
            site_id=site_id,
            queue_ids=("billing",),
            channels=BLENDED,
            version=self._next_version(f"agent/{agent_id}"),
        )
        self.do(c.ConfigureAgent(id=self.id(), issued_at=self.now, profile=profile))
        if available:
            self.set(agent_id, "available")

    def rule(self, rule_id: str, kind: str, **fields: object) -> Step:
        rule = FloorRule(rule_id=rule_id, kind=kind, version=self._next_version(f"floor-rule/{rule_id}"), **fields)  # type: ignore[arg-type]
        return self.do(c.ConfigureFloorRule(id=self.id(), issued_at=self.now, rule=rule))

    def shift(
        self, agent_id: str, begins: float, ends: float, *meals: tuple[float, float], night: bool = False
    ) -> Step:
        shift = Shift(
            shift_id="today",
            agent_id=agent_id,
            begins_at=self._at(begins),
            ends_at=self._at(ends),
            meals=tuple(Meal(begins_at=self._at(a), ends_at=self._at(b)) for a, b in meals),
            night=night,
            version=self._next_version("shift/today"),
        )
        return self.do(c.PlanShift(id=self.id(), issued_at=self.now, shift=shift))

    def _at(self, seconds: float) -> int:
        return self.now + round(seconds * 1000)

    def open_breaches(self, agent_id: str) -> list[tuple[str, str]]:
        return [(b.rule_id, b.rung) for b in self.state.floor.breaches.get(agent_id, {}).values()]


@pytest.fixture
def floor() -> Floor:
    driver = Floor()
    driver.queue("billing", ring_seconds=20, wrap_up_seconds=30)
    return driver


def told(events: list[Event] | Step) -> list[tuple[str, str]]:
    """Give the rungs that were climbed, and the ends, in order."""
    found = events.events if isinstance(events, Step) else events
    breaches = (e for e in found if isinstance(e, FloorRuleBreached | FloorBreachEnded))
    return [(e.rule_id, e.rung if isinstance(e, FloorRuleBreached) else f"ended: {e.reason}") for e in breaches]


def test_a_break_of_ten_minutes_is_no_breach_and_a_longer_one_climbs_the_ladder(floor: Floor) -> None:
    floor.member("ann")
    floor.set("ann", "not_ready", "break")
    assert told(floor.later(10 * MINUTE - 1)) == []
    breached = the(FloorRuleBreached, floor.later(1))
    assert (breached.rung, breached.holder.team_id, breached.limit_seconds) == ("reminder", "days", 600)
    assert (breached.cause, breached.since) == ("not_ready/break", floor.now)
    assert told(floor.later(2 * MINUTE)) == [("break-10-minutes", "warning")]
    assert told(floor.later(8 * MINUTE)) == [("break-10-minutes", "reported")]
    assert told(floor.later(HOUR)) == []
    assert told(floor.set("ann", "available")) == [("break-10-minutes", "ended: state-changed")]
    assert floor.open_breaches("ann") == []


def test_an_agent_who_comes_back_in_time_is_not_told_of(floor: Floor) -> None:
    floor.member("ann")
    floor.set("ann", "not_ready", "break")
    floor.later(9 * MINUTE)
    floor.set("ann", "available")
    assert floor.later(HOUR) == []


def test_a_break_begins_when_the_last_contact_in_hand_is_written_up(floor: Floor) -> None:
    floor.member("ann")
    floor.enqueue("c1")
    floor.accept("c1")
    floor.set("ann", "not_ready", "break")
    assert told(floor.later(20 * MINUTE)) == []
    floor.end("c1")
    floor.wrap_up("c1", "ann")
    assert told(floor.later(10 * MINUTE - 1)) == []
    assert told(floor.later(1)) == [("break-10-minutes", "reminder")]


def test_not_ready_without_a_reason_is_a_breach_after_a_minute_and_with_one_is_none(floor: Floor) -> None:
    floor.member("ann")
    floor.member("bob")
    floor.set("ann", "not_ready")
    floor.set("bob", "not_ready", "training")
    assert told(floor.later(MINUTE)) == [("no-unexplained-not-ready", "reminder")]
    assert told(floor.set("ann", "not_ready", "training")) == [("no-unexplained-not-ready", "ended: state-changed")]


def test_whoever_is_not_signed_in_three_minutes_into_the_shift_is_late(floor: Floor) -> None:
    floor.member("ann", available=False)
    floor.member("bob", available=False)
    floor.shift("ann", 10 * MINUTE, 8 * HOUR)
    assert told(floor.later(13 * MINUTE - 1)) == []
    assert told(floor.later(1)) == [("sign-in-on-time", "reminder")]
    assert told(floor.later(2 * MINUTE)) == [("sign-in-on-time", "warning")]
    ended = the(FloorBreachEnded, floor.set("ann", "available"))
    assert (ended.reason, ended.rung, ended.cause) == ("state-changed", "warning", "offline")


def test_before_a_night_shift_the_agent_is_there_five_minutes_early(floor: Floor) -> None:
    floor.member("ann", available=False)
    floor.shift("ann", 10 * MINUTE, 8 * HOUR, night=True)
    assert told(floor.later(5 * MINUTE - 1)) == []
    assert told(floor.later(1)) == [("sign-in-on-time", "reminder")]


def test_a_late_agent_who_never_comes_is_late_until_the_shift_is_over(floor: Floor) -> None:
    floor.member("ann", available=False)
    floor.shift("ann", 0, HOUR)
    floor.later(3 * MINUTE)
    floor.later(10 * MINUTE)
    assert floor.open_breaches("ann") == [("sign-in-on-time", "reported")]
    assert told(floor.later(47 * MINUTE)) == [("sign-in-on-time", "ended: shift-over")]
    assert floor.state.next_due() is None


@pytest.mark.parametrize(("state", "reason"), [("not_ready", "meal"), ("offline", "")])
def test_a_meal_may_last_three_minutes_longer_than_planned(floor: Floor, state: str, reason: str) -> None:
    floor.member("ann")
    floor.shift("ann", 0, 8 * HOUR, (HOUR, HOUR + 30 * MINUTE))
    floor.later(HOUR)
    floor.set("ann", state, reason)
    assert told(floor.later(33 * MINUTE - 1)) == []
    assert told(floor.later(1)) == [("sign-in-on-time", "reminder")]
    assert told(floor.set("ann", "available")) == [("sign-in-on-time", "ended: state-changed")]


def test_signing_out_before_the_shift_is_over_is_a_breach_until_the_agent_is_back(floor: Floor) -> None:
    floor.member("ann")
    floor.shift("ann", -HOUR, HOUR)
    left = floor.set("ann", "offline")
    assert told(left) == [("no-early-sign-out", "reminder")]
    floor.later(MINUTE)
    assert told(floor.set("ann", "available")) == [("no-early-sign-out", "ended: state-changed")]
    floor.later(HOUR)
    assert told(floor.set("ann", "offline")) == []


def test_the_third_breach_of_a_day_begins_with_a_warning(floor: Floor) -> None:
    floor.member("ann")
    rungs = []
    for _ in range(3):
        floor.set("ann", "not_ready")
        rungs += told(floor.later(MINUTE))
        floor.set("ann", "available")
    assert [rung for _, rung in rungs] == ["reminder", "reminder", "warning"]
    floor.later(25 * HOUR)
    floor.set("ann", "not_ready")
    assert told(floor.later(MINUTE)) == [("no-unexplained-not-ready", "reminder")]


def test_a_team_has_its_own_rule_in_place_of_everybodys(floor: Floor) -> None:
    floor.member("ann", "days")
    floor.member("bob", "nights")
    floor.rule("long-night-break", NOT_READY, reasons=("break",), limit_seconds=900.0, team_id="nights")
    floor.set("ann", "not_ready", "break")
    floor.set("bob", "not_ready", "break")
    assert told(floor.later(10 * MINUTE)) == [("break-10-minutes", "reminder")]
    floor.set("ann", "available")
    assert told(floor.later(5 * MINUTE)) == [("long-night-break", "reminder")]


def test_a_rule_switched_off_for_a_site_lets_the_site_off(floor: Floor) -> None:
    floor.member("ann", site_id="south")
    floor.rule("south-may-rest", NOT_READY, reasons=("",), site_id="south", enabled=False)
    floor.set("ann", "not_ready")
    assert told(floor.later(HOUR)) == []


def test_a_changed_rule_holds_at_once_for_who_breaks_it(floor: Floor) -> None:
    floor.member("ann")
    floor.set("ann", "not_ready", "break")
    floor.later(11 * MINUTE)
    changed = floor.rule("break-10-minutes", NOT_READY, reasons=("break",), limit_seconds=1200.0)
    assert told(changed) == [("break-10-minutes", "ended: rule-changed")]
    removed = floor.do(c.RemoveFloorRule(id=floor.id(), issued_at=floor.now, rule_id="break-10-minutes", version=9))
    assert told(removed) == [("break-10-minutes", "reminder")]


def test_an_older_rule_than_the_pool_has_changes_nothing(floor: Floor) -> None:
    floor.rule("mine", SIGN_OUT)
    old = FloorRule(rule_id="mine", kind=SIGN_OUT, limit_seconds=9.0, version=1)
    assert floor.do(c.ConfigureFloorRule(id=floor.id(), issued_at=floor.now, rule=old)).events == ()
    assert floor.state.floor.rules["mine"].limit_seconds == 0


def test_a_cancelled_shift_ends_what_was_late_for_it(floor: Floor) -> None:
    floor.member("ann", available=False)
    floor.shift("ann", 0, HOUR)
    floor.later(5 * MINUTE)
    cancelled = floor.do(c.CancelShift(id=floor.id(), issued_at=floor.now, shift_id="today", version=2))
    assert [name for name in names(cancelled) if name.startswith("Floor")] == ["FloorBreachEnded"]


def test_an_agent_who_leaves_the_pool_takes_open_breaches_along(floor: Floor) -> None:
    floor.member("ann")
    floor.set("ann", "not_ready")
    floor.later(MINUTE)
    assert told(floor.remove_agent("ann")) == [("no-unexplained-not-ready", "ended: agent-left")]
    assert floor.later(HOUR) == []


def test_after_a_stop_of_the_engine_the_ladder_begins_with_its_first_rung(floor: Floor) -> None:
    floor.member("ann")
    floor.set("ann", "not_ready", "break")
    breached = the(FloorRuleBreached, floor.later(3 * HOUR))
    assert (breached.rung, breached.since, breached.noticed_at) == (
        "reminder",
        floor.now - (3 * HOUR - 10 * MINUTE) * 1000,
        floor.now,
    )
    assert told(floor.later(2 * MINUTE)) == [("break-10-minutes", "warning")]


def test_journal_and_snapshot_give_the_same_floor(floor: Floor) -> None:
    floor.member("ann")
    floor.member("bob", available=False)
    floor.shift("bob", 0, 2 * HOUR, (HOUR, HOUR + MINUTE))
    floor.set("ann", "not_ready", "break")
    floor.later(4 * MINUTE)
    floor.later(7 * MINUTE)
    state = PoolState(pool_id=floor.state.pool_id)
    for now, step in floor.steps:
        begin(state, now)
        replay(state, step, now)
    assert list(snapshot(state)) == list(snapshot(floor.state))
    again = restored(snapshot(floor.state))
    assert list(snapshot(again)) == list(snapshot(floor.state))
    assert state.next_due() == again.next_due() == floor.state.next_due()
