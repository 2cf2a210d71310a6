"""Decisions made again from the journal: every agent stands in them as it stood when they were made."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import pytest

from services.routing.application.explaining import Explained
from services.routing.domain.agent import Agent
from services.routing.domain.candidacy import ELIGIBLE, Candidacy, candidacy_of
from services.routing.domain.entry import Decision
from services.routing.domain.events import OfferMade
from services.routing.domain.lane import Lane
from services.routing.domain.moments import Moment, seconds_between
from services.routing.domain.remade import CHOSEN, DECLINED_LATER, HANDLING_OTHERS
from services.routing.domain.stays import Waiting
from tests.unit.routing.past import EVER, KEY, Past
from tests.unit.routing.play import MANNERS, QUEUES, Play
from tests.unit.routing.test_model import _one_act

LATER = {
    "idle-less-long",
    "less-skilled",
    "more-occupied",
    "had-a-turn-later",
    "lower-rank",
    HANDLING_OTHERS,
    DECLINED_LATER,
}
Choose: TypeAlias = Callable[[Lane, Waiting, Moment], tuple[Agent, Decision] | None]


@dataclass(frozen=True)
class Lived:
    """How everybody stood at the instant of a choice, asked of the pool that chose."""

    agents: tuple[tuple[str, str, int, int, float], ...]
    chosen: str


class Watching:
    """Asks how everybody stands just before a lane chooses."""

    def __init__(self, play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
        self.play, self.lived = play, list[Lived]()
        monkeypatch.setattr(Lane, "choose", self._watched(Lane.choose, again=False))
        monkeypatch.setattr(Lane, "choose_again", self._watched(Lane.choose_again, again=True))

    def _watched(self, choose: Choose, *, again: bool) -> Choose:
        def choosing(lane: Lane, waiting: Waiting, now: Moment) -> tuple[Agent, Decision] | None:
            stands = self._stands(candidacy_of(self.play.pool.state, waiting, again=again), now)
            found = choose(lane, waiting, now)
            if found is not None:
                self.lived.append(Lived(stands, found[0].id))
            return found

        return choosing

    def _stands(self, found: Candidacy, now: Moment) -> tuple[tuple[str, str, int, int, float], ...]:
        return tuple(
            (each.agent.id, each.verdict, each.rank, each.measure, seconds_between(each.agent.idle_since, now))
            for each in found.candidates
        )


@pytest.mark.parametrize("seed", range(6))
async def test_a_decision_made_again_is_the_one_that_was_lived(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Random days, from snapshots here and there, the older half of the journal packed."""
    pick, play = random.Random(seed), Play()
    past, watching = Past(play.pool), Watching(play, monkeypatch)
    for queue in QUEUES:
        play.configure_queue(queue, {}, 0, 5, pick.choice(MANNERS))
    for _ in range(400):
        _one_act(pick, play)
        await past.note()
    while await past.journal.pack(KEY, through=past.sequence // 2, before=EVER):
        pass
    offers = [event for _, step in play.pool.steps for event in step.events if isinstance(event, OfferMade)]
    lived = dict(zip((offer.offer_id for offer in offers), watching.lived, strict=True))
    for contact in sorted({offer.entry.contact_id for offer in offers}):
        for told in await past.explain(contact):
            assert isinstance(told.made.what, OfferMade)
            assert_same(told, told.made.what, lived.pop(told.made.what.offer_id))
    assert not lived
    assert len(offers) > 10


def assert_same(told: Explained, offer: OfferMade, lived: Lived) -> None:
    assert not told.missing
    assert next(agent for agent, verdict, *_ in lived.agents if verdict == ELIGIBLE) == lived.chosen
    assert [(v.agent_id, v.rank, v.measure, v.idle_seconds) for v in told.verdicts] == [
        (agent, rank, measure, idle) for agent, _, rank, measure, idle in lived.agents
    ]
    recorded = {each.agent_id: each.verdict for each in offer.decision.considered}
    for then, (agent, verdict, *_) in zip(told.verdicts, lived.agents, strict=True):
        expected = {CHOSEN} if agent == lived.chosen else LATER if verdict == ELIGIBLE else {verdict}
        assert then.verdict in expected
        assert then.looked_at is (agent in recorded)
        assert recorded.get(agent, then.verdict) == then.verdict
