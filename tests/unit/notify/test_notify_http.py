"""Templates, settings, responses and notices at the door."""

from typing import Any

import pytest

from tests.unit.notify.conftest import Bench
from tests.unit.notify.test_contact_events import closed

GREETING: dict[str, Any] = {
    "id": "greeting",
    "channel": "sms",
    "language": "en",
    "text": "Your queue is {{ queue }}.",
}


async def test_a_new_tenant_has_templates_for_every_channel_in_both_languages(bench: Bench) -> None:
    async with bench.client("newcomer", "agent") as client:
        ids = {item["id"] for item in (await client.get("/v1/templates")).json()["items"]}
        one = await client.get("/v1/templates/csat-sms-zh")
    assert ids == {
        f"csat-{channel}-{language}" for channel in ("sms", "email", "chat", "voice") for language in ("en", "zh")
    }
    assert (one.json()["version"], one.headers["ETag"]) == (1, '"1"')


async def test_a_template_is_previewed_with_the_caller_s_variables(bench: Bench) -> None:
    async with bench.client() as client:
        made = await client.post("/v1/templates", json=GREETING)
        shown = await client.post("/v1/templates/greeting/preview", json={"variables": {"queue": "cards"}})
        sample = await client.post("/v1/templates/greeting/preview", json={})
        twice = await client.post("/v1/templates", json=GREETING)
        taken = await client.post("/v1/templates", json=GREETING | {"id": "csat-sms-en"})
        unnamed = await client.post("/v1/templates", json={k: v for k, v in GREETING.items() if k != "id"})
    assert (made.status_code, shown.json()["text"], sample.json()["text"]) == (
        201,
        "Your queue is cards.",
        "Your queue is billing.",
    )
    assert (twice.status_code, taken.status_code) == (409, 409)
    assert unnamed.json()["id"].startswith("tpl_")


async def test_a_change_makes_the_next_version_and_surveys_use_it(bench: Bench) -> None:
    changed = {"channel": "chat", "language": "en", "text": "Happy? 1-{{ scale_max }}"}
    async with bench.client() as client:
        first = (await client.get("/v1/templates/csat-chat-en")).json()
        second = await client.put("/v1/templates/csat-chat-en", json=changed)
        same = await client.put("/v1/templates/csat-chat-en", json=changed)
        kept = (await client.get("/v1/templates/csat-chat-en/versions/1")).json()
        await bench.deliver(closed())
        (notice,) = (await client.get("/v1/notices", params={"contact": "cnt_1"})).json()["items"]
        detail = (await client.get(f"/v1/notices/{notice['id']}")).json()
    assert (second.status_code, second.json()["version"], same.json()["version"]) == (200, 2, 2)
    assert kept == first
    assert (notice["template"], notice["template_version"]) == ("csat-chat-en", 2)
    assert detail["content"]["text"] == "Happy? 1-5"
    assert "content" not in notice


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"text": "{{ nobody }}"}, "/text"),
        ({"text": ""}, "/text"),
        ({"text": "x" * 5001}, "/text"),
        ({"html": "{% if %}"}, "/html"),
        ({"subject": "{{ nobody }}"}, "/subject"),
        ({"channel": "No Channel"}, "/channel"),
        ({"language": "english"}, "/language"),
        ({"colour": "red"}, "/colour"),
    ],
)
async def test_a_template_that_does_not_fit_is_refused_at_its_field(
    bench: Bench, change: dict[str, str], pointer: str
) -> None:
    async with bench.client() as client:
        answer = await client.post("/v1/templates", json=GREETING | change)
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


async def test_the_setting_for_all_queues_is_there_without_set_up(bench: Bench) -> None:
    async with bench.client("newcomer") as client:
        listed = (await client.get("/v1/surveys")).json()["items"]
    assert [(item["id"], item["enabled"], item["scale_max"], item["queue"]) for item in listed] == [
        ("all", True, 5, None)
    ]


async def test_a_queue_s_setting_is_made_changed_and_guarded_by_its_version(bench: Bench) -> None:
    async with bench.client() as client:
        made = await client.post("/v1/surveys", json={"queue": "billing", "scale_max": 7})
        again = await client.post("/v1/surveys", json={"queue": "billing"})
        put = await client.put("/v1/surveys/queue-billing", json={"queue": "billing", "scale_max": 9})
        wrong = await client.put("/v1/surveys/queue-cards", json={"queue": "billing"})
        stale = await client.patch("/v1/surveys/queue-billing", json={"enabled": False}, headers={"If-Match": '"1"'})
        patched = await client.patch("/v1/surveys/queue-billing", json={"enabled": False})
        unknown = await client.patch("/v1/surveys/queue-cards", json={"enabled": False})
    assert (made.status_code, made.json()["id"], again.status_code) == (201, "queue-billing", 409)
    assert (put.status_code, put.json()["version"], wrong.status_code, stale.status_code) == (200, 2, 422, 412)
    assert (patched.json()["enabled"], patched.json()["scale_max"], unknown.status_code) == (False, 9, 404)


@pytest.mark.parametrize("body", [{"scale_max": 1}, {"scale_max": 10}, {"until_seconds": 1}, {"languages": []}])
async def test_a_setting_outside_its_bounds_is_refused(bench: Bench, body: dict[str, Any]) -> None:
    async with bench.client() as client:
        assert (await client.post("/v1/surveys", json=body)).status_code == 422


async def test_responses_and_notices_are_listed_by_what_they_are_about(bench: Bench) -> None:
    for number in range(3):
        await bench.deliver(closed(f"cnt_{number}", queue_id="cards" if number == 1 else "billing"))
        bench.clock.advance(seconds=1)
    async with bench.client("acme", "supervisor") as client:
        billing = (await client.get("/v1/survey-responses", params={"queue": "billing", "state": "asked"})).json()
        first = (await client.get("/v1/survey-responses", params={"limit": 2})).json()
        rest = (await client.get("/v1/survey-responses", params={"limit": 2, "cursor": first["next"]})).json()
        notices = (await client.get("/v1/notices", params={"state": "requested", "sort": "created_at"})).json()
    assert [item["contact"] for item in billing["items"]] == ["cnt_2", "cnt_0"]
    assert [item["contact"] for item in (*first["items"], *rest["items"])] == ["cnt_2", "cnt_1", "cnt_0"]
    assert [item["contact"] for item in notices["items"]] == ["cnt_0", "cnt_1", "cnt_2"]


async def test_another_tenants_things_are_not_there(bench: Bench) -> None:
    await bench.deliver(closed())
    async with bench.client() as client, bench.client("other") as stranger:
        await client.post("/v1/templates", json=GREETING)
        await client.post("/v1/surveys", json={"queue": "billing"})
        (response,) = (await client.get("/v1/survey-responses")).json()["items"]
        answers = [
            await stranger.get(f"/v1/survey-responses/{response['id']}"),
            await stranger.get(f"/v1/notices/{response['notice']}"),
            await stranger.get("/v1/templates/greeting"),
            await stranger.get("/v1/templates/greeting/versions/1"),
            await stranger.post("/v1/templates/greeting/preview", json={}),
            await stranger.get("/v1/surveys/queue-billing"),
            await stranger.patch("/v1/surveys/queue-billing", json={"enabled": False}),
        ]
        listed = [(await stranger.get(path)).json()["items"] for path in ("/v1/survey-responses", "/v1/notices")]
    assert [answer.status_code for answer in answers] == [404] * 7
    assert listed == [[], []]


async def test_agents_change_neither_templates_nor_surveys(bench: Bench) -> None:
    async with bench.client("acme", "agent") as client:
        template = await client.post("/v1/templates", json=GREETING)
        survey = await client.post("/v1/surveys", json={})
    assert (template.status_code, survey.status_code) == (403, 403)
