"""Analytics between a real broker, a real database and its REST door."""

from collections.abc import Mapping
from typing import Any

import pytest
import pytest_asyncio

from services.analytics.__main__ import rebuild_figures
from services.analytics.settings import Settings
from switchyard.kafka.settings import KafkaSettings
from switchyard.kafka.topics import create_topics, load_topics
from switchyard.mongo.client import Database
from switchyard.testing.polling import until
from switchyard.testing.processes import Broker, RunningDatabase, kafka_settings
from switchyard.testing.reading import read_topic
from tests.integration.analytics.desk import Desk, running_analytics
from tests.unit.analytics.events import Log

RANGE = {"from": "2026-11-16T09:15:00Z", "to": "2026-11-16T09:45:00Z"}


@pytest_asyncio.fixture(params=["embedded_broker", "apache_kafka"])
async def kafka(request: pytest.FixtureRequest) -> KafkaSettings:
    """Settings of each broker in turn, with the platform's topics."""
    broker: Broker = request.getfixturevalue(request.param)
    settings = kafka_settings(broker)
    await create_topics(settings.bootstrap, load_topics())
    return settings


def a_morning(tenant: str) -> Log:
    log = Log(tenant=tenant)
    log.shows("ann", "available", 1, since=0, before="offline")
    log.contact(f"{tenant}-c1", "ann", queued=10, wait=10, talk=60, wrap_up=30)
    log.contact(f"{tenant}-c2", "ann", queued=890, wait=30, talk=600, wrap_up=60)
    log.abandoned(f"{tenant}-c3", queued=50, wait=4)
    return log


async def offered(desk: Desk, tenant: str) -> int:
    return sum(row["counters"]["offered"] for row in await desk.items("/v1/statistics/queues", tenant, **RANGE))


async def handled(desk: Desk, tenant: str) -> int:
    return sum(row["counters"]["handled"] for row in await desk.items("/v1/statistics/queues", tenant, **RANGE))


def counted(rows: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What of the rows does not change as the log is read on."""
    return [{name: row[name] for name in row if name not in {"as_of", "complete"}} for row in rows]


async def test_published_events_become_rows(kafka: KafkaSettings, mongo: Database, unique: str) -> None:
    async with running_analytics(kafka, mongo, f"analytics-{unique}") as desk:
        await desk.publish(a_morning(unique).events)
        await until(lambda: _is(handled(desk, unique), 2), what="both contacts are counted")
        first, second = await desk.items("/v1/statistics/queues", unique, **RANGE)

        assert (first["start"], first["end"]) == ("2026-11-16T09:15:00.000Z", "2026-11-16T09:30:00.000Z")
        assert first["counters"]["offered"] == 3
        assert first["counters"]["answered_in_target"] == 1
        assert first["counters"]["short_abandoned"] == 1
        assert first["time_seconds"]["wait_answered"] == 20.0
        assert second["time_seconds"]["wait_answered"] == 20.0
        assert first["service_level"]["answered_over_offered"] == pytest.approx(1 / 3)
        assert second["service_level"]["answered_over_offered"] is None
        assert second["distributions"]["wait"]["p50_seconds"] == pytest.approx(30, rel=0.01)
        await until(lambda: _complete(desk, unique), what="the log is read beyond the rows' end")


async def _is(counting: Any, expected: int) -> bool:
    return bool(await counting == expected)


async def _complete(desk: Desk, tenant: str) -> bool:
    answer = (await desk.get("/v1/statistics/queues", tenant, **RANGE)).json()
    return bool(answer["complete"]) and answer["as_of"] is not None


async def test_a_restart_a_republish_and_a_rebuild_give_the_same_figures(
    kafka: KafkaSettings, mongo: Database, database: RunningDatabase, unique: str
) -> None:
    group, log = f"analytics-{unique}", a_morning(unique)
    async with running_analytics(kafka, mongo, group) as desk:
        await desk.publish(log.events[:7])
        await until(lambda: _is(offered(desk, unique), 2), what="the first half is counted")
    async with running_analytics(kafka, mongo, group) as desk:
        await desk.publish(log.events)
        await until(lambda: _is(handled(desk, unique), 2), what="the rest is counted")
        await until(lambda: _is(offered(desk, unique), 3), what="all are offered")
        # Before the log is known to be read, open states are not in the figures.
        await until(lambda: _complete(desk, unique), what="the log is read")
        before = [await desk.items(f"/v1/statistics/{what}", unique, **RANGE) for what in ("queues", "agents")]

        await rebuild_figures(Settings(mongodb_uri=database.uri, mongodb_database=mongo.name))
        await until(lambda: _generation_is(mongo, 2), what="the rebuilt figures are in use")
        after = [await desk.items(f"/v1/statistics/{what}", unique, **RANGE) for what in ("queues", "agents")]

        assert [counted(rows) for rows in after] == [counted(rows) for rows in before]
        log.abandoned(f"{unique}-c4", queued=100, wait=1)
        await desk.publish(log.events[-2:])
        await until(lambda: _is(offered(desk, unique), 4), what="counting goes on after the rebuild")


async def _generation_is(mongo: Database, number: int) -> bool:
    return await mongo[f"counters_{number}"].count_documents({}) > 0


async def test_a_contacts_timeline_is_every_event_in_order_and_only_for_its_tenant(
    kafka: KafkaSettings, mongo: Database, unique: str
) -> None:
    async with running_analytics(kafka, mongo, f"analytics-{unique}") as desk:
        await desk.publish(a_morning(unique).events)
        path = f"/v1/contacts/{unique}-c1/timeline"
        await until(lambda: _answers(desk, path, unique, 5), what="the contact's events are archived")

        first = (await desk.get(path, unique, limit="3")).json()
        rest = (await desk.get(path, unique, limit="3", cursor=first["next"])).json()
        names = [event["type"].rpartition(".")[2] for event in first["items"] + rest["items"]]

        assert names == ["ContactQueued", "OfferMade", "OfferAccepted", "ContactEnded", "WrapUpCompleted"]
        assert rest["next"] is None
        assert first["items"][0]["data"]["entry"]["queue_id"] == "billing"
        assert first["items"][0]["specversion"] == "1.0"
        assert (await desk.get(path, "another")).status_code == 404
        assert (await desk.get(path, unique, roles=["planner_of_nothing"])).status_code == 403


async def _answers(desk: Desk, path: str, tenant: str, least: int) -> bool:
    answer = await desk.get(path, tenant)
    return answer.status_code == 200 and len(answer.json()["items"]) >= least


async def test_garbage_goes_to_the_dead_letters_and_stops_nothing(
    kafka: KafkaSettings, mongo: Database, unique: str
) -> None:
    log = a_morning(unique)
    mark = ("x-test", unique.encode())
    async with running_analytics(kafka, mongo, f"analytics-{unique}") as desk:
        five_megabytes = b"\xff" * 5_000_000
        await desk.publisher.publish_raw([("routing-events-v1", b"\xfe", five_megabytes, [mark])])
        await desk.publish(log.events)
        await until(lambda: _is(handled(desk, unique), 2), what="what is good is counted", seconds=40)

    letters = await read_topic(kafka, "routing-events-v1-dlq", 1)
    ours = [dict(letter.headers) for letter in letters if mark in letter.headers]
    assert ours
    assert ours[0]["dlq-error"] == b"key: is not UTF-8"


async def test_live_figures_tell_who_waits_and_what_agents_do(
    kafka: KafkaSettings, mongo: Database, unique: str
) -> None:
    log = a_morning(unique)
    async with running_analytics(kafka, mongo, f"analytics-{unique}") as desk:
        await desk.publish(log.events[:2])
        await until(lambda: _waiting(desk, unique, 1), what="one waits")
        [agent] = await desk.items("/v1/live/agents", unique)
        assert (agent["agent"], agent["state"], agent["held_units"]) == ("ann", "available", 0)
        await desk.publish(log.events)
        await until(lambda: _waiting(desk, unique, 0), what="nobody waits")
        assert await desk.items("/v1/live/queues", "another") == []


async def _waiting(desk: Desk, tenant: str, number: int) -> bool:
    queues = await desk.items("/v1/live/queues", tenant)
    return bool(sum(queue["waiting"] for queue in queues) == number)


WRONG: list[tuple[dict[str, str], str]] = [
    ({"from": "yesterday"}, "?from"),
    ({"from": "2026-11-16", "to": "2026-11-15"}, "?to"),
    ({"from": "1600-01-01"}, "?from"),
    ({"from": "2026-01-01", "to": "2026-11-01", "interval": "PT15M"}, "?from"),
    ({"interval": "PT7M"}, "?interval"),
    ({"time_zone": "../etc/passwd"}, "?time_zone"),
    ({"queue": ""}, "?queue"),
    ({"limit": "0"}, "?limit"),
]


async def test_a_wrong_parameter_is_named(embedded_broker: Broker, mongo: Database, unique: str) -> None:
    settings = kafka_settings(embedded_broker)
    await create_topics(settings.bootstrap, load_topics())
    async with running_analytics(settings, mongo, f"analytics-{unique}") as desk:
        for query, pointer in WRONG:
            answer = await desk.get("/v1/statistics/queues", unique, **query)
            assert answer.status_code == 422, query
            assert answer.headers["content-type"] == "application/problem+json"
            assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
