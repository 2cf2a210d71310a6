"""Business hours, holidays and what a queue does outside of them, at the door and on the way to the pools."""

from typing import Any

import httpx
import pytest

from services.routing.adapters.wire_opening import opening_of_wire
from services.routing.application.settings.announce_again import announce_again
from services.routing.domain.opening_hours import Span, SpecialDay, WeeklySpan
from switchyard.internal.routing.v1.commands_pb2 import ConfigureQueue
from tests.unit.routing_settings.conftest import SettingsBench

OFFICE: dict[str, Any] = {
    "name": "Office",
    "time_zone": "Asia/Shanghai",
    "weekly": [
        {"days": [1, 2, 3, 4, 5], "from": "09:00", "to": "12:00"},
        {"days": [1, 2, 3, 4, 5], "from": "13:30", "to": "18:00"},
        {"days": [5], "from": "22:00", "to": "06:00"},
    ],
}
SPRING: dict[str, Any] = {
    "name": "Spring",
    "dates": [
        {"date": "2027-02-06", "name": "春节", "closed": True},
        {"date": "2027-02-20", "name": "补班", "like_weekday": 1},
        {"date": "2027-12-31", "name": "Last day", "intervals": [{"from": "09:00", "to": "24:00"}]},
    ],
}
GOODBYE = {"last_step": "message", "announcement": "We are closed."}


async def put(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> httpx.Response:
    response = await client.put(f"/v1/{path}", json=body)
    assert response.status_code in {200, 201}, response.text
    return response


async def refusal(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> tuple[int, str, list[str]]:
    response = await client.put(f"/v1/{path}", json=body)
    problem = response.json()
    return response.status_code, problem.get("code"), [each["pointer"] for each in problem.get("errors", ())]


def last_told(bench: SettingsBench) -> ConfigureQueue:
    return bench.bus.decoded(ConfigureQueue)[-1]


async def test_hours_are_shown_as_they_were_put(bench: SettingsBench) -> None:
    async with bench.client() as client:
        made = await put(client, "business-hours/office", OFFICE)
        shown = (await client.get("/v1/business-hours/office")).json()
        again = await put(client, "business-hours/office", shown)
    assert made.status_code == 201
    assert shown == OFFICE | {"id": "office", "version": 1}
    assert again.json()["version"] == 1


async def test_holidays_are_shown_as_they_were_put(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await put(client, "holidays/cn", SPRING)
        shown = (await client.get("/v1/holidays/cn")).json()
        patched = await client.patch("/v1/holidays/cn", json={"name": "Spring Festival"})
    assert [(each["date"], each["closed"], each["like_weekday"]) for each in shown["dates"]] == [
        ("2027-02-06", True, None),
        ("2027-02-20", False, 1),
        ("2027-12-31", False, None),
    ]
    assert shown["dates"][2]["intervals"] == [{"from": "09:00", "to": "24:00"}]
    assert patched.json()["dates"] == shown["dates"]


async def test_a_queue_tells_its_pool_when_it_is_open_and_what_it_does_otherwise(bench: SettingsBench) -> None:
    queue = {"name": "Billing", "business_hours": "office", "holidays": "cn", "when_closed": GOODBYE}
    async with bench.client() as client:
        await put(client, "business-hours/office", OFFICE)
        await put(client, "holidays/cn", SPRING)
        shown = (await put(client, "queues/billing", queue)).json()
    assert shown["when_closed"] == GOODBYE | {"to_queue": None}
    told = last_told(bench)
    opening = opening_of_wire(told.opening)
    assert opening.time_zone == "Asia/Shanghai"
    assert opening.weekly[2] == WeeklySpan(days=(5,), span=Span(opens=22 * 60, closes=30 * 60))
    assert opening.special == (
        SpecialDay(date="2027-02-06"),
        SpecialDay(date="2027-02-20", like_weekday=1),
        SpecialDay(date="2027-12-31", spans=(Span(opens=540, closes=1440),)),
    )
    assert (told.when_closed.last_step, told.when_closed.announcement) == ("message", "We are closed.")


async def test_a_queue_without_hours_is_always_open_and_one_that_waits_says_so(bench: SettingsBench) -> None:
    async with bench.client() as client:
        plain = (await put(client, "queues/billing", {"name": "Billing", "when_closed": "wait"})).json()
        same = (await put(client, "queues/billing", plain)).json()
    assert (plain["when_closed"], plain["business_hours"], same["version"]) == ("wait", None, 1)
    assert not last_told(bench).HasField("opening")
    assert not last_told(bench).HasField("when_closed")


async def test_a_changed_calendar_is_told_to_the_pools_of_its_queues(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await put(client, "business-hours/office", OFFICE)
        await put(client, "holidays/cn", SPRING)
        await put(client, "queues/billing", {"name": "Billing", "business_hours": "office", "holidays": "cn"})
        await put(client, "queues/sales", {"name": "Sales"})
        before = len(bench.bus.decoded(ConfigureQueue))
        await put(client, "business-hours/office", OFFICE | {"time_zone": "UTC"})
        await put(client, "holidays/cn", SPRING | {"dates": []})
        shown = (await client.get("/v1/queues/billing")).json()
    told = bench.bus.decoded(ConfigureQueue)[before:]
    assert [(each.queue_id, each.opening.time_zone, len(each.opening.special)) for each in told] == [
        ("billing", "UTC", 3),
        ("billing", "UTC", 0),
    ]
    assert told[1].version > told[0].version
    assert shown["version"] == 1


async def test_hours_are_told_again_with_all_settings(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await put(client, "business-hours/office", OFFICE)
        await put(client, "queues/billing", {"name": "Billing", "business_hours": "office"})
    before = len(bench.bus.decoded(ConfigureQueue))
    await announce_again(bench.ports)
    (told,) = bench.bus.decoded(ConfigureQueue)[before:]
    assert told.opening.time_zone == "Asia/Shanghai"


async def test_chinas_public_calendar_fills_in_and_own_dates_go_before_it(bench: SettingsBench) -> None:
    own = {"date": "2026-10-01", "name": "We work", "like_weekday": 4}
    calendar = {"name": "China", "country": "CN", "make_up_like": 5, "dates": [own]}
    async with bench.client() as client:
        await put(client, "business-hours/office", OFFICE)
        await put(client, "holidays/cn", calendar)
        await put(client, "queues/billing", {"name": "Billing", "business_hours": "office", "holidays": "cn"})
        dates = (await client.get("/v1/holidays/cn/dates?year=2026")).json()["items"]
    by_date = {each["date"]: each for each in dates}
    assert by_date["2026-02-17"]["name"] == "春节"
    assert by_date["2026-02-17"]["closed"]
    assert by_date["2026-02-14"] == {
        "date": "2026-02-14",
        "name": "补班",
        "closed": False,
        "intervals": [],
        "like_weekday": 5,
    }
    assert by_date["2026-10-01"]["name"] == "We work"
    special = {day.date: day for day in opening_of_wire(last_told(bench).opening).special}
    assert special["2026-02-14"].like_weekday == 5
    assert special["2026-10-01"].like_weekday == 4
    assert {"2025", "2026", "2027", "2028"} == {date[:4] for date in special}


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00%2B14:00"])
async def test_of_a_time_that_cannot_be_reckoned_with_nothing_is_said(bench: SettingsBench, at: str) -> None:
    async with bench.client() as client:
        await put(client, "business-hours/office", OFFICE)
        await put(client, "queues/billing", {"name": "Billing", "business_hours": "office"})
        answer = await client.get(f"/v1/queues/billing/opening?at={at}")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "?at")


async def test_a_queue_says_whether_it_is_open_and_until_when(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await put(client, "business-hours/office", OFFICE)
        await put(client, "queues/billing", {"name": "Billing", "business_hours": "office"})
        await put(client, "queues/always", {"name": "Always"})
        open_ = (await client.get("/v1/queues/billing/opening?at=2026-11-25T02:00:00Z")).json()
        lunch = (await client.get("/v1/queues/billing/opening?at=2026-11-25T04:30:00Z")).json()
        always = (await client.get("/v1/queues/always/opening")).json()
        unknown = await client.get("/v1/queues/none/opening")
    assert (open_["open"], open_["next_change"]) == (True, "2026-11-25T04:00:00Z")
    assert (lunch["open"], lunch["next_change"]) == (False, "2026-11-25T05:30:00Z")
    assert (always["open"], always["next_change"]) == (True, None)
    assert unknown.status_code == 404


async def test_a_queue_says_when_it_calls_customers_back(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await put(client, "business-hours/office", OFFICE)
        await put(client, "queues/own", {"name": "Own", "callbacks": {"business_hours": "office"}})
        await put(client, "queues/same", {"name": "Same", "business_hours": "office"})
        asked = [
            (await client.get(f"/v1/queues/{queue}/opening?of={of}&at=2026-11-25T04:30:00Z")).json()["open"]
            for queue, of in (("own", "callbacks"), ("own", "contacts"), ("same", "callbacks"))
        ]
    assert asked == [False, True, False]


def weekly(*spans: dict[str, Any], **more: Any) -> dict[str, Any]:
    return OFFICE | {"weekly": list(spans)} | more


@pytest.mark.parametrize(
    ("body", "code", "pointers"),
    [
        (weekly(), "invalid-request", ["/weekly"]),
        (weekly({"days": [], "from": "09:00", "to": "18:00"}), "invalid-request", ["/weekly/0/days"]),
        (weekly({"days": [1, 1], "from": "09:00", "to": "18:00"}), "invalid-request", ["/weekly/0/days"]),
        (weekly({"days": [8], "from": "09:00", "to": "18:00"}), "invalid-request", ["/weekly/0/days/0"]),
        (weekly({"days": [1], "from": "9:00", "to": "18:00"}), "invalid-request", ["/weekly/0/from"]),
        (weekly({"days": [1], "from": "24:00", "to": "18:00"}), "invalid-request", ["/weekly/0/from"]),
        (weekly({"days": [1], "from": "09:00", "to": "09:00"}), "invalid-request", ["/weekly/0"]),
        (weekly({"days": [1], "from": "09:00", "to": "00:00"}), "invalid-request", ["/weekly/0"]),
        (weekly({"days": [1], "from": "09:00", "to": "18:60"}), "invalid-request", ["/weekly/0/to"]),
        (OFFICE | {"time_zone": "Mars/Olympus"}, "invalid-request", ["/time_zone"]),
        (
            weekly({"days": [1, 2], "from": "09:00", "to": "18:00"}, {"days": [2], "from": "17:00", "to": "19:00"}),
            "intervals-overlap",
            ["/weekly/1"],
        ),
        (
            weekly({"days": [7], "from": "22:00", "to": "06:00"}, {"days": [1], "from": "05:00", "to": "12:00"}),
            "intervals-overlap",
            ["/weekly/1"],
        ),
    ],
)
async def test_hours_that_make_no_sense_are_refused(
    bench: SettingsBench, body: dict[str, Any], code: str, pointers: list[str]
) -> None:
    async with bench.client() as client:
        assert await refusal(client, "business-hours/office", body) == (422, code, pointers)
        assert (await client.get("/v1/business-hours/office")).status_code == 404


async def test_intervals_may_meet_over_midnight_and_over_the_week(bench: SettingsBench) -> None:
    whole_week = [1, 2, 3, 4, 5, 6, 7]
    body = weekly(
        {"days": whole_week, "from": "08:00", "to": "07:00"}, {"days": whole_week, "from": "07:00", "to": "08:00"}
    )
    async with bench.client() as client:
        await put(client, "business-hours/office", body)


def dates(*given: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "Days", "dates": [{"name": "Day"} | each for each in given]} | more


@pytest.mark.parametrize(
    ("body", "code", "pointers"),
    [
        (dates({"date": "2027-02-30", "closed": True}), "invalid-request", ["/dates/0/date"]),
        (dates({"date": "20270228", "closed": True}), "invalid-request", ["/dates/0/date"]),
        (dates({"date": "2027-02-28"}), "invalid-request", ["/dates/0"]),
        (dates({"date": "2027-02-28", "closed": True, "like_weekday": 1}), "invalid-request", ["/dates/0"]),
        (
            dates({"date": "2027-02-28", "closed": True}, {"date": "2027-02-28", "like_weekday": 1}),
            "date-repeated",
            ["/dates/1/date"],
        ),
        (
            dates(
                {
                    "date": "2027-02-28",
                    "intervals": [{"from": "09:00", "to": "12:00"}, {"from": "11:00", "to": "13:00"}],
                }
            ),
            "intervals-overlap",
            ["/dates/0/intervals/1"],
        ),
        (dates(country="XX"), "country-unknown", ["/country"]),
        (dates(country="US", subdivision="Atlantis"), "country-unknown", ["/subdivision"]),
        (dates(subdivision="CA"), "country-unknown", ["/subdivision"]),
        (dates(make_up_like=0), "invalid-request", ["/make_up_like"]),
    ],
)
async def test_holidays_that_make_no_sense_are_refused(
    bench: SettingsBench, body: dict[str, Any], code: str, pointers: list[str]
) -> None:
    async with bench.client() as client:
        assert await refusal(client, "holidays/days", body) == (422, code, pointers)
        assert (await client.get("/v1/holidays/days")).status_code == 404


@pytest.mark.parametrize(
    ("closing", "code", "pointers"),
    [
        ({"business_hours": "none"}, "reference-unknown", ["/business_hours"]),
        ({"business_hours": "office", "holidays": "none"}, "reference-unknown", ["/holidays"]),
        ({"holidays": "cn"}, "holidays-without-hours", ["/holidays"]),
        ({"when_closed": {"to_queue": "none"}}, "reference-unknown", ["/when_closed/to_queue"]),
        ({"when_closed": {"to_queue": "billing"}}, "cycle-of-overflows", ["/when_closed/to_queue"]),
        ({"when_closed": {"to_queue": "away"}}, "crosses-pools", ["/when_closed/to_queue"]),
        ({"when_closed": {"last_step": "message"}}, "announcement-missing", ["/when_closed/announcement"]),
        ({"when_closed": {"last_step": "singing"}}, "invalid-request", ["/when_closed/last_step"]),
        ({"when_closed": {}}, "invalid-request", ["/when_closed"]),
        ({"when_closed": {"to_queue": "night", "last_step": "voicemail"}}, "invalid-request", ["/when_closed"]),
    ],
)
async def test_a_queue_that_closes_into_nowhere_is_refused(
    bench: SettingsBench, closing: dict[str, Any], code: str, pointers: list[str]
) -> None:
    async with bench.client() as client:
        await put(client, "business-hours/office", OFFICE)
        await put(client, "holidays/cn", SPRING)
        await put(client, "pools/other", {"name": "Other"})
        await put(client, "queues/away", {"name": "Away", "pool": "other"})
        await put(client, "queues/night", {"name": "Night"})
        assert await refusal(client, "queues/billing", {"name": "Billing"} | closing) == (422, code, pointers)
        assert (await client.get("/v1/queues/billing")).status_code == 404


async def test_a_circle_of_three_queues_is_refused_and_named(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await put(client, "queues/c", {"name": "C"})
        await put(client, "queues/b", {"name": "B", "when_closed": {"to_queue": "c"}})
        await put(client, "queues/a", {"name": "A", "when_closed": {"to_queue": "b"}})
        answer = await client.put("/v1/queues/c", json={"name": "C", "when_closed": {"to_queue": "a"}})
    assert (answer.status_code, answer.json()["code"]) == (422, "cycle-of-overflows")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/when_closed/to_queue"]


async def test_what_a_queue_names_cannot_be_removed(bench: SettingsBench) -> None:
    queue = {"name": "Billing", "business_hours": "office", "holidays": "cn", "when_closed": {"to_queue": "night"}}
    async with bench.client() as client:
        await put(client, "business-hours/office", OFFICE)
        await put(client, "holidays/cn", SPRING)
        await put(client, "queues/night", {"name": "Night"})
        await put(client, "queues/billing", queue)
        answers = [
            await client.delete(f"/v1/{path}") for path in ("business-hours/office", "holidays/cn", "queues/night")
        ]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(409, "still-used")] * 3


async def test_agents_read_calendars_and_do_not_change_them(bench: SettingsBench) -> None:
    async with bench.client("acme", "admin") as client:
        await put(client, "business-hours/office", OFFICE)
    async with bench.client("acme", "agent") as client:
        assert (await client.get("/v1/business-hours/office")).status_code == 200
        assert (await client.put("/v1/business-hours/office", json=OFFICE)).status_code == 403
    async with bench.client("other", "admin") as client:
        assert (await client.get("/v1/business-hours/office")).status_code == 404
