"""What a decision that is made again says of everybody, and where it cannot be made again."""

from collections.abc import Sequence

import pytest

from services.routing.application.explaining import EMPTIED, TOO_FAR, TOO_MANY, Bounds
from services.routing.domain.desk_events import ContactAssignedByHand
from services.routing.domain.policies import ROUTING_POLICIES
from services.routing.domain.remade import Verdict
from services.routing.domain.settings import ChannelOffers
from tests.unit.routing.desk import Desk
from tests.unit.routing.driver import Driver, skills
from tests.unit.routing.past import EVER, EVERYBODY, KEY, Past, floor, past_of
from tests.unit.routing.test_parking import POISON, breaks_on_poison


async def test_every_agent_is_named_with_the_first_rule_against_them() -> None:
    pool = floor()
    pool.enqueue("c1", "power")
    pool.accept("c1")
    past = await past_of(pool)
    (told,) = await past.explain("c1")
    assert {each.agent_id: each.verdict for each in told.verdicts} == EVERYBODY
    assert {each.agent_id: each.skill for each in told.verdicts if each.skill} == {"weak": "outage", "bare": "outage"}
    assert told.tally["skill-missing", "outage"] == 1


async def test_several_decisions_about_a_contact_are_each_of_their_time() -> None:
    pool = floor()
    pool.enqueue("c1", "power")
    past = await past_of(pool)
    pool.later(2)
    pool.set("away", "available")
    pool.reject("c1")
    pool.end("call")
    await past.note()
    first, second = await past.verdicts("c1")
    assert first == EVERYBODY
    assert second == EVERYBODY | {"bob": "already-declined", "idle": "chosen", "away": "idle-less-long"}


async def test_who_has_nothing_comes_before_who_handles_something() -> None:
    pool = Driver()
    pool.queue("billing")
    pool.agent("ann", "billing")
    pool.enqueue("chat", channel="chat")
    pool.later(9)
    pool.agent("bob", "billing")
    pool.enqueue("c1", channel="chat")
    past = await past_of(pool)
    assert await past.verdicts("c1") == [{"bob": "chosen", "ann": "handling-others"}]


async def test_of_offers_made_at_once_each_shows_who_rang_before() -> None:
    pool = Driver()
    pool.queue("billing", channel_offers=(ChannelOffers(channel="chat", at_once=2),))
    for name in ("ann", "bob", "cid"):
        pool.agent(name, "billing")
        pool.later(1)
    pool.enqueue("c1", channel="chat")
    past = await past_of(pool)
    assert await past.verdicts("c1") == [
        {"ann": "chosen", "bob": "idle-less-long", "cid": "idle-less-long"},
        {"ann": "already-offered", "bob": "chosen", "cid": "idle-less-long"},
    ]


async def test_a_hand_chooses_among_those_who_may_have_it_and_those_who_may_not() -> None:
    """Nobody's turn is asked for: who could have had it, could."""
    pool = Desk()
    pool.agent("ann", "billing", skills=skills(tax=5))
    pool.agent("bob", "billing", skills=skills(tax=9))
    pool.agent("cid")
    pool.enqueue("c1", required=skills(tax=4))
    pool.assign("c1", "cid")
    past = await past_of(pool)
    assert await past.verdicts("c1") == [
        {"ann": "chosen", "bob": "idle-less-long", "cid": "queue-not-served"},
        {"ann": "eligible", "bob": "eligible", "cid": "chosen"},
    ]


async def test_an_offer_left_to_one_agent_by_hand_is_a_decision_of_its_own() -> None:
    pool = Desk()
    pool.queue("billing", channel_offers=(ChannelOffers(channel="chat", at_once=2),))
    for name in ("ann", "bob"):
        pool.agent(name, "billing")
    pool.enqueue("c1", channel="chat")
    pool.assign("c1", "bob")
    past = await past_of(pool)
    *_, left = await past.explain("c1")
    assert isinstance(left.made.what, ContactAssignedByHand)
    assert {each.agent_id: each.verdict for each in left.verdicts} == {"ann": "eligible", "bob": "chosen"}


async def test_who_takes_a_conversation_over_is_chosen_in_the_entry_between() -> None:
    pool = Desk()
    pool.agent("ann", "billing")
    pool.enqueue("c1")
    pool.accept("c1")
    pool.agent("bob")
    pool.take_over("c1", "bob")
    past = await past_of(pool)
    assert (await past.verdicts("c1"))[-1] == {"ann": "at-capacity", "bob": "chosen"}


async def test_a_parked_contact_shows_on_whom_the_rule_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    breaking = (*ROUTING_POLICIES, breaks_on_poison)
    monkeypatch.setattr("services.routing.domain.lane.ROUTING_POLICIES", breaking)
    monkeypatch.setattr("services.routing.domain.candidacy.ROUTING_POLICIES", breaking)
    pool = Driver()
    pool.queue("billing")
    pool.agent("ann", "billing")
    pool.agent("bob", "billing", available=False)
    pool.enqueue(POISON)
    past = await past_of(pool)
    assert await past.verdicts(POISON) == [{"ann": "rule-failed", "bob": "not-available"}]


async def test_a_decision_out_of_bounds_shows_those_looked_at_and_why_not_all() -> None:
    pool = floor()
    pool.enqueue("c1", "power")
    past = await past_of(pool)
    (far,) = await past.explain("c1", Bounds(steps=5))
    assert (far.missing, looked_at(far.verdicts)) == (TOO_FAR, {"bob", "idle"})
    (many,) = await past.explain("c1", Bounds(agents=5))
    assert (many.missing, looked_at(many.verdicts)) == (TOO_MANY, {"bob", "idle"})
    assert sum(many.tally.values()) == len(EVERYBODY)


def looked_at(verdicts: Sequence[Verdict]) -> set[str]:
    assert all(each.looked_at for each in verdicts)
    return {each.agent_id for each in verdicts}


async def test_what_is_emptied_is_not_made_again_but_from_a_snapshot() -> None:
    pool = floor()
    past = Past(pool, every=1)
    await past.note()
    pool.later(1)
    pool.enqueue("c1", "power")
    await past.note()
    while await past.journal.empty(KEY, through=past.sequence - 2, before=EVER):
        pass
    assert await past.verdicts("c1") == [EVERYBODY]
    late = Past(pool, every=10_000)
    await late.note()
    await late.journal.empty(KEY, through=1, before=EVER)
    (told,) = await late.explain("c1")
    assert (told.missing, looked_at(told.verdicts)) == (EMPTIED, {"bob", "idle"})


@pytest.mark.parametrize(
    ("choice", "chosen", "later"),
    [
        ("longest-idle", "ann", "idle-less-long"),
        ("most-skilled", "bob", "less-skilled"),
        ("least-occupied", "bob", "more-occupied"),
        ("round-robin", "bob", "had-a-turn-later"),
    ],
)
async def test_who_comes_later_does_so_by_the_queues_choice(choice: str, chosen: str, later: str) -> None:
    """Ann has handled something, and is free longer than Bob is there; he knows more."""
    pool = Driver()
    pool.queue("billing", choice=choice, preferred_skills=skills(tax=1))
    pool.agent("ann", "billing", skills=skills(tax=3))
    pool.enqueue("before")
    pool.accept("before")
    pool.later(30)
    pool.end("before")
    pool.wrap_up("before", "ann")
    pool.later(5)
    pool.agent("bob", "billing", skills=skills(tax=9))
    pool.enqueue("c1")
    past = await past_of(pool)
    (other,) = {"ann", "bob"} - {chosen}
    assert await past.verdicts("c1") == [{chosen: "chosen", other: later}]
