"""What routing is told about a contact: who served its customer last, and the facts that rules may ask for."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from services.gateway.application.last_agents import LastAgents
from services.gateway.application.open_contact import NewContact
from services.gateway.application.ports import Stored
from services.gateway.domain.contact import Contact, ContactAttribute, FormAnswer
from services.gateway.domain.contact_attributes import MOST_ATTRIBUTES, attributes_of, changed, for_routing
from services.gateway.domain.errors import Invalid, StateConflict
from services.gateway.domain.required_skill import RequiredSkill
from switchyard.internal.routing.v1.commands_pb2 import EnqueueContact
from tests.unit.gateway.desk import PHONE, TENANT, Desk


async def call(desk: Desk, contact_id: str, **more: Any) -> Contact:
    new = NewContact(
        tenant=TENANT,
        contact_id=contact_id,
        channel="voice",
        customer_address=PHONE,
        queue_id="support",
        at=desk.clock(),
    )
    return await desk.open(replace(new, **more))


def asked(desk: Desk) -> EnqueueContact:
    return desk.bus.decoded(EnqueueContact)[-1]


async def test_a_new_customer_has_no_last_agent_and_costs_no_question() -> None:
    desk = await Desk().with_line()
    pages = counted_pages(desk)
    await desk.receive("SM1")
    assert asked(desk).last_agent_id == ""
    assert pages == []


async def test_the_next_contact_of_a_thread_names_the_agent_of_the_one_before() -> None:
    desk = await Desk().with_line()
    contact = await desk.contact(await desk.handled("SM1"))
    pages = counted_pages(desk)
    after_restart = LastAgents(desk.stores.contacts)
    assert await after_restart.of(TENANT, contact.customer_id, previous=contact) == "ann"
    assert pages == []


async def test_a_closed_contact_makes_its_agent_known_on_every_channel() -> None:
    desk = await Desk().with_line()
    contact = await desk.contact(await desk.handled("SM1"))
    desk.last_agents.note(TENANT, contact.customer_id, "ann")
    pages = counted_pages(desk)
    await call(desk, "cnt_call")
    assert asked(desk).last_agent_id == "ann"
    assert pages == []


async def test_a_customer_whom_this_process_has_not_met_is_looked_up_once() -> None:
    desk = await Desk().with_line()
    contact = await desk.contact(await desk.handled("SM1"))
    again = LastAgents(desk.stores.contacts)
    pages = counted_pages(desk)
    assert [await again.of(TENANT, contact.customer_id) for _ in range(2)] == ["ann", "ann"]
    assert await again.of(TENANT, "cus_nobody") == ""
    assert await again.of("another-tenant", contact.customer_id) == ""
    assert len(pages) == 3


async def test_the_customers_met_longest_ago_are_forgotten() -> None:
    desk = Desk()
    known = LastAgents(desk.stores.contacts, most_known=2)
    for number in range(3):
        known.note(TENANT, f"cus_{number}", "ann")
    pages = counted_pages(desk)
    assert [await known.of(TENANT, f"cus_{number}") for number in (2, 1, 0)] == ["ann", "ann", ""]
    assert len(pages) == 1


async def test_a_customer_without_an_address_has_no_last_agent() -> None:
    desk = Desk()
    pages = counted_pages(desk)
    await call(desk, "cnt_anonymous", customer_address="")
    assert asked(desk).last_agent_id == ""
    assert pages == []


async def test_attributes_and_answers_of_the_form_reach_routing() -> None:
    desk = Desk()
    form = (
        FormAnswer(name="Order number", value="7"),
        FormAnswer(name="language", value="en"),
        FormAnswer(name="story", value="x" * 257),
    )
    await call(desk, "cnt_1", form=form, attributes=(ContactAttribute(name="language", value="cmn"),))
    told = {each.name: each.value for each in asked(desk).attributes}
    assert told == {"Order number": "7", "language": "cmn"}


async def test_another_pool_is_told_the_attributes_and_the_last_agent_too() -> None:
    desk = Desk()
    await call(desk, "cnt_1", attributes=(ContactAttribute(name="tier", value="gold"),))
    await desk.happens("ContactFlowedOut", "cnt_1", to_queue="other-queue", to_pool="other")
    requests = desk.bus.decoded(EnqueueContact)
    assert [each.entry for each in requests] == [1, 2]
    assert [[each.value for each in request.attributes] for request in requests] == [["gold"], ["gold"]]


async def test_what_a_contact_requires_of_its_own_goes_into_every_entry_and_its_callback() -> None:
    desk = Desk()
    needed = (RequiredSkill(skill_id="cantonese", level=3), RequiredSkill(skill_id="outage", level=1))
    await call(desk, "cnt_1", priority=20, required_skills=needed)
    await desk.happens("ContactFlowedOut", "cnt_1", to_queue="other-queue", to_pool="other")
    for request in desk.bus.decoded(EnqueueContact):
        assert request.priority == 20
        assert [(each.skill_id, each.level) for each in request.required_skills] == [("cantonese", 3), ("outage", 1)]
    await desk.happens("CallbackRequested", "cnt_1", entry=2, callback_contact_id="cnt_1-cb")
    assert (await desk.contact("cnt_1-cb")).required_skills == needed


async def test_a_priority_that_a_supervisor_sets_goes_into_the_next_entry() -> None:
    desk = Desk()
    await call(desk, "cnt_1", priority=20)
    late = desk.event("ContactPriorityChanged", await desk.contact("cnt_1"), own_priority=99)
    await desk.happens("ContactPriorityChanged", "cnt_1", own_priority=-5)
    await desk.happens("ContactFlowedOut", "cnt_1", to_queue="other-queue", to_pool="other")
    assert [each.priority for each in desk.bus.decoded(EnqueueContact)] == [20, -5]
    await desk.apply(late)
    assert (await desk.contact("cnt_1")).priority == -5


async def test_attributes_are_set_taken_away_and_kept() -> None:
    contact = await call(Desk(), "cnt_1", attributes=attributes_of({"a": "1", "b": "2"}))
    after, facts = changed(contact, {"b": None, "c": "3"})
    assert for_routing(after) == {"a": "1", "c": "3"}
    assert facts == ()


async def test_more_attributes_than_allowed_are_refused() -> None:
    contact = await call(Desk(), "cnt_1", attributes=attributes_of({"a": "1"}))
    with pytest.raises(Invalid) as refused:
        changed(contact, {f"n{number}": "" for number in range(MOST_ATTRIBUTES)})
    assert (refused.value.code, refused.value.pointer) == ("attributes-too-many", "/attributes")


async def test_a_closed_contact_keeps_its_attributes() -> None:
    desk = await Desk().with_line()
    contact = await desk.contact(await desk.handled("SM1"))
    with pytest.raises(StateConflict, match="contact-closed"):
        changed(contact, {"a": "1"})


def counted_pages(desk: Desk) -> list[object]:
    """Note from now on every time that the store is asked who served a customer."""
    seen: list[object] = []
    page = desk.stores.contacts.page

    async def noting(tenant: str, filters: Mapping[str, object], **more: Any) -> list[Stored[Contact]]:
        if "holder" in filters:
            seen.append(filters)
        return await page(tenant, filters, **more)

    desk.stores.contacts.page = noting  # type: ignore[method-assign]
    return seen
