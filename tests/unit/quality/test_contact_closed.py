"""Scoring what the gateway announces as closed."""

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from switchyard.eventing.outcomes import Done, Duplicate, Poison, Retry
from switchyard.events.gateway.v1 import contact_events_pb2 as gateway
from switchyard.events.quality.v1 import evaluation_events_pb2 as pb
from tests.unit.quality.conftest import NOON, Bench, line

OPENED = Timestamp()
OPENED.FromDatetime(NOON)
ANSWERED = Timestamp()
ANSWERED.FromDatetime(NOON)


def closed(contact_id: str = "cnt_1", outcome: str = "handled", channel: str = "chat") -> gateway.ContactClosed:
    return gateway.ContactClosed(
        contact_id=contact_id,
        channel=channel,
        outcome=outcome,
        queue_id="billing",
        agent_id="agt_ann",
        team_id="north",
        site_id="harbour",
        opened_at=OPENED,
        answered_at=ANSWERED,
    )


def told(bench: Bench, text: str = "Hello") -> None:
    bench.transcripts.lines["acme", "cnt_1"] = [line(2, text)]


async def test_a_handled_contact_is_scored_and_announced(bench: Bench) -> None:
    told(bench)
    assert await bench.deliver(closed()) == Done()
    (event,) = bench.bus.decoded(pb.EvaluationCompleted)
    assert (event.contact_id, event.agent_id, event.team_id, event.site_id) == ("cnt_1", "agt_ann", "north", "harbour")
    assert (event.score, event.passed, event.flagged, event.method) == (100, True, False, "automatic")
    assert (event.scorecard_id, event.scorecard_version, event.first_response_seconds) == ("default", 1, 10)
    assert {answer.question_id: answer.result for answer in event.answers}["greeting"] == "yes"


async def test_a_repeated_event_scores_nothing_more(bench: Bench) -> None:
    told(bench)
    await bench.deliver(closed())
    assert await bench.deliver(closed()) == Duplicate()
    assert len(bench.bus.decoded(pb.EvaluationCompleted)) == 1


@pytest.mark.parametrize("outcome", ["abandoned", "told", "voicemail", "callback"])
async def test_a_contact_that_nobody_handled_is_not_scored(bench: Bench, outcome: str) -> None:
    assert await bench.deliver(closed(outcome=outcome)) == Done()
    assert bench.bus.published == []


async def test_a_gateway_that_is_away_is_asked_again(bench: Bench) -> None:
    told(bench)
    bench.transcripts.available = False
    assert isinstance(await bench.deliver(closed()), Retry)
    bench.transcripts.available = True
    assert await bench.deliver(closed()) == Done()


async def test_a_contact_the_gateway_does_not_know_is_poison(bench: Bench) -> None:
    assert isinstance(await bench.deliver(closed("cnt_unknown")), Poison)


async def test_a_call_is_scored_without_a_transcript_and_leaves_first_response_unset(bench: Bench) -> None:
    bench.transcripts.available = False
    assert await bench.deliver(closed(channel="voice")) == Done()
    (event,) = bench.bus.decoded(pb.EvaluationCompleted)
    assert not event.HasField("first_response_seconds")
    assert event.score == 100


async def test_no_word_of_the_conversation_is_announced(bench: Bench) -> None:
    told(bench, "Hello, you stupid Mr Li of 13800138000")
    await bench.deliver(closed())
    (message,) = bench.bus.published
    assert b"stupid" not in message.data
    assert b"13800138000" not in message.data


async def test_an_event_without_times_is_poison(bench: Bench) -> None:
    assert isinstance(await bench.deliver(gateway.ContactClosed(contact_id="cnt_1", outcome="handled")), Poison)
