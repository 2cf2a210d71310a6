"""The engine against the rules written plainly: every offer is the one a person would make, and none is missed."""

import itertools
import os
import random
from collections.abc import Mapping

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.routing.domain.settings import ChannelCapacity, QueueRank
from tests.failure.scale import SOAK
from tests.tally import Tally
from tests.unit.routing.play import AGENTS, CAPACITIES, CHANNELS, MANNERS, QUEUES, RANKS, Play, Skills

#: A million events in `make soak`. They are walked in shares, so that several processors can have some.
EVENTS = int(os.environ.get("SWITCHYARD_MODEL_EVENTS", "1000000" if SOAK else "25000"))
SHARES = 10
EXAMPLES = int(os.environ.get("SWITCHYARD_MODEL_EXAMPLES", "2000" if SOAK else "40"))

AGENT, QUEUE = st.sampled_from(AGENTS), st.sampled_from(QUEUES)
SKILLS = st.dictionaries(st.sampled_from(("tech", "lang")), st.integers(1, 3), max_size=2)


class PoolMachine(RuleBasedStateMachine):
    """Commands in any order, with restarts between them."""

    def __init__(self) -> None:
        super().__init__()
        self.play = Play()

    @rule(queue=QUEUE, channel=st.sampled_from(CHANNELS), priority=st.integers(0, 1), ago=st.integers(0, 3))
    def enqueue(self, queue: str, channel: str, priority: int, ago: int) -> None:
        self.play.enqueue(queue, channel, priority, {}, ago)

    @rule(queue=QUEUE, channel=st.sampled_from(CHANNELS), skills=SKILLS, last=st.sampled_from(("", *AGENTS)))
    def enqueue_with_skills(self, queue: str, channel: str, skills: Skills, last: str) -> None:
        self.play.enqueue(queue, channel, 0, skills, 0, last=last)

    @rule(data=st.data(), accept=st.booleans())
    def answer(self, data: st.DataObject, *, accept: bool) -> None:
        if rings := self.play.contacts("offered"):
            contact = data.draw(st.sampled_from(rings))
            (self.play.accept if accept else self.play.reject)(contact)

    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        if contacts := [*self.play.contacts(), *self.play.callbacks("scheduled")]:
            self.play.end(data.draw(st.sampled_from(contacts)))

    @rule(data=st.data(), later=st.sampled_from((0, 0, 4, 30)))
    def ask_for_a_call(self, data: st.DataObject, later: int) -> None:
        if waiting := self.play.callable():
            self.play.request_callback(data.draw(st.sampled_from(waiting)), later)

    @rule(queue=QUEUE, later=st.integers(0, 30))
    def arrange_a_call(self, queue: str, later: int) -> None:
        self.play.arrange_a_call(queue, later)

    @rule(data=st.data())
    def do_not_answer_the_call(self, data: st.DataObject) -> None:
        if called := self.play.callbacks("connected"):
            self.play.not_reached(data.draw(st.sampled_from(called)))

    @rule(data=st.data(), later=st.integers(0, 20))
    def reschedule(self, data: st.DataObject, later: int) -> None:
        if callbacks := self.play.callbacks("scheduled", "waiting", "offered"):
            self.play.reschedule(data.draw(st.sampled_from(callbacks)), later)

    @rule(data=st.data(), queue=QUEUE, to_pool=st.sampled_from(("", "back")))
    def transfer(self, data: st.DataObject, queue: str, to_pool: str) -> None:
        if contacts := self.play.contacts("connected", "waiting", "offered"):
            self.play.transfer(data.draw(st.sampled_from(contacts)), queue, to_pool)

    @rule(data=st.data())
    def wrap_up(self, data: st.DataObject) -> None:
        if wrap_ups := self.play.open_wrap_ups():
            self.play.wrap_up(*data.draw(st.sampled_from(wrap_ups)))

    @rule(agent=AGENT, state=st.sampled_from(("available", "available", "not_ready", "offline")))
    def set_state(self, agent: str, state: str) -> None:
        self.play.set_state(agent, state)

    @rule(
        agent=AGENT,
        queues=st.sets(QUEUE, min_size=1),
        skills=SKILLS,
        channels=st.sampled_from(CAPACITIES),
        ranks=st.sampled_from(RANKS),
    )
    def configure_agent(
        self,
        agent: str,
        queues: set[str],
        skills: Skills,
        channels: tuple[ChannelCapacity, ...],
        ranks: tuple[QueueRank, ...],
    ) -> None:
        self.play.configure_agent(agent, tuple(sorted(queues)), skills, channels, ranks)

    @rule(agent=AGENT)
    def replace_agent(self, agent: str) -> None:
        self.play.remove_agent(agent)
        self.play.configure_agent(agent, QUEUES, {"tech": 2}, CAPACITIES[0])

    @rule(
        queue=QUEUE,
        skills=SKILLS,
        priority=st.integers(0, 2),
        wrap_up=st.sampled_from((0, 5)),
        manner=st.sampled_from(MANNERS),
    )
    def configure_queue(
        self, queue: str, skills: Skills, priority: int, wrap_up: int, manner: Mapping[str, object]
    ) -> None:
        self.play.configure_queue(queue, skills, priority, wrap_up, manner)

    @rule(seconds=st.integers(1, 12))
    def time_passes(self, seconds: int) -> None:
        self.play.time_passes(seconds)

    @rule()
    def keep_a_snapshot(self) -> None:
        self.play.keep_a_snapshot()

    @rule()
    def restart_from_a_snapshot(self) -> None:
        self.play.restart_from_a_snapshot()

    @rule()
    def restart_from_the_journal(self) -> None:
        self.play.restart_from_the_journal()

    @invariant()
    def all_is_as_told(self) -> None:
        self.play.check_states()
        self.play.check_counters()


TestEngineAgainstThePlainRules = PoolMachine.TestCase
TestEngineAgainstThePlainRules.settings = settings(
    max_examples=EXAMPLES, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("share", range(SHARES))
def test_random_working_days_are_matched_as_the_plain_rules_say(share: int, tally: Tally) -> None:
    events = 0
    for seed in itertools.count(share, SHARES):
        events += _day(seed)
        if events >= EVENTS // SHARES:
            break
    tally.count("events", events)


def _day(seed: int) -> int:
    """Live through some five hundred events, each checked, and replay them; gives how many there were."""
    pick, play = random.Random(seed), Play()
    for queue in QUEUES:
        play.configure_queue(queue, {}, 0, 5, pick.choice(MANNERS))
    for _ in range(400):
        _one_act(pick, play)
        play.check_states()
    play.check_counters()
    play.restart_from_the_journal()
    assert play.naive.counters["OfferAccepted"] > 5
    return sum(len(step.events) for _, step in play.pool.steps)


def _one_act(pick: random.Random, play: Play) -> None:
    """Mostly what a centre does all day; now and then what changes its settings."""
    act = pick.choices(
        (_arrive, _answer, _end, _wrap_up, _wait, _transfer, _set_state, _restart, _reconfigure, _call_back),
        weights=(30, 25, 12, 12, 8, 4, 10, 1, 2, 4),
    )[0]
    act(pick, play)


def _skills(pick: random.Random) -> Skills:
    return {name: pick.randint(1, 3) for name in pick.sample(("tech", "lang"), pick.choice((0, 0, 1, 2)))}


def _arrive(pick: random.Random, play: Play) -> None:
    skills = _skills(pick) if pick.random() < 0.2 else {}
    last = pick.choice(AGENTS) if pick.random() < 0.3 else ""
    play.enqueue(
        pick.choice(QUEUES), pick.choice(CHANNELS), pick.choice((0, 0, 1)), skills, pick.randint(0, 3), last=last
    )


def _answer(pick: random.Random, play: Play) -> None:
    if rings := play.contacts("offered"):
        (play.reject if pick.random() < 0.3 else play.accept)(pick.choice(rings))


def _end(pick: random.Random, play: Play) -> None:
    if contacts := [*play.contacts(), *play.callbacks("scheduled")]:
        play.end(pick.choice(contacts))


def _wrap_up(pick: random.Random, play: Play) -> None:
    if wrap_ups := play.open_wrap_ups():
        play.wrap_up(*pick.choice(wrap_ups))


def _wait(pick: random.Random, play: Play) -> None:
    play.time_passes(pick.randint(1, 6))


def _transfer(pick: random.Random, play: Play) -> None:
    if contacts := play.contacts("connected", "waiting", "offered"):
        play.transfer(pick.choice(contacts), pick.choice(QUEUES), pick.choice(("", "", "back")))


def _call_back(pick: random.Random, play: Play) -> None:
    """Ask for a call, do not answer it, or want it at another time."""
    called, later = play.callbacks("connected"), pick.choice((0, 0, 3, 20))
    open_callbacks = play.callbacks("scheduled", "waiting", "offered")
    waiting = play.callable()
    if called and pick.random() < 0.7:
        play.not_reached(pick.choice(called))
    elif open_callbacks and pick.random() < 0.2:
        play.reschedule(pick.choice(open_callbacks), later)
    elif waiting:
        play.request_callback(pick.choice(waiting), later)
    else:
        play.arrange_a_call(pick.choice(QUEUES), later)


def _set_state(pick: random.Random, play: Play) -> None:
    state = pick.choices(("available", "not_ready", "offline"), weights=(6, 1, 1))[0]
    play.set_state(pick.choice(AGENTS), state)


def _restart(pick: random.Random, play: Play) -> None:
    pick.choice((play.keep_a_snapshot, play.restart_from_a_snapshot, play.restart_from_the_journal))()


def _reconfigure(pick: random.Random, play: Play) -> None:
    agent, channels = pick.choice(AGENTS), pick.choice((CAPACITIES[0], *CAPACITIES))
    if pick.random() < 0.3:
        wrap_up = pick.choice((0, 5))
        play.configure_queue(pick.choice(QUEUES), _skills(pick), pick.randint(0, 2), wrap_up, pick.choice(MANNERS))
    elif pick.random() < 0.2:
        play.remove_agent(agent)
    queues = pick.choice((QUEUES, QUEUES, QUEUES[:1]))
    skills = {"tech": pick.randint(1, 3), "lang": pick.randint(1, 3)}
    play.configure_agent(agent, queues, skills, channels, pick.choice(RANKS))
