"""What notify needs of its stores, asked of the memory's and of MongoDB's alike."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry

from services.notify.adapters.mongo import mongo_stores
from services.notify.adapters.repositories import StoredNotices, StoredSettings, StoredSurveys, StoredTemplates
from services.notify.adapters.stores import Stores
from services.notify.adapters.telemetry import NotifyMetrics
from services.notify.application.ports import ListQuery
from services.notify.domain.built_in import BUILT_IN_TEMPLATES
from services.notify.domain.notice import NoticeChanged, request_survey_notice, sent
from services.notify.domain.survey import HandledContact, SurveyChanged, answer, ask
from services.notify.domain.survey_setting import SurveySetting
from services.notify.domain.template import Rendered
from switchyard.eventing.aggregates import AggregateConflict, AggregateExists
from switchyard.mongo.client import Database
from switchyard.testing.clock import FixedClock
from switchyard.testing.memory_bus import InMemoryBus
from tests.unit.notify.conftest import memory_stores

NOON = datetime(2026, 11, 22, 12, 0, 0, 123000, tzinfo=UTC)
TEMPLATE = BUILT_IN_TEMPLATES["csat-email-zh"]


@pytest.fixture(params=["memory", "mongo"])
async def stores(request: pytest.FixtureRequest, mongo: Database) -> Stores:
    bus, clock = InMemoryBus(), FixedClock(NOON)
    made = memory_stores(bus, clock) if request.param == "memory" else mongo_stores(mongo, bus, clock)
    await made.prepare()
    await made.prepare()
    return made


@pytest.fixture
def surveys(stores: Stores) -> StoredSurveys:
    return StoredSurveys(stores.surveys, NotifyMetrics(CollectorRegistry()))


def asked(number: int, *, until_seconds: float = 600) -> SurveyChanged:
    contact = HandledContact(
        contact_id=f"cnt_{number}",
        channel="email",
        queue_id="billing",
        agent_id="agt_ann",
        team_id="north",
        site_id="harbour",
        customer_id="cus_1",
    )
    return ask(f"sur_{number}", f"ntc_{number}", contact, SurveySetting(until_seconds=until_seconds), NOON)


def requested(number: int) -> NoticeChanged:
    content = Rendered(text="请评分", subject="评价", html="<p>请评分</p>")
    return request_survey_notice(asked(number).survey, TEMPLATE, content)


async def test_a_survey_comes_back_as_it_was_stored_and_is_its_tenant_s_alone(surveys: StoredSurveys) -> None:
    recorded = await surveys.add("acme", asked(1), "evt/1")
    answered = answer(recorded.value, 4, NOON + timedelta(seconds=1))
    await surveys.save("acme", recorded, answered, "evt/2")
    found = await surveys.find("acme", "sur_1")
    assert found is not None
    assert (found.value, found.version) == (answered.survey, 2)
    assert await surveys.find("other", "sur_1") is None
    with pytest.raises(AggregateExists):
        await surveys.add("acme", asked(1), "evt/1")
    with pytest.raises(AggregateConflict):
        await surveys.save("acme", recorded, answered, "evt/2")
    with pytest.raises(AggregateConflict):
        await surveys.save("other", found, answered, "evt/2")


async def test_lists_are_filtered_and_paged(surveys: StoredSurveys) -> None:
    for number in (1, 2, 3):
        await surveys.add("acme", asked(number), "evt/1")
    first = await surveys.page("acme", ListQuery(equal={"state": "asked", "queue_id": "billing"}, limit=2))
    rest = await surveys.page("acme", ListQuery(equal={"state": "asked"}, limit=2, after=first.position))
    assert [item.value.id for item in (*first.items, *rest.items)] == ["sur_3", "sur_2", "sur_1"]
    assert rest.position is None
    assert (await surveys.page("acme", ListQuery(equal={"contact_id": "cnt_9"}))).items == []


async def test_what_is_due_is_found_across_tenants_longest_overdue_first_and_only_while_it_waits(
    stores: Stores, surveys: StoredSurveys
) -> None:
    for tenant, number, until_seconds in (("acme", 1, 600), ("other", 2, 300), ("acme", 3, 601), ("acme", 4, 100)):
        recorded = await surveys.add(tenant, asked(number, until_seconds=until_seconds), "evt/1")
        if number == 4:
            await surveys.save(tenant, recorded, answer(recorded.value, 4, NOON), "evt/2")
    due = await stores.due.due(NOON + timedelta(seconds=600), 10)
    assert [tuple(each) for each in due] == [("other", "sur_2"), ("acme", "sur_1")]
    assert len(await stores.due.due(NOON + timedelta(seconds=600), 1)) == 1


async def test_a_notice_comes_back_as_it_was_stored(stores: Stores) -> None:
    notices = StoredNotices(stores.notices, NotifyMetrics(CollectorRegistry()))
    recorded = await notices.add("acme", requested(1), "evt/1")
    changed = sent(recorded.value, NOON + timedelta(seconds=1))
    await notices.save("acme", recorded, changed, "evt/2")
    found = await notices.find("acme", "ntc_1")
    assert found is not None
    assert found.value == changed.notice
    assert await notices.find("other", "ntc_1") is None


async def test_former_versions_of_a_template_stay_as_they_were(stores: Stores) -> None:
    templates = StoredTemplates(stores.templates, stores.template_versions)
    second = replace(TEMPLATE, version=2, text="请您评分")
    recorded = await templates.add("acme", TEMPLATE)
    await templates.keep_former("acme", TEMPLATE)
    await templates.keep_former("acme", replace(TEMPLATE, text="?"))
    await templates.save("acme", recorded, second)
    assert [each.value for each in await templates.all("acme")] == [second]
    assert await templates.find_former("acme", TEMPLATE.id, 1) == TEMPLATE
    assert await templates.find_former("other", TEMPLATE.id, 1) is None


async def test_a_setting_comes_back_as_it_was_stored(stores: Stores) -> None:
    settings = StoredSettings(stores.settings)
    setting = SurveySetting(queue_id="billing", scale_max=7, languages=("zh", "en"))
    await settings.add("acme", setting)
    assert [each.value for each in await settings.all("acme")] == [setting]
    assert await settings.find("other", setting.id) is None
