"""What every book of the floor keeps to, in memory and in MongoDB alike."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.routing.adapters.memory_floor_book import InMemoryFloorBook
from services.routing.adapters.mongo_floor_book import MongoFloorBook
from services.routing.application.floor_book import BreachFilter, NotedBreach, NotedRequest
from switchyard.mongo.client import Database

Books = InMemoryFloorBook | MongoFloorBook
Make = Callable[[], Awaitable[Books]]
NOON = datetime(2026, 11, 25, 12, 0, 0, 123_000, tzinfo=UTC)
BREACH = NotedBreach(
    breach_id="brc_default.1",
    rule_id="break-10-minutes",
    kind="not-ready",
    agent_id="ann",
    team_id="days",
    site_id="north",
    pool_id="default",
    rung="reminder",
    since=NOON,
    noticed_at=NOON,
    limit_seconds=600.0,
    cause="not_ready/break",
    repeat=1,
    rungs={"reminder": NOON},
)
REQUEST = NotedRequest(
    request_id="brk_default.1", agent_id="ann", team_id="days", site_id="north", pool_id="default", asked_at=NOON
)


@pytest.fixture(params=["memory", "mongo"])
def make(request: pytest.FixtureRequest) -> Make:
    async def memory() -> Books:
        return InMemoryFloorBook()

    async def mongo() -> Books:
        book = MongoFloorBook(database)
        await book.prepare()
        return book

    if request.param == "memory":
        return memory
    database: Database = request.getfixturevalue("mongo")
    return mongo


def later(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


async def test_a_breach_is_kept_as_its_newest_event_says_with_all_its_rungs(make: Make) -> None:
    book = await make()
    warned = replace(BREACH, rung="warning", rungs={"warning": later(2)})
    assert await book.note_breach("acme", BREACH, 7)
    assert await book.note_breach("acme", warned, 8)
    assert await book.breaches("acme", BreachFilter(), limit=9) == [
        replace(warned, rungs={"reminder": NOON, "warning": later(2)})
    ]


async def test_an_event_that_comes_again_or_late_changes_nothing(make: Make) -> None:
    book = await make()
    ended = replace(BREACH, ended_at=later(3), reason="state-changed")
    await book.note_breach("acme", BREACH, 7)
    await book.note_breach("acme", ended, 9)
    assert not await book.note_breach("acme", BREACH, 7)
    assert not await book.note_breach("acme", ended, 9)
    assert [each.ended_at for each in await book.breaches("acme", BreachFilter(), limit=9)] == [later(3)]


async def test_breaches_are_found_by_who_what_when_and_whether_they_go_on(make: Make) -> None:
    book = await make()
    one = BREACH
    two = replace(
        BREACH,
        breach_id="brc_default.2",
        rule_id="sign-in-on-time",
        agent_id="bob",
        team_id="nights",
        site_id="south",
        rung="reported",
        noticed_at=later(5),
        ended_at=later(6),
    )
    for sequence, breach in enumerate((one, two), start=1):
        await book.note_breach("acme", breach, sequence)
    await book.note_breach("other", replace(one, agent_id="eve"), 1)
    cases = [
        (BreachFilter(), ["bob", "ann"]),
        (BreachFilter(agent_id="ann"), ["ann"]),
        (BreachFilter(team_id="nights"), ["bob"]),
        (BreachFilter(site_id="north"), ["ann"]),
        (BreachFilter(rule_id="sign-in-on-time"), ["bob"]),
        (BreachFilter(rung="reported"), ["bob"]),
        (BreachFilter(is_open=True), ["ann"]),
        (BreachFilter(is_open=False), ["bob"]),
        (BreachFilter(begins=later(5)), ["bob"]),
        (BreachFilter(ends=later(5)), ["ann"]),
        (BreachFilter(agent_id="eve"), []),
    ]
    for wanted, agents in cases:
        assert [each.agent_id for each in await book.breaches("acme", wanted, limit=9)] == agents


async def test_pages_follow_each_other_though_moments_are_equal(make: Make) -> None:
    book = await make()
    for number in range(5):
        await book.note_breach("acme", replace(BREACH, breach_id=f"brc_default.{number}"), number + 1)
    after: tuple[str, str] | None = None
    seen: list[str] = []
    while page := await book.breaches("acme", BreachFilter(), limit=2, after=after):
        seen += [each.breach_id for each in page]
        after = ("2026-11-25T12:00:00.123Z", seen[-1])
    assert seen == [f"brc_default.{number}" for number in (4, 3, 2, 1, 0)]


async def test_who_waits_for_a_break_is_listed_until_it_is_over(make: Make) -> None:
    book = await make()
    second = replace(REQUEST, request_id="brk_default.2", agent_id="bob", asked_at=later(1))
    third = replace(REQUEST, request_id="brk_default.3", agent_id="cid", team_id="nights", asked_at=later(-1))
    for sequence, request in enumerate((REQUEST, second, third), start=1):
        assert await book.note_request("acme", request, sequence, waiting=True)
    listed = await book.requests("acme", team_id=None, agent_id=None)
    assert listed == [third, REQUEST, second]
    assert await book.requests("acme", team_id="days", agent_id="bob") == [second]
    assert await book.requests("other", team_id=None, agent_id=None) == []
    assert await book.note_request("acme", REQUEST, 5, waiting=False)
    assert not await book.note_request("acme", REQUEST, 1, waiting=True)
    assert await book.requests("acme", team_id="days", agent_id=None) == [second]
