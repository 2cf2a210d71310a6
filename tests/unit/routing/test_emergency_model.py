"""Whatever happens under emergencies and closed queues: nobody free is left beside a contact that they could have."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.application.snapshots import restored, snapshot
from services.routing.domain.emergency import LEAVE, STAY, Emergency
from services.routing.domain.engine import begin, replay
from services.routing.domain.events import ContactFlowedOut, ContactQueued
from services.routing.domain.opening_hours import OpeningHours
from services.routing.domain.pool import PoolState
from services.routing.domain.queue_steps import WayOut
from services.routing.domain.stays import Offered, Waiting
from tests.unit.routing.driver import Driver
from tests.unit.routing.emergencies import agent_at, declare

QUEUES = ("billing", "sales", "relief")
AGENTS = (
    ("ann", "north", "billing"),
    ("bob", "south", "sales"),
    ("cid", "south", "billing"),
    ("dee", "east", "relief"),
)
STATES = ("available", "not_ready")
NEVER = OpeningHours(time_zone="UTC", weekly=())
WAYS = (None, WayOut(last_step="message"), WayOut(to_queue="relief"), WayOut(to_queue="sales"))
SITES = st.sets(st.sampled_from(["north", "south", "east"]), max_size=2).map(lambda sites: tuple(sorted(sites)))

EMERGENCIES = st.none() | st.builds(
    Emergency,
    then=st.sampled_from(WAYS),
    waiting=st.sampled_from([STAY, LEAVE]),
    extra_sites=SITES,
    extra_queues=st.sampled_from([(), ("billing",), ("sales",)]),
    closed_sites=SITES,
)
Act = tuple[str, object, object]
ACTS = st.one_of(
    st.tuples(st.just("come"), st.sampled_from(QUEUES), st.sampled_from(["voice", "chat"])),
    st.tuples(st.just("declare"), EMERGENCIES, st.none()),
    st.tuples(st.just("close"), st.sampled_from(QUEUES), st.sampled_from(WAYS)),
    st.tuples(st.just("open"), st.sampled_from(QUEUES), st.none()),
    st.tuples(st.just("set"), st.sampled_from([name for name, *_ in AGENTS]), st.sampled_from(STATES)),
    st.tuples(st.sampled_from(["accept", "reject", "leave", "move"]), st.integers(0, 9), st.sampled_from(QUEUES)),
    st.tuples(st.just("wait"), st.integers(1, 30), st.none()),
    st.tuples(st.just("restart"), st.none(), st.none()),
)


class Floor:
    def __init__(self) -> None:
        self.pool = Driver()
        self.came = 0
        for queue in QUEUES:
            self.pool.queue(queue, wrap_up_seconds=5)
        for name, site, queue in AGENTS:
            agent_at(self.pool, name, site, queue)

    def act(self, kind: str, one: object, two: object) -> None:
        acts: dict[str, Callable[[], object]] = {
            "come": lambda: self._come(str(one), str(two)),
            "declare": lambda: declare(self.pool, one),  # type: ignore[arg-type]
            "close": lambda: self.pool.queue(str(one), wrap_up_seconds=5, opening=NEVER, when_closed=two),
            "open": lambda: self.pool.queue(str(one), wrap_up_seconds=5),
            "set": lambda: self.pool.set(str(one), str(two)),
            "wait": lambda: self.pool.later(one),  # type: ignore[arg-type]
            "restart": self._restart,
        }
        acts.get(kind, lambda: self._deal(kind, int(str(one)), str(two)))()

    def _come(self, queue: str, channel: str) -> None:
        self.came += 1
        self.pool.enqueue(f"c{self.came:03}", queue, channel)

    def _deal(self, kind: str, number: int, queue: str) -> None:
        offered = [stay for _, stay in sorted(self.pool.state.contacts.items()) if isinstance(stay, Offered)]
        present = sorted(self.pool.state.contacts)
        if kind in {"accept", "reject"} and offered:
            contact = offered[number % len(offered)].entry.contact_id
            (self.pool.accept if kind == "accept" else self.pool.reject)(contact)
        elif kind == "leave" and present:
            self.pool.end(present[number % len(present)])
        elif kind == "move" and present:
            self.pool.transfer(present[number % len(present)], queue)

    def _restart(self) -> None:
        self.pool.state = restored(snapshot(self.pool.state))

    def check_nobody_waits_beside_a_free_agent(self) -> None:
        for stay in self.pool.state.contacts.values():
            if isinstance(stay, Waiting):
                for agent in self.pool.state.agents.values():
                    serves = agent.everywhere or stay.entry.queue_id in agent.queue_ids
                    free = agent.available() and agent.fits(stay.entry.channel) and serves
                    assert not free or agent.id in stay.declined

    def check_closed_sites_are_left_alone(self) -> None:
        emergency = self.pool.state.emergency
        for hold in self.pool.state.holds.values():
            if isinstance(hold, Offered) and emergency is not None:
                assert hold.holder.site_id not in emergency.closed_sites

    def check_every_entry_ends_at_most_once(self) -> None:
        told = [event for _, step in self.pool.steps for event in step.events]
        queued = [(e.entry.contact_id, e.entry.number) for e in told if isinstance(e, ContactQueued)]
        left = [(e.entry.contact_id, e.entry.number) for e in told if isinstance(e, ContactFlowedOut)]
        assert len(queued) == len(set(queued))
        assert len(left) == len(set(left))
        assert set(left) <= set(queued)

    def check_the_journal_gives_the_same_pool(self) -> None:
        state = PoolState(pool_id=self.pool.state.pool_id)
        for now, step in self.pool.steps:
            begin(state, now)
            replay(state, step, now)
        begin(state, self.pool.state.now)
        assert list(snapshot(state)) == list(snapshot(self.pool.state))


@settings(max_examples=150)
@given(st.lists(ACTS, max_size=40))
def test_emergencies_and_closed_queues_leave_no_contact_beside_a_free_agent(acts: list[Act]) -> None:
    floor = Floor()
    for act in acts:
        floor.act(*act)
        floor.check_nobody_waits_beside_a_free_agent()
        floor.check_closed_sites_are_left_alone()
    floor.check_every_entry_ends_at_most_once()
    floor.check_the_journal_gives_the_same_pool()
