"""Whatever agents and supervisors do in whatever order: nothing is held twice, and every journal tells it again."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.application.snapshots import restored, snapshot
from services.routing.domain.engine import begin, replay
from services.routing.domain.pool import PoolState
from services.routing.domain.queue_steps import RuleStep
from services.routing.domain.settings import ChannelOffers
from services.routing.domain.stays import Connected, Offered, Waiting
from services.routing.domain.timers import HOLD
from tests.unit.routing.desk import Desk

AGENTS = ("ann", "bob", "sue")
CONTACTS = tuple(f"c{number}" for number in range(12))

_agents, _contacts = st.sampled_from(AGENTS), st.sampled_from(CONTACTS)
_acts = st.one_of(
    st.tuples(st.just("assign"), _contacts, _agents),
    st.tuples(st.just("force"), _contacts, _agents),
    st.tuples(st.just("take over"), _contacts, _agents),
    st.tuples(st.just("prioritise"), _contacts, st.integers(-2, 2)),
    st.tuples(st.just("accept"), _contacts),
    st.tuples(st.just("reject"), _contacts),
    st.tuples(st.just("end"), _contacts),
    st.tuples(st.just("extend"), _contacts, _agents),
    st.tuples(st.just("wrap up"), _contacts, _agents),
    st.tuples(st.just("sit"), _agents, st.sampled_from(("A1", "A2"))),
    st.tuples(st.just("sign out"), _agents, st.booleans()),
    st.tuples(st.just("report"), _agents, st.booleans()),
    st.tuples(st.just("wait"), st.integers(1, 25)),
    st.tuples(st.just("restart")),
)


class Floor:
    """Three agents of one site, and contacts that come once."""

    def __init__(self, at_once: int) -> None:
        self.pool = Desk()
        self.pool.queue(
            "billing",
            ring_seconds=20,
            wrap_up_seconds=30,
            channel_offers=(ChannelOffers(channel="chat", ring_seconds=20, at_once=at_once),),
            steps=(RuleStep(after_seconds=15, raise_priority=1),),
        )
        self._entries: Counter[str] = Counter()
        self._reports: Counter[str] = Counter()
        for agent in AGENTS:
            self.pool.agent_of_site(agent, "north")
        self.pool.set("ann", "available")

    def act(self, act: tuple[object, ...]) -> None:
        match act:
            case ("assign", str(contact), str(agent)):
                self.pool.assign(contact, agent)
            case ("force", str(contact), str(agent)):
                self.pool.assign(contact, agent, force=True)
            case ("take over", str(contact), str(agent)):
                self.pool.take_over(contact, agent)
            case ("prioritise", str(contact), int(priority)):
                self.pool.prioritise(contact, priority)
            case _:
                self._act_on_contact(act)

    def check(self) -> None:
        """Who talks does so once; a seat has one agent; the priorities' order is that of the line."""
        state = self.pool.state
        self._check_offers()
        seated = {(agent.at_site, agent.seat): agent.id for agent in state.agents.values() if agent.seat}
        assert seated == state.seats
        for agent in state.agents.values():
            assert agent.announced == agent.shown()
            assert agent.held_units == sum(hold.units for hold in agent.holds.values())
            assert agent.seat == "" or agent.announced.state != "offline"
        waiting = [stay for stay in state.contacts.values() if isinstance(stay, Waiting)]
        assert [w.entry.contact_id for w in state.waiting_in("billing")] == [
            w.entry.contact_id
            for w in sorted(waiting, key=lambda w: (-w.own_priority - w.steps_taken, w.entry.queued_at, w.rank[2]))
        ]

    def _check_offers(self) -> None:
        """Each agent is asked once for a contact, all know how it waits, and every deadline is timed."""
        state = self.pool.state
        live = [hold for hold in state.holds.values() if isinstance(hold, Offered | Connected)]
        for contact_id, stay in state.contacts.items():
            holds = [hold for hold in live if hold.entry.contact_id == contact_id]
            assert [hold.offer_id for hold in state.offers_of(contact_id)] == [
                hold.offer_id for hold in sorted(holds, key=lambda hold: hold.number) if isinstance(hold, Offered)
            ]
            assert len({hold.holder.agent_id for hold in holds}) == len(holds)
            held = {stay.waiting} if isinstance(stay, Offered | Connected) else set()
            assert {hold.waiting for hold in holds} == held
            assert len(holds) == 1 or not isinstance(stay, Connected)
        assert {hold.entry.contact_id for hold in live} <= state.contacts.keys()
        for hold in state.holds.values():
            assert state.timers.due_of((HOLD, hold.offer_id)) == hold.due

    def replayed(self) -> None:
        state = PoolState(pool_id=self.pool.state.pool_id)
        for now, step in self.pool.steps:
            begin(state, now)
            replay(state, step, now)
        begin(state, self.pool.state.now)
        assert list(snapshot(state)) == list(snapshot(self.pool.state))
        assert state.seats == self.pool.state.seats
        assert state.timers.first() == self.pool.state.timers.first()

    def _act_on_contact(self, act: tuple[object, ...]) -> None:
        match act:
            case ("accept" | "reject" as how, str(contact)):
                self._answer(contact, how)
            case ("end", str(contact)):
                self._come_or_go(contact)
            case ("extend", str(contact), str(agent)):
                self.pool.extend(contact, agent, 10)
            case ("wrap up", str(contact), str(agent)):
                self.pool.wrap_up(contact, agent)
            case _:
                self._act_of_agent(act)

    def _answer(self, contact: str, how: str) -> None:
        if isinstance(self.pool.state.contacts.get(contact), Offered):
            (self.pool.accept if how == "accept" else self.pool.reject)(contact)

    def _come_or_go(self, contact: str) -> None:
        if contact in self.pool.state.contacts:
            self.pool.end(contact)
        elif contact not in self.pool.state.ends:
            self._entries[contact] += 1
            self.pool.enqueue(contact, entry=self._entries[contact], channel="chat")

    def _act_of_agent(self, act: tuple[object, ...]) -> None:
        match act:
            case ("sit", str(agent), str(seat)):
                self.pool.sit(agent, seat=seat)
            case ("sign out", str(agent), bool(force)):
                self.pool.force(agent, "offline", force=force)
            case ("report", str(agent), bool(present)):
                self._reports[agent] += 1
                self.pool.report(agent, self._reports[agent], present=present, grace_seconds=10)
            case ("wait", int(seconds)):
                self.pool.later(seconds)
            case _:
                self.pool.state = restored(snapshot(self.pool.state))


@settings(max_examples=200)
@given(st.lists(_acts, min_size=10, max_size=80), st.sampled_from((1, 3)))
def test_desks_and_supervisors_in_any_order(acts: list[tuple[object, ...]], at_once: int) -> None:
    floor = Floor(at_once)
    for act in acts:
        floor.act(act)
        floor.check()
    floor.replayed()
