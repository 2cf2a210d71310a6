"""Notify as a process: a closed contact is asked about, and its answer recorded."""

from collections.abc import Iterator

import pytest

from switchyard.events.gateway.v1 import contact_events_pb2, delivery_events_pb2
from switchyard.internal.delivery.v1 import commands_pb2
from switchyard.testing.polling import until
from switchyard.testing.processes import Broker, RunningDatabase
from tests.integration.service_process import ServiceProcess, running_service


@pytest.fixture(scope="module")
def notify(
    broker: Broker, database: RunningDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServiceProcess]:
    with running_service("notify", broker, database, tmp_path_factory.mktemp("notify")) as process:
        yield process


def closed(contact_id: str) -> contact_events_pb2.ContactClosed:
    return contact_events_pb2.ContactClosed(
        contact_id=contact_id, channel="sms", outcome="handled", queue_id="billing", agent_id="agt_ann"
    )


async def _orders(notify: ServiceProcess, tenant: str) -> list[commands_pb2.DeliverMessage]:
    announced = await notify.announced("delivery-commands-v1", tenant)
    return [commands_pb2.DeliverMessage.FromString(data) for _, data in announced]


async def test_a_closed_contact_is_asked_about_once_and_its_answer_recorded(
    notify: ServiceProcess, unique: str
) -> None:
    tenant = f"t-{unique}"
    for _ in range(2):
        await notify.publish(closed("cnt_1"), tenant=tenant, contact_id="cnt_1")
    await notify.publish(closed("cnt_2"), tenant=tenant, contact_id="cnt_2")

    async def both_ordered() -> bool:
        return sorted(order.contact_id for order in await _orders(notify, tenant)) == ["cnt_1", "cnt_2"]

    await until(both_ordered, what="one order to deliver for each contact")
    (order,) = [each for each in await _orders(notify, tenant) if each.contact_id == "cnt_1"]
    content = await notify.get(order.content_path, tenant)
    foreign = await notify.get(order.content_path, f"other-{unique}")
    assert ("satisfied" in content.json()["text"], foreign.status_code) == (True, 404)

    sent = delivery_events_pb2.DeliverySent(delivery_id=order.delivery_id, contact_id="cnt_1", channel="sms")
    answered = delivery_events_pb2.DeliveryAnswered(
        delivery_id=order.delivery_id, contact_id="cnt_1", survey_id=order.expects.survey_id, rating=4
    )
    await notify.publish(sent, tenant=tenant, contact_id="cnt_1", sequence=2)
    await notify.publish(answered, tenant=tenant, contact_id="cnt_1", sequence=3)

    async def recorded() -> bool:
        items = await notify.items("/v1/survey-responses", tenant, state="answered")
        return [(item["contact"], item["rating"]) for item in items] == [("cnt_1", 4)]

    await until(recorded, what="the answer on record")
    (notice,) = await notify.items("/v1/notices", tenant, contact="cnt_1")
    assert notice["state"] == "sent"
    (waiting,) = await notify.items("/v1/survey-responses", tenant, state="asked")
    assert waiting["contact"] == "cnt_2"
    foreign = await notify.get(f"/v1/survey-responses/{waiting['id']}", f"other-{unique}")
    assert foreign.status_code == 404
