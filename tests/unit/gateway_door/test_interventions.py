"""Supervisors intervene over REST: who may, what routing is asked, what they are told."""

from datetime import timedelta
from typing import Any, cast

import pytest
import pytest_asyncio

from services.gateway.adapters.known_queues import KnownQueues
from services.gateway.application.end_contact import EndContact
from services.gateway.application.monitor_contact import MonitorContact
from services.gateway.application.ports import Cause
from services.gateway.domain.contact import CLOSED, RECORDING, TALKING, WRAP_UP, Contact, Entry, Holder
from services.gateway.entrypoints.ask_routing import AskRouting
from services.gateway.entrypoints.contacts_http import ContactDesk
from services.gateway.entrypoints.interventions_http import InterventionDesk
from services.gateway.entrypoints.monitoring_http import monitoring_router
from services.gateway.entrypoints.wrap_ups_http import WrapUpDesk
from switchyard.events.routing.v1 import supervision_events_pb2 as events
from switchyard.internal.routing.v1 import commands_pb2 as commands
from tests.contract.gateway_stores.memory import InMemoryStores
from tests.unit.gateway_door.bench import NOW, TENANT, Bench, agent, entry, holder, offer_accepted, token
from tests.unit.gateway_door.test_commands import refusing, succeeding

BOSS = token("agent-2", "supervisor")
VERBS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("assign", {}),
    ("priority", {"priority": 3}),
    ("take-over", {}),
    ("monitor", {"mode": "listen"}),
)


STATES = {"cnt_1": "waiting", "cnt_2": TALKING, "cnt_3": WRAP_UP, "cnt_4": RECORDING, "cnt_5": CLOSED}


def contact(identity: str, state: str = "waiting") -> Contact:
    held = Holder(agent_id="agent-1", team_id="t", site_id="s", offer_id="off_default.1")
    return Contact(
        tenant=TENANT,
        id=identity,
        channel="chat",
        direction="in",
        entry_point="",
        entry_address="",
        customer_id="cus_1",
        customer_address="",
        customer_name="",
        service_request_id="",
        previous_contact_id="",
        opened_at=NOW,
        entry=Entry(number=1, queue_id="billing", pool_id="default", queued_at=NOW),
        state=state,
        holder=None if state == "waiting" else held,
    )


@pytest_asyncio.fixture
async def floor(bench: Bench) -> Bench:
    """Have a contact in each state."""
    stores = InMemoryStores(TENANT)
    for identity, state in STATES.items():
        await stores.contacts.add(contact(identity, state), (), Cause(id=identity, at=NOW))
    ask, settings = AskRouting(stores.contacts, bench.door.commands), bench.door.routing_settings
    bench.app.include_router(InterventionDesk(contacts=stores.contacts, ask=ask, settings=settings).router())
    bench.app.include_router(contact_desk(stores, bench, ask).router())
    wrap_ups = WrapUpDesk(contacts=stores.contacts, ask=ask, settings=settings, clock=bench.clock)
    bench.app.include_router(wrap_ups.router())
    bench.app.include_router(
        monitoring_router(MonitorContact(stores.contacts, NoTelephone(), EndContact(stores.contacts), bench.clock))
    )
    return bench


def contact_desk(stores: InMemoryStores, bench: Bench, ask: AskRouting) -> ContactDesk:
    """Have a desk for what these tests do: moving and ending."""
    return ContactDesk(
        contacts=stores.contacts,
        queues=KnownQueues(bench.door.routing_settings),
        ask=ask,
        clock=bench.clock,
        new_id=lambda: "new",
        **dict.fromkeys(("lines", "open_contact", "append", "reply", "attachments"), cast("Any", None)),
    )


class NoTelephone:
    """Stands for the voice provider, which written conversations never ask."""

    async def follow(self, *, tenant: str, contact_id: str, supervisor_id: str, mode: str) -> None:
        raise AssertionError("a chat has no telephone")

    async def leave(self, *, tenant: str, contact_id: str, supervisor_id: str) -> None:
        raise AssertionError("a chat has no telephone")


def assigned(_message: Any, command: Any) -> list[tuple[str, Any]]:
    told = events.ContactAssignedByHand(
        entry=entry(), offer_id="off_default.7", holder=holder(command.agent_id), by=command.by, forced=command.force
    )
    return [("contacts", told)]


async def test_a_contact_is_assigned_to_an_agent(floor: Bench) -> None:
    floor.answering = assigned
    async with floor.client(BOSS) as client:
        answer = await client.post("/v1/contacts/cnt_1/assign", json={"agent": "agent-1", "force": True})
    assert answer.status_code == 200
    assert answer.json() == {"contact": "cnt_1", "agent": "agent-1", "offer": "off_default.7", "forced": True}
    (sent,) = floor.bus.decoded(commands.AssignContact)
    assert (sent.contact_id, sent.agent_id, sent.by, sent.force) == ("cnt_1", "agent-1", "agent-2", True)


async def test_without_an_agent_a_supervisor_pulls_the_contact_to_themselves(floor: Bench) -> None:
    floor.answering = assigned
    async with floor.client(BOSS) as client:
        answer = await client.post("/v1/contacts/cnt_1/assign", json={})
    assert answer.json()["agent"] == "agent-2"


@pytest.mark.parametrize(
    ("body", "code"),
    [({"agent": "nobody"}, "agent-unknown"), ({"agent": "stranger"}, "agent-of-another-pool")],
)
@pytest.mark.parametrize("verb", ["assign", "take-over"])
async def test_a_contact_goes_only_to_agents_of_its_pool(
    floor: Bench, monkeypatch: pytest.MonkeyPatch, verb: str, body: dict[str, str], code: str
) -> None:
    monkeypatch.setattr("services.gateway.application.door.routing_settings.PATIENCE_SECONDS", 0.01)
    floor.door.routing_settings.set_agent(TENANT, agent("stranger", pool="elsewhere"))
    async with floor.client(BOSS) as client:
        answer = await client.post(f"/v1/contacts/cnt_1/{verb}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["pointer"] == "/agent"
    assert floor.bus.published == []


async def test_a_priority_is_changed(floor: Bench) -> None:
    floor.answering = lambda _message, command: [
        ("contacts", events.ContactPriorityChanged(entry=entry(), priority=5, own_priority=command.priority))
    ]
    async with floor.client(BOSS) as client:
        answer = await client.post("/v1/contacts/cnt_1/priority", json={"priority": 5})
        assert (await client.post("/v1/contacts/cnt_1/priority", json={"priority": 1001})).status_code == 422
    assert answer.json() == {"contact": "cnt_1", "priority": 5}
    (sent,) = floor.bus.decoded(commands.ChangePriority)
    assert (sent.priority, sent.by) == (5, "agent-2")


async def test_a_conversation_is_taken_over_and_answered_when_it_is_the_takers(floor: Bench) -> None:
    floor.answering = lambda _message, command: [("contacts", offer_accepted("off_default.9", command.agent_id))]
    async with floor.client(BOSS) as client:
        answer = await client.post("/v1/contacts/cnt_2/take-over", json={})
    assert answer.status_code == 200
    assert floor.applied == ["OfferAccepted"]
    (sent,) = floor.bus.decoded(commands.TakeOver)
    assert (sent.contact_id, sent.agent_id, sent.by, sent.force) == ("cnt_2", "agent-2", "agent-2", False)


@pytest.mark.parametrize("code", ["agent-at-capacity", "agent-not-available", "contact-waiting", "already-the-holder"])
async def test_what_routing_will_not_have_taken_over_is_a_conflict(floor: Bench, code: str) -> None:
    floor.answering = refusing(code)
    async with floor.client(BOSS) as client:
        answer = await client.post("/v1/contacts/cnt_2/take-over", json={})
    assert (answer.status_code, answer.json()["code"]) == (409, code)


@pytest.mark.parametrize(("verb", "body"), VERBS)
@pytest.mark.parametrize("role", ["agent", "senior_agent", "qa", "partner", "planner"])
async def test_only_supervisors_intervene(floor: Bench, verb: str, body: dict[str, Any], role: str) -> None:
    async with floor.client(token("agent-1", role)) as client:
        answer = await client.post(f"/v1/contacts/cnt_1/{verb}", json=body)
    assert answer.status_code == 403
    assert floor.bus.published == []


@pytest.mark.parametrize(("verb", "body"), VERBS)
async def test_another_tenants_contact_is_unknown(floor: Bench, verb: str, body: dict[str, Any]) -> None:
    async with floor.client(token("agent-2", "admin", tenant="other")) as client:
        answer = await client.post(f"/v1/contacts/cnt_1/{verb}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "contact-unknown")


@pytest.mark.parametrize(
    ("contact_id", "code"),
    [("cnt_3", "contact-wrap-up"), ("cnt_4", "contact-recording"), ("cnt_5", "contact-closed")],
)
@pytest.mark.parametrize(("verb", "body"), [*VERBS[:3], ("transfer", {"queue": "billing"})])
async def test_a_contact_that_is_over_is_a_conflict_that_names_its_state(
    floor: Bench, verb: str, body: dict[str, Any], contact_id: str, code: str
) -> None:
    async with floor.client(BOSS) as client:
        answer = await client.post(f"/v1/contacts/{contact_id}/{verb}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert f"{contact_id} is {STATES[contact_id]}" in answer.json()["detail"]
    assert floor.bus.published == []


@pytest.mark.parametrize(("verb", "body"), [*VERBS[:3], ("transfer", {"queue": "billing"}), ("end", {})])
async def test_what_routing_has_no_more_is_no_unknown_contact(floor: Bench, verb: str, body: dict[str, Any]) -> None:
    floor.answering = refusing("contact-unknown")
    async with floor.client(BOSS) as client:
        answer = await client.post(f"/v1/contacts/cnt_2/{verb}", json=body)
        stranger = await client.post(f"/v1/contacts/cnt_9/{verb}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "contact-changing")
    assert "is talking" in answer.json()["detail"]
    assert (stranger.status_code, stranger.json()["code"]) == (404, "contact-unknown")


async def test_an_agent_extends_the_wrap_up(floor: Bench) -> None:
    until = NOW + timedelta(seconds=90)
    floor.answering = lambda _message, _command: [
        ("contacts", events.WrapUpExtended(entry=entry(), holder=holder(), wrap_up_until=until, extensions=1))
    ]
    async with floor.client(token("agent-1")) as client:
        answer = await client.post("/v1/contacts/cnt_3/wrap-up/extend", json={"seconds": 30})
    assert answer.json() == {
        "contact": "cnt_3",
        "agent": "agent-1",
        "wrap_up_until": "2026-11-22T08:01:30.000Z",
        "extensions": 1,
    }
    (sent,) = floor.bus.decoded(commands.ExtendWrapUp)
    assert (sent.contact_id, sent.agent_id, sent.seconds) == ("cnt_3", "agent-1", 30)


EXTENSION = {"seconds": 30}
OUTCOME = {"disposition": "resolved"}
WRITING_UP = (("wrap-up/extend", EXTENSION, commands.ExtendWrapUp), ("wrap-up", OUTCOME, commands.CompleteWrapUp))


async def test_an_overseer_extends_the_open_wrap_up_whoever_has_it(floor: Bench) -> None:
    floor.answering = lambda _message, _command: [
        ("contacts", events.WrapUpExtended(entry=entry(), holder=holder("agent-3"), wrap_up_until=NOW, extensions=1))
    ]
    async with floor.client(BOSS) as client:
        answer = await client.post("/v1/contacts/cnt_2/wrap-up/extend", json=EXTENSION)
    assert answer.json()["agent"] == "agent-3"
    assert floor.bus.decoded(commands.ExtendWrapUp)[0].agent_id == ""


@pytest.mark.parametrize("contact_id", ["cnt_1", "cnt_2", "cnt_3"])
@pytest.mark.parametrize(("verb", "body", "kind"), WRITING_UP)
async def test_a_wrap_up_that_nobody_has_is_a_conflict_to_all(
    floor: Bench, verb: str, body: dict[str, Any], kind: Any, contact_id: str
) -> None:
    floor.answering = refusing("not-in-wrap-up")
    for who in (BOSS, token("agent-1")):
        async with floor.client(who) as client:
            answer = await client.post(f"/v1/contacts/{contact_id}/{verb}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "not-in-wrap-up")
    assert [sent.agent_id for sent in floor.bus.decoded(kind)] == ["", "agent-1"]


@pytest.mark.parametrize(("verb", "body", "kind"), WRITING_UP)
async def test_an_overseer_names_whose_wrap_up_is_meant_in_whichever_pool(
    floor: Bench, verb: str, body: dict[str, Any], kind: Any
) -> None:
    floor.door.routing_settings.set_agent(TENANT, agent("relieved", pool="elsewhere"))
    floor.answering = succeeding
    async with floor.client(BOSS) as client:
        answer = await client.post(f"/v1/contacts/cnt_2/{verb}", json={**body, "agent": "relieved"})
        another = await client.post(f"/v1/contacts/cnt_2/{verb}", json={**body, "agent": "agent-1"})
    assert (answer.status_code, another.status_code) == (200, 200)
    assert [sent.agent_id for sent in floor.bus.decoded(kind)] == ["relieved", "agent-1"]
    assert [sent.key for sent in floor.bus.published] == ["acme/elsewhere", "acme/default"]


@pytest.mark.parametrize(("verb", "body", "kind"), WRITING_UP)
async def test_an_agent_writes_up_nobody_elses_contact(
    floor: Bench, monkeypatch: pytest.MonkeyPatch, verb: str, body: dict[str, Any], kind: Any
) -> None:
    monkeypatch.setattr("services.gateway.application.door.routing_settings.PATIENCE_SECONDS", 0.01)
    async with floor.client(token("agent-1")) as client:
        foreign = await client.post(f"/v1/contacts/cnt_3/{verb}", json={**body, "agent": "agent-2"})
    async with floor.client(BOSS) as client:
        unknown = await client.post(f"/v1/contacts/cnt_3/{verb}", json={**body, "agent": "nobody"})
    assert (foreign.status_code, foreign.json()["code"]) == (403, "not-your-own")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "agent-unknown")
    assert floor.bus.decoded(kind) == []


async def test_an_overseers_note_is_kept_with_a_contact_that_is_written_up(floor: Bench) -> None:
    floor.answering = succeeding
    async with floor.client(BOSS) as client:
        answer = await client.post("/v1/contacts/cnt_3/wrap-up", json={**OUTCOME, "note": "rang twice"})
        talking = await client.post("/v1/contacts/cnt_2/wrap-up", json={**OUTCOME, "note": "of another talk"})
    assert (answer.json()["note"], talking.json()["note"]) == ("rang twice", None)


async def test_an_extension_that_is_too_long_names_the_field(floor: Bench) -> None:
    floor.answering = refusing("extension-too-long")
    async with floor.client(token("agent-1")) as client:
        answer = await client.post("/v1/contacts/cnt_3/wrap-up/extend", json={"seconds": 3000})
    assert (answer.status_code, answer.json()["code"]) == (422, "extension-too-long")
    assert answer.json()["errors"][0]["pointer"] == "/seconds"


@pytest.mark.parametrize(("code", "status"), [("no-extension-left", 409), ("not-in-wrap-up", 409)])
async def test_an_extension_that_is_not_granted_says_why(floor: Bench, code: str, status: int) -> None:
    floor.answering = refusing(code)
    async with floor.client(token("agent-1")) as client:
        answer = await client.post("/v1/contacts/cnt_3/wrap-up/extend", json={"seconds": 30})
        assert (await client.post("/v1/contacts/cnt_3/wrap-up/extend", json={"seconds": 0})).status_code == 422
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_supervisor_follows_a_conversation_and_leaves_it(floor: Bench) -> None:
    where = "/v1/contacts/cnt_2/monitor"
    async with floor.client(BOSS) as client:
        begun = await client.post(where, json={"mode": "listen"})
        left = await client.delete(where)
        again = await client.delete(where)
    assert begun.json() == {
        "contact": "cnt_2",
        "agent": "agent-1",
        "supervisor": "agent-2",
        "mode": "listen",
        "since": "2026-11-22T08:00:00.000Z",
    }
    assert left.status_code == 204
    assert (again.status_code, again.json()["code"]) == (404, "monitoring-unknown")


async def test_a_mode_that_a_chat_has_not_is_refused_with_the_field_named(floor: Bench) -> None:
    async with floor.client(BOSS) as client:
        refused = await client.post("/v1/contacts/cnt_2/monitor", json={"mode": "whisper"})
        unknown = await client.post("/v1/contacts/cnt_2/monitor", json={"mode": "spy"})
    assert (refused.status_code, refused.json()["code"]) == (422, "mode-not-of-channel")
    assert refused.json()["errors"][0]["pointer"] == unknown.json()["errors"][0]["pointer"] == "/mode"


async def test_who_waits_cannot_be_followed(floor: Bench) -> None:
    async with floor.client(BOSS) as client:
        answer = await client.post("/v1/contacts/cnt_1/monitor", json={"mode": "listen"})
    assert (answer.status_code, answer.json()["code"]) == (409, "contact-not-talking")
