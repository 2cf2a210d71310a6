"""The small rules: ratings, consent, entry points, ids, tokens, buckets, the live feed and retrying."""

import asyncio
from dataclasses import replace

import pytest

from services.gateway.application.chat.rules import Bucket
from services.gateway.application.chat.tokens import InvalidToken, ResumeTokens, Ticket
from services.gateway.application.live_feed import LiveFeed
from services.gateway.application.retrying import Attempt, Patience, Retrying, TryAgain
from services.gateway.domain.customer import address_key
from services.gateway.domain.entry_point import EntryPoint, Flow, configure, remove
from services.gateway.domain.identifiers import derived
from services.gateway.domain.rating import rating_in
from tests.contract.gateway_stores.memory import at


@pytest.mark.parametrize(
    ("text", "rating"),
    [("5", 5), ("５分", 5), (" 4 stars!", 4), ("3/5", 3), ("10", 10), ("5\n\n> How was it?", 5), ("五星", None)],
)
def test_a_lone_number_is_a_rating(text: str, rating: int | None) -> None:
    assert rating_in(text) == rating


@pytest.mark.parametrize("text", ["", "5 days", "call me at 5", "123", "5 5", "-1", "5.5", "thanks 5"])
def test_a_number_among_words_is_not(text: str) -> None:
    assert rating_in(text) is None


def test_an_address_is_one_key_on_every_channel_that_shares_it() -> None:
    assert address_key("voice", "+1 ") == address_key("sms", "+1") == "phone:+1"
    assert address_key("email", "Li@C.cn") == address_key("chat", "li@c.cn") == "email:li@c.cn"
    assert address_key("fax", "+1") == "fax:+1"


def test_no_two_lists_of_parts_make_the_same_id() -> None:
    assert derived("x_", "ab", "c") != derived("x_", "a", "bc")
    assert derived("x_", "ab", "c") == derived("x_", "ab", "c")


def test_only_a_changed_flow_is_a_new_version() -> None:
    flow = Flow(version=1, greeting="Hi", queue_id="q", made_at=at())
    point = EntryPoint(tenant="t", id="e", channel="sms", address="+1", name="e", flow=flow, place="sms|+1")
    same = configure(point, address="+2", name="n", greeting="Hi", queue_id="q", at=at(1))
    assert (same.flow, same.earlier, same.place) == (flow, (), "sms|+2")
    changed = configure(same, address="+2", name="n", greeting="Hey", queue_id="q", at=at(2))
    assert (changed.version, changed.earlier) == (2, (flow,))
    assert remove(changed).place is None


def test_a_resume_token_is_believed_only_as_it_was_made() -> None:
    tokens = ResumeTokens("secret")
    ticket = Ticket(tenant="t", contact_id="cnt_1")
    token = tokens.sign(ticket)
    assert tokens.read(token) == ticket
    for forged in (token[:-1] + ("A" if token[-1] != "A" else "B"), "", "é", "A" * 500, ResumeTokens("x").sign(ticket)):
        with pytest.raises(InvalidToken):
            tokens.read(forged)


def test_a_bucket_lets_a_burst_through_and_then_a_rate() -> None:
    bucket = Bucket(rate=2, burst=3, now=0)
    assert [bucket.take(0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(0.5), bucket.take(0.5)] == [True, False]


async def test_a_slow_reader_loses_the_oldest_and_knows_it() -> None:
    feed: LiveFeed[int] = LiveFeed()
    with feed.subscribe("t", "a", "b", most_waiting=2) as reader:
        for number, channel in enumerate(("a", "b", "a")):
            feed.publish("t", channel, number)
        feed.publish("u", "a", 9)
        assert reader.lost == 1
        assert [await reader.next(), await reader.next()] == [1, 2]
    assert not feed.has_readers("t", "a")


async def test_jobs_of_a_key_run_in_order_and_once() -> None:
    done: list[str] = []

    def job(name: str, failures: int) -> object:
        async def run(attempt: Attempt) -> None:
            if attempt.number <= failures:
                raise TryAgain(name)
            done.append(name)

        return run

    retrying = Retrying(Patience(attempts=3, first_pause=0, longest_pause=0, most_waiting=3))
    for name, failures in (("a", 2), ("b", 0), ("b", 0), ("c", 9)):
        assert retrying.submit("key", name, job(name, failures))  # type: ignore[arg-type]
    assert not retrying.submit("key", "d", job("d", 0))  # type: ignore[arg-type]
    await retrying.finish(within_seconds=5)
    assert done == ["a", "b"]
    assert retrying.waiting == 0


async def test_a_finish_drops_what_does_not_end() -> None:
    async def forever(_: Attempt) -> None:
        await asyncio.Event().wait()

    retrying = Retrying(replace(Patience(), at_once=1))
    retrying.submit("key", "a", forever)
    await retrying.finish(within_seconds=0.01)
    await asyncio.sleep(0)
    assert retrying.waiting == 0
