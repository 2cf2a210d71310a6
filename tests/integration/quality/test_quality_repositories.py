"""What quality needs of its stores, asked of the memory's and of MongoDB's alike."""

from dataclasses import replace

import pytest
from prometheus_client import CollectorRegistry

from services.quality.adapters.mongo import mongo_stores
from services.quality.adapters.repositories import StoredEvaluations, StoredScorecards
from services.quality.adapters.stores import Stores
from services.quality.adapters.telemetry import QualityMetrics
from services.quality.application.ports import EvaluationQuery
from services.quality.domain.built_in import built_in_scorecard
from services.quality.domain.evaluation import Evaluation, evaluate
from switchyard.eventing.aggregates import AggregateConflict, AggregateExists
from switchyard.mongo.client import Database
from switchyard.testing.clock import FixedClock
from switchyard.testing.memory_bus import InMemoryBus
from tests.unit.quality.conftest import NOON, conversation, line, memory_stores


@pytest.fixture(params=["memory", "mongo"])
async def stores(request: pytest.FixtureRequest, mongo: Database) -> Stores:
    bus, clock = InMemoryBus(), FixedClock(NOON)
    made = memory_stores(bus, clock) if request.param == "memory" else mongo_stores(mongo, bus, clock)
    await made.prepare()
    await made.prepare()
    return made


@pytest.fixture
def evaluations(stores: Stores) -> StoredEvaluations:
    return StoredEvaluations(stores.evaluations, QualityMetrics(CollectorRegistry()))


def evaluation(number: int, text: str = "您好") -> Evaluation:
    made = evaluate(f"evl_{number}", built_in_scorecard(), conversation(line(2, text, after=7.5)), NOON)
    assert made is not None
    return replace(made, contact_id=f"cnt_{number}")


async def test_an_evaluation_comes_back_as_it_was_stored_and_is_its_tenant_s_alone(
    evaluations: StoredEvaluations,
) -> None:
    await evaluations.add("acme", evaluation(1), "evt/1")
    assert await evaluations.find("acme", "evl_1") == evaluation(1)
    assert await evaluations.find("other", "evl_1") is None
    assert (await evaluations.page("other", EvaluationQuery())).evaluations == []
    with pytest.raises(AggregateExists):
        await evaluations.add("acme", evaluation(1), "evt/1")


async def test_lists_are_filtered_and_paged(evaluations: StoredEvaluations) -> None:
    for number, text in ((1, "您好"), (2, "闭嘴"), (3, "您好")):
        await evaluations.add("acme", evaluation(number, text), "evt/1")
    flagged = await evaluations.page("acme", EvaluationQuery(flagged=True, agent_id="agt_ann", queue_id="billing"))
    first = await evaluations.page("acme", EvaluationQuery(flagged=False, limit=1))
    second = await evaluations.page("acme", EvaluationQuery(flagged=False, limit=1, after=first.position))
    assert [each.id for each in flagged.evaluations] == ["evl_2"]
    assert [each.id for each in (*first.evaluations, *second.evaluations)] == ["evl_3", "evl_1"]
    assert second.position is None


async def test_former_versions_of_a_scorecard_stay_as_they_were(stores: Stores) -> None:
    scorecards = StoredScorecards(stores.scorecards, stores.scorecard_versions)
    first = built_in_scorecard()
    second = replace(first, version=2, pass_mark=90, queues=frozenset({"billing"}))
    recorded = await scorecards.add("acme", first)
    await scorecards.keep_former("acme", first)
    await scorecards.keep_former("acme", replace(first, pass_mark=1))
    await scorecards.save("acme", recorded, second)
    found = await scorecards.find("acme", first.id)
    assert found is not None
    assert (found.value, await scorecards.find_former("acme", first.id, 1)) == (second, first)
    assert await scorecards.find_former("acme", first.id, 2) is None
    assert (await scorecards.find("other", first.id), await scorecards.all("other")) == (None, [])
    assert await scorecards.find_former("other", first.id, 1) is None
    with pytest.raises(AggregateConflict):
        await scorecards.save("acme", recorded, second)
    with pytest.raises(AggregateConflict):
        await scorecards.save("other", found, second)
