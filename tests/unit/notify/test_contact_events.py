"""Surveys from what the gateway announces."""

from typing import Any

import pytest
from google.protobuf.message import Message as ProtobufMessage

from services.notify.application.expire_surveys import GRACE_SECONDS
from services.notify.entrypoints.sweep import ExpirySweep
from switchyard.eventing.aggregates import StoredAggregate
from switchyard.eventing.outcomes import Done, Duplicate, Poison, Retry
from switchyard.events.gateway.v1 import contact_events_pb2, delivery_events_pb2
from switchyard.events.notify.v1 import notice_events_pb2, survey_events_pb2
from switchyard.internal.delivery.v1 import commands_pb2
from tests.unit.notify.conftest import Bench


def closed(contact_id: str = "cnt_1", **changes: Any) -> contact_events_pb2.ContactClosed:
    fields = {
        "contact_id": contact_id,
        "channel": "chat",
        "outcome": "handled",
        "queue_id": "billing",
        "agent_id": "agt_ann",
        "team_id": "north",
        "site_id": "harbour",
        "customer_id": "cus_1",
    }
    return contact_events_pb2.ContactClosed(**(fields | changes))


async def delivery(bench: Bench) -> commands_pb2.DeliverMessage:
    """Close a contact and return the order to deliver its survey."""
    await bench.deliver(closed())
    (command,) = bench.bus.decoded(commands_pb2.DeliverMessage)
    return command


async def response(bench: Bench, tenant: str = "acme") -> dict[str, Any]:
    async with bench.client(tenant) as client:
        (item,) = (await client.get("/v1/survey-responses")).json()["items"]
    found: dict[str, Any] = item
    return found


async def test_a_handled_contact_is_asked_about_once(bench: Bench) -> None:
    assert await bench.deliver(closed()) == Done()
    assert await bench.deliver(closed()) == Duplicate()
    assert bench.bus.types() == ["SurveyAsked", "NoticeRequested", "DeliverMessage"]
    (asked,) = bench.bus.decoded(survey_events_pb2.SurveyAsked)
    assert (asked.contact_id, asked.queue_id, asked.agent_id, asked.team_id) == ("cnt_1", "billing", "agt_ann", "north")
    assert (asked.kind, asked.scale_max) == ("csat", 5)


async def test_the_order_to_deliver_names_survey_scale_time_and_where_the_text_is(bench: Bench) -> None:
    command = await delivery(bench)
    (asked,) = bench.bus.decoded(survey_events_pb2.SurveyAsked)
    (requested,) = bench.bus.decoded(notice_events_pb2.NoticeRequested)
    assert command.delivery_id == requested.notice_id
    assert (command.contact_id, command.channel) == ("cnt_1", "chat")
    assert (command.expects.survey_id, command.expects.scale_max) == (asked.survey_id, 5)
    assert command.expects.until.ToSeconds() == bench.clock().timestamp() + 86_400
    async with bench.client("acme", "service") as gateway, bench.client("other", "service") as stranger:
        content = await gateway.get(command.content_path)
        foreign = await stranger.get(command.content_path)
    assert content.json()["text"].startswith("How satisfied are you")
    assert foreign.status_code == 404


async def test_the_command_goes_by_its_contact_and_has_an_id_of_its_own(bench: Bench) -> None:
    await delivery(bench)
    (message,) = [each for each in bench.bus.published if each.topic == "delivery-commands-v1"]
    assert (message.key, message.envelope.id.startswith("cmd_ntc_"), message.envelope.sequence) == (
        "acme/cnt_1",
        True,
        None,
    )


@pytest.mark.parametrize("outcome", ["abandoned", "refused", "told", "voicemail", "callback"])
async def test_a_customer_who_spoke_to_nobody_is_not_asked(bench: Bench, outcome: str) -> None:
    assert await bench.deliver(closed(outcome=outcome)) == Done()
    assert bench.bus.published == []


async def test_an_integration_s_own_channel_has_no_template_and_so_no_survey(bench: Bench) -> None:
    await bench.deliver(closed(channel="carrier-pigeon"))
    assert bench.bus.published == []


async def test_a_queue_may_switch_the_survey_off(bench: Bench) -> None:
    async with bench.client() as client:
        await client.post("/v1/surveys", json={"queue": "billing", "enabled": False})
    await bench.deliver(closed())
    await bench.deliver(closed("cnt_2", queue_id="cards"))
    assert [asked.contact_id for asked in bench.bus.decoded(survey_events_pb2.SurveyAsked)] == ["cnt_2"]


async def test_a_survey_may_be_asked_in_two_languages_but_a_call_in_one(bench: Bench) -> None:
    async with bench.client() as client:
        await client.patch("/v1/surveys/all", json={"languages": ["zh", "en", "fr"]})
    await bench.deliver(closed())
    await bench.deliver(closed("cnt_2", channel="voice"))
    async with bench.client() as client:
        chat, voice = [
            (await client.get(command.content_path)).json()["text"]
            for command in bench.bus.decoded(commands_pb2.DeliverMessage)
        ]
    assert "评分" in chat
    assert "satisfied" in chat
    assert "评分" in voice
    assert "satisfied" not in voice


async def test_a_crash_between_survey_and_notice_is_mended_by_the_redelivery(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(bench.notices, "available", False)
        assert isinstance(await bench.deliver(closed()), Retry)
    assert await bench.deliver(closed()) == Done()
    assert bench.bus.types() == ["SurveyAsked", "NoticeRequested", "DeliverMessage"]


async def test_an_answer_is_recorded_and_announced_with_who_it_is_about(bench: Bench) -> None:
    command = await delivery(bench)
    rated = delivery_events_pb2.DeliveryAnswered(
        delivery_id=command.delivery_id, survey_id=command.expects.survey_id, rating=4
    )
    assert await bench.deliver(rated) == Done()
    assert await bench.deliver(rated) == Duplicate()
    (answered,) = bench.bus.decoded(survey_events_pb2.SurveyAnswered)
    assert (answered.rating, answered.scale_max, answered.agent_id, answered.site_id) == (4, 5, "agt_ann", "harbour")
    found = await response(bench)
    assert (found["state"], found["rating"], found["contact"]) == ("answered", 4, "cnt_1")


async def test_a_sent_then_failed_notice_ends_its_survey_with_the_gateway_s_reason(bench: Bench) -> None:
    command = await delivery(bench)
    assert await bench.deliver(delivery_events_pb2.DeliverySent(delivery_id=command.delivery_id)) == Done()
    gone = delivery_events_pb2.DeliveryFailed(delivery_id=command.delivery_id, code="customer-gone")
    assert await bench.deliver(gone) == Done()
    assert await bench.deliver(gone) == Duplicate()
    (expired,) = bench.bus.decoded(survey_events_pb2.SurveyExpired)
    assert expired.reason == "customer-gone"
    assert bench.bus.types("notice-events-v1") == ["NoticeRequested", "NoticeSent", "NoticeFailed"]
    async with bench.client() as client:
        notice = (await client.get(f"/v1/notices/{command.delivery_id}")).json()
    assert (notice["state"], notice["failure"]) == ("failed", "customer-gone")


async def test_a_failure_reported_twice_after_a_crash_still_ends_the_survey(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = await delivery(bench)
    gone = delivery_events_pb2.DeliveryFailed(delivery_id=command.delivery_id, code="opted-out")
    with monkeypatch.context() as broken:
        broken.setattr(bench.surveys, "available", False)
        assert isinstance(await bench.deliver(gone), Retry)
    assert await bench.deliver(gone) == Done()
    assert (await response(bench))["reason"] == "opted-out"


async def test_time_ends_a_survey_once_and_only_when_it_is_over(bench: Bench) -> None:
    await delivery(bench)
    sweep = sweeper(bench)
    bench.clock.advance(seconds=86_400)
    assert await sweep._sweep() == 0
    bench.clock.advance(seconds=GRACE_SECONDS)
    assert await sweep._sweep() == 1
    assert await sweep._sweep() == 0
    (expired,) = bench.bus.decoded(survey_events_pb2.SurveyExpired)
    assert expired.reason == "unanswered"


async def test_an_answer_told_after_its_time_is_counted_as_late_and_kept_out(bench: Bench) -> None:
    command = await delivery(bench)
    bench.clock.advance(seconds=86_401)
    late = delivery_events_pb2.DeliveryAnswered(
        delivery_id=command.delivery_id, survey_id=command.expects.survey_id, rating=4
    )
    assert await bench.deliver(late) == Done()
    assert (await response(bench))["state"] == "asked"


async def test_a_database_that_is_away_does_not_end_the_sweeper(bench: Bench) -> None:
    sweep = sweeper(bench)
    bench.surveys.available = False
    assert await sweep._sweep() == 0


def sweeper(bench: Bench) -> ExpirySweep:
    """Return the sweep that the service runs in the background."""
    run = bench.service.background[-1]
    sweep = run.__self__  # type: ignore[attr-defined]
    assert isinstance(sweep, ExpirySweep)
    return sweep


@pytest.mark.parametrize(
    "message",
    [
        contact_events_pb2.ContactClosed(outcome="handled"),
        delivery_events_pb2.DeliverySent(delivery_id="ntc_unknown"),
        delivery_events_pb2.DeliveryFailed(delivery_id="ntc_unknown", code="x"),
        delivery_events_pb2.DeliveryAnswered(survey_id="sur_unknown", rating=3),
    ],
)
async def test_what_can_never_succeed_is_poison(bench: Bench, message: ProtobufMessage) -> None:
    assert isinstance(await bench.deliver(message), Poison)


async def test_a_rating_off_the_scale_is_poison(bench: Bench) -> None:
    command = await delivery(bench)
    wild = delivery_events_pb2.DeliveryAnswered(survey_id=command.expects.survey_id, rating=9)
    assert isinstance(await bench.deliver(wild), Poison)


async def test_another_tenant_s_answer_does_not_reach_a_survey(bench: Bench) -> None:
    command = await delivery(bench)
    foreign = delivery_events_pb2.DeliveryAnswered(survey_id=command.expects.survey_id, rating=1)
    assert isinstance(await bench.deliver(foreign, tenant="other"), Poison)
    assert (await response(bench))["rating"] is None


async def test_no_text_is_announced(bench: Bench) -> None:
    await delivery(bench)
    assert all(b"satisfied" not in message.data for message in bench.bus.published)


async def test_a_racing_insert_of_the_same_survey_asks_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    await bench.deliver(closed())
    found = bench.surveys.find
    asked_before = False

    async def blind_at_first(tenant: str, id_: str) -> StoredAggregate | None:
        nonlocal asked_before
        first, asked_before = not asked_before, True
        return None if first else await found(tenant, id_)

    monkeypatch.setattr(bench.surveys, "find", blind_at_first)
    assert await bench.deliver(closed()) == Duplicate()
    assert bench.bus.types().count("SurveyAsked") == 1
