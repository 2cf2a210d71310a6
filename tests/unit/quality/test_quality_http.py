"""Scorecards and evaluations at the door."""

from typing import Any

import pytest

from switchyard.events.quality.v1 import evaluation_events_pb2 as pb
from tests.unit.quality.conftest import Bench, line
from tests.unit.quality.test_contact_closed import closed

CARD: dict[str, Any] = {
    "id": "billing-card",
    "name": {"en": "Billing", "zh": "账务"},
    "queues": ["billing"],
    "sections": [
        {
            "id": "thanks",
            "name": {"en": "Thanks", "zh": "致谢"},
            "questions": [
                {
                    "id": "thanked",
                    "text": {"en": "Thanked?", "zh": "是否致谢？"},
                    "weight": 10,
                    "rule": {"kind": "phrase_said", "phrases": ["thank you", "谢谢"], "within_lines": 100},
                }
            ],
        }
    ],
}


def _with_rule(rule: dict[str, Any]) -> dict[str, Any]:
    section = CARD["sections"][0]
    return CARD | {"sections": [section | {"questions": [section["questions"][0] | {"rule": rule}]}]}


async def test_a_new_tenant_has_the_automatic_scorecard(bench: Bench) -> None:
    async with bench.client("newcomer", "qa") as client:
        listed = (await client.get("/v1/scorecards")).json()
        one = await client.get("/v1/scorecards/default")
    assert [item["id"] for item in listed["items"]] == ["default"]
    assert one.headers["ETag"] == '"1"'
    rules = [question["rule"]["kind"] for section in one.json()["sections"] for question in section["questions"]]
    assert rules == ["first_response_within", "phrase_said", "phrases_absent"]


async def test_a_tenant_s_own_scorecard_scores_its_queue_beside_the_default(bench: Bench) -> None:
    bench.transcripts.lines["acme", "cnt_1"] = [line(2, "谢谢您的来电")]
    async with bench.client() as client:
        made = await client.post("/v1/scorecards", json=CARD)
        again = await client.post("/v1/scorecards", json=CARD)
    await bench.deliver(closed())
    assert (made.status_code, again.status_code) == (201, 409)
    assert {event.scorecard_id: event.score for event in bench.bus.decoded(pb.EvaluationCompleted)} == {
        "billing-card": 100,
        "default": 70,
    }


async def test_a_change_makes_the_next_version_and_leaves_the_last_as_it_was(bench: Bench) -> None:
    async with bench.client() as client:
        before = (await client.get("/v1/scorecards/default")).json()
        changed = await client.put("/v1/scorecards/default", json=_put(before) | {"pass_mark": 90})
        same = await client.put("/v1/scorecards/default", json=_put(before) | {"pass_mark": 90})
        first = (await client.get("/v1/scorecards/default/versions/1")).json()
        second = (await client.get("/v1/scorecards/default/versions/2")).json()
        third = await client.get("/v1/scorecards/default/versions/3")
    assert (changed.status_code, changed.json()["version"], same.json()["version"]) == (200, 2, 2)
    assert (first, second["pass_mark"], third.status_code) == (before, 90, 404)


def _put(card: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in card.items() if name != "version"}


async def test_an_evaluation_names_the_version_it_was_made_with(bench: Bench) -> None:
    bench.transcripts.lines["acme", "cnt_1"] = [line(2, "so what")]
    async with bench.client() as client:
        card = (await client.get("/v1/scorecards/default")).json()
        await client.put("/v1/scorecards/default", json=_put(card) | {"pass_mark": 90})
        await bench.deliver(closed())
        (item,) = (await client.get("/v1/evaluations")).json()["items"]
    assert (item["scorecard_version"], item["passed"], item["score"]) == (2, False, 70)


async def test_a_stale_scorecard_version_is_refused(bench: Bench) -> None:
    async with bench.client() as client:
        await client.put("/v1/scorecards/billing-card", json=CARD)
        answer = await client.put("/v1/scorecards/billing-card", json=CARD, headers={"If-Match": '"9"'})
    assert answer.status_code == 412


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (CARD | {"sections": []}, "/sections"),
        (CARD | {"colour": "red"}, "/colour"),
        (CARD | {"sections": CARD["sections"] * 2}, "/sections"),
        (_with_rule({"kind": "phrase_said", "phrases": []}), "/sections/0/questions/0/rule/phrase_said/phrases"),
        (_with_rule({"kind": "astrology"}), "/sections/0/questions/0/rule"),
        (
            _with_rule({"kind": "first_response_within", "seconds": {"chat": -1}}),
            "/sections/0/questions/0/rule/first_response_within/seconds/chat",
        ),
    ],
)
async def test_a_scorecard_that_does_not_fit_is_refused_at_its_field(
    bench: Bench, body: dict[str, Any], pointer: str
) -> None:
    async with bench.client() as client:
        answer = await client.post("/v1/scorecards", json=body)
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


async def test_evaluations_are_found_by_contact_agent_queue_and_flag(bench: Bench) -> None:
    bench.transcripts.lines["acme", "cnt_1"] = [line(2, "Hello")]
    bench.transcripts.lines["acme", "cnt_2"] = [line(2, "闭嘴")]
    for contact_id in ("cnt_1", "cnt_2"):
        await bench.deliver(closed(contact_id))
        bench.clock.advance(seconds=1)
    async with bench.client("acme", "qa") as client:
        everything = (await client.get("/v1/evaluations", params={"agent": "agt_ann", "queue": "billing"})).json()
        flagged = (await client.get("/v1/evaluations", params={"flagged": True})).json()["items"]
        first = (await client.get("/v1/evaluations", params={"limit": 1})).json()
        second = (await client.get("/v1/evaluations", params={"limit": 1, "cursor": first["next"]})).json()
        one = (await client.get(f"/v1/evaluations/{flagged[0]['id']}")).json()
    assert [item["contact"] for item in everything["items"]] == ["cnt_2", "cnt_1"]
    assert [item["contact"] for item in flagged] == ["cnt_2"]
    assert [first["items"][0]["contact"], second["items"][0]["contact"], second["next"]] == ["cnt_2", "cnt_1", None]
    evidence = {answer["question"]: answer["evidence"] for answer in one["answers"]}
    assert evidence["forbidden_words"] == [2]
    assert "闭嘴" not in str(one)


async def test_another_tenants_things_are_not_there(bench: Bench) -> None:
    bench.transcripts.lines["acme", "cnt_1"] = [line(2, "Hello")]
    await bench.deliver(closed())
    async with bench.client() as client, bench.client("other") as stranger:
        await client.post("/v1/scorecards", json=CARD)
        (item,) = (await client.get("/v1/evaluations")).json()["items"]
        evaluation = await stranger.get(f"/v1/evaluations/{item['id']}")
        card = await stranger.get("/v1/scorecards/billing-card")
        version = await stranger.get("/v1/scorecards/billing-card/versions/1")
        listed = await stranger.get("/v1/evaluations")
    assert (evaluation.status_code, card.status_code, version.status_code) == (404, 404, 404)
    assert listed.json()["items"] == []


async def test_agents_do_not_read_evaluations(bench: Bench) -> None:
    async with bench.client("acme", "agent") as client:
        assert (await client.get("/v1/evaluations")).status_code == 403
