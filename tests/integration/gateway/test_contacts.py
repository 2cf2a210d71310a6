"""Contacts at the REST door: opened by an integration, worked on by agents, passed on, wrapped up, listed."""

import asyncio

from switchyard.events.gateway.v1.contact_events_pb2 import ContactClosed, ContactOpened
from switchyard.events.routing.v1 import contact_routing_events_pb2 as routing_pb
from switchyard.internal.routing.v1.commands_pb2 import CompleteWrapUp, EndContact, EnqueueContact, TransferContact
from tests.integration.gateway.world import World

ANN = routing_pb.Holder(agent_id="ann", team_id="team", site_id="site")


async def opened(world: World, queue: str = "support", **more: object) -> str:
    body = {"channel": "fax", "queue": queue, "customer": {"address": "fax-7", "name": "Wang"}, **more}
    contact: str = (await world.ok("POST", "/v1/contacts", body))["id"]
    return contact


async def test_an_integration_opens_a_contact_once(world: World) -> None:
    body = {"channel": "fax", "queue": "support", "customer": {"address": "fax-7"}, "text": "See attached"}
    first = await world.ok("POST", "/v1/contacts", body, Idempotency_Key="k1")
    again = await world.ok("POST", "/v1/contacts", body, Idempotency_Key="k1")
    assert first["id"] == again["id"]
    shown = await world.ok("GET", f"/v1/contacts/{first['id']}")
    assert (shown["state"], shown["queue"], shown["lines"]) == ("waiting", "support", 1)
    assert shown["customer"]["address"] == "fax-7"
    await world.first(ContactOpened, contact_id=first["id"])
    assert len(world.all_of(EnqueueContact)) == 1


async def test_bad_contacts_are_refused_by_name(world: World) -> None:
    for body, status, code in (
        ({"channel": "fax", "queue": "nowhere"}, 422, "queue-unknown"),
        ({"channel": "fax"}, 422, "queue-missing"),
        ({"channel": "fax", "entry_point": "+1"}, 404, "entry-point-unknown"),
        ({"channel": "FAX!", "queue": "support"}, 422, "invalid-request"),
        ({"channel": "fax", "queue": "support", "colour": "red"}, 422, "invalid-request"),
    ):
        answer = await world.ask("POST", "/v1/contacts", body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_attributes_of_a_contact_are_told_to_routing_and_can_be_changed(world: World) -> None:
    contact = await opened(world, attributes={"language": "cmn", "tier": "gold"})
    told = (await world.first(EnqueueContact, contact_id=contact)).message.attributes
    assert {each.name: each.value for each in told} == {"language": "cmn", "tier": "gold"}
    path = f"/v1/contacts/{contact}"
    patched = await world.ask("PATCH", path, {"attributes": {"tier": None, "vip": "yes"}})
    assert patched.json()["attributes"] == {"language": "cmn", "vip": "yes"}
    stale = await world.ask("PATCH", path, {"attributes": {"vip": "no"}}, If_Match='"1"')
    assert (stale.status_code, stale.headers["ETag"]) == (412, patched.headers["ETag"])
    current = await world.ask("PATCH", path, {"attributes": {"vip": "no"}}, If_Match=patched.headers["ETag"])
    assert current.json()["attributes"]["vip"] == "no"
    for attributes, pointer in (
        ({"vip": "x" * 257}, "/attributes/vip"),
        ({f"a{number}": "" for number in range(20)}, "/attributes"),
    ):
        refused = await world.ask("PATCH", path, {"attributes": attributes})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    assert (await world.ask("PATCH", "/v1/contacts/cnt_none", {"attributes": {}})).status_code == 404


async def test_a_customer_who_comes_back_is_asked_for_with_their_last_agent(world: World) -> None:
    async def last_agent() -> str:
        contact = await opened(world)
        agent: str = (await world.first(EnqueueContact, contact_id=contact)).message.last_agent_id
        return agent

    contact = await opened(world)
    asked = await world.first(EnqueueContact, contact_id=contact)
    assert asked.message.last_agent_id == ""
    await world.end(await world.accepted(asked), disposition="resolved")
    await world.first(ContactClosed, contact_id=contact)
    # The gateway reads its own announcement of the end a moment later.
    assert "ann" in [await last_agent() for _ in range(20)]


async def test_only_the_holder_or_an_overseer_speaks(world: World) -> None:
    contact = await opened(world)
    path = f"/v1/contacts/{contact}/messages"
    early = await world.ask("POST", path, {"text": "Hi"}, who="ann", roles=("agent",))
    assert (early.status_code, early.json()["code"]) == (409, "contact-not-yours")
    await world.accepted(await world.first(EnqueueContact, contact_id=contact))
    said = await world.ok("POST", path, {"text": "Hi", "client_id": "x"}, who="ann", roles=("agent",))
    again = await world.ask("POST", path, {"text": "Hi", "client_id": "x"}, who="ann", roles=("agent",))
    assert (again.status_code, again.json()["seq"]) == (200, said["seq"])
    other = await world.ask("POST", path, {"text": "Hi"}, who="bob", roles=("agent",))
    assert (other.status_code, other.json()["code"]) == (403, "not-the-holder")
    assert (await world.ask("POST", path, {"text": "I help"}, who="eve", roles=("supervisor",))).status_code == 201
    empty = await world.ask("POST", path, {"text": " "}, who="ann", roles=("agent",))
    assert (empty.status_code, empty.json()["code"]) == (422, "line-empty")


async def test_an_agent_ends_and_wraps_up(world: World) -> None:
    contact = await opened(world)
    entry = await world.accepted(await world.first(EnqueueContact, contact_id=contact))
    ending = asyncio.create_task(world.agent("POST", f"/v1/contacts/{contact}/end", {}))
    asked = await world.first(EndContact, contact_id=contact)
    assert (asked.message.ended_by, asked.message.agent_id) == ("agent", "ann")
    await world.end(entry, causation=asked.envelope.id)
    assert (await ending)["state"] == "wrap_up"

    body = {"disposition": "resolved", "note": "Called the bank", "ticket": {"type": "enquiry"}}
    wrapping = asyncio.create_task(world.agent("POST", f"/v1/contacts/{contact}/wrap-up", body))
    wrap = await world.first(CompleteWrapUp, contact_id=contact)
    assert (wrap.message.disposition, wrap.message.ticket_type) == ("resolved", "enquiry")
    done = routing_pb.WrapUpCompleted(entry=entry, holder=ANN, disposition="resolved", ticket_type="enquiry")
    await world.decide(done, causation=wrap.envelope.id)
    shown = await wrapping
    assert (shown["state"], shown["disposition"], shown["note"]) == ("closed", "resolved", "Called the bank")
    closed = await world.first(ContactClosed, contact_id=contact)
    assert (closed.envelope.sequence, closed.message.ended_by) == (2, "agent")


async def test_a_transfer_to_another_pool_asks_there_for_the_next_entry(world: World) -> None:
    await world.has_queue("experts", pool="second")
    contact = await opened(world)
    entry = await world.accepted(await world.first(EnqueueContact, contact_id=contact))
    moving = asyncio.create_task(world.agent("POST", f"/v1/contacts/{contact}/transfer", {"queue": "experts"}))
    asked = await world.first(TransferContact, contact_id=contact)
    assert (asked.message.to_queue, asked.message.to_pool, asked.message.agent_id) == ("experts", "second", "ann")
    moved = routing_pb.ContactTransferred(entry=entry, holder=ANN, to_queue="experts", to_pool="second")
    await world.decide(moved, causation=asked.envelope.id)
    shown = await moving
    assert (shown["state"], shown["queue"], shown["pool"], shown["entry"]) == ("waiting", "experts", "second", 2)

    again = await world.first(EnqueueContact, contact_id=contact, entry=2)
    assert (again.message.queue_id, again.message.transferred_from) == ("experts", "support")
    assert again.envelope.id.startswith("cmd_second.")
    # The first agent's wrap-up of what they passed on closes nothing.
    await world.decide(routing_pb.WrapUpCompleted(entry=entry, holder=ANN, transferred=True))
    second = await world.accepted(again, pool="second")
    await world.decide(routing_pb.ContactEnded(entry=second, holder=ANN, ended_by="customer"), pool="second")
    await world.decide(routing_pb.WrapUpCompleted(entry=second, holder=ANN, timed_out=True), pool="second")
    closed = await world.first(ContactClosed, contact_id=contact)
    assert (closed.message.entry, closed.message.queue_id, closed.message.outcome) == (2, "experts", "handled")


async def test_a_request_too_old_is_made_again_as_the_next_entry(world: World) -> None:
    contact = await opened(world)
    first = await world.first(EnqueueContact, contact_id=contact)
    await world.refuse(first, "command-expired")
    again = await world.first(EnqueueContact, contact_id=contact, entry=2)
    assert again.message.queued_at == first.message.queued_at
    assert again.envelope.id != first.envelope.id


async def test_lists_go_by_filters_and_cursors(world: World) -> None:
    made = [await opened(world) for _ in range(3)]
    page = await world.ok("GET", "/v1/contacts?limit=2&queue=support&state=waiting")
    rest = await world.ok("GET", f"/v1/contacts?limit=2&queue=support&state=waiting&cursor={page['next']}")
    assert [each["id"] for each in (*page["items"], *rest["items"])] == made[::-1]
    assert rest["next"] is None
    customer = page["items"][0]["customer"]["id"]
    history = await world.ok("GET", f"/v1/customers/{customer}/history")
    assert len(history["items"]) == 3
    assert (await world.ok("GET", "/v1/customers?address=fax:fax-7"))["items"][0]["id"] == customer
    assert (await world.ask("GET", "/v1/contacts?cursor=zzz")).status_code == 400
    assert (await world.ask("GET", "/v1/contacts?sort=queue")).status_code == 422
    assert (await world.ask("GET", "/v1/contacts?state=asleep")).status_code == 422


async def test_another_tenant_sees_nothing(world: World, unique: str) -> None:
    contact = await opened(world)
    stranger = World(gateway=world.gateway, broker=world.broker, tenant=f"x{unique}")
    async with stranger:
        for path in (f"/v1/contacts/{contact}", f"/v1/contacts/{contact}/messages", "/v1/entry-points/support"):
            assert (await stranger.ask("GET", path)).status_code == 404
        for verb in ("transfer", "end", "wrap-up", "messages"):
            body = {"queue": "support"} if verb == "transfer" else {"disposition": "x"} if verb == "wrap-up" else {}
            answer = await stranger.ask("POST", f"/v1/contacts/{contact}/{verb}", body or {"text": "x"})
            assert answer.status_code == (422 if verb in {"wrap-up", "transfer"} and body == {} else 404)
        assert (await stranger.ok("GET", "/v1/contacts"))["items"] == []


async def test_entry_points_are_versioned(world: World) -> None:
    made = await world.ask("PUT", "/v1/entry-points/help", _entry_point(world, "Hi"))
    assert (made.status_code, made.json()["flow"]["version"]) == (201, 1)
    changed = await world.ask("PATCH", "/v1/entry-points/help", {"greeting": "Hello"}, If_Match=made.headers["etag"])
    assert (changed.status_code, changed.json()["flow"]["version"]) == (200, 2)
    stale = await world.ask("PATCH", "/v1/entry-points/help", {"greeting": "Hey"}, If_Match=made.headers["etag"])
    assert (stale.status_code, stale.json()["code"]) == (412, "version-stale")
    versions = await world.ok("GET", "/v1/entry-points/help/versions")
    assert [each["greeting"] for each in versions["items"]] == ["Hello", "Hi"]
    taken = await world.ask("PUT", "/v1/entry-points/other", _entry_point(world, "Hi"))
    assert (taken.status_code, taken.json()["code"]) == (409, "address-taken")
    assert (await world.ask("DELETE", "/v1/entry-points/help")).status_code == 204
    assert (await world.ask("GET", "/v1/entry-points/help")).status_code == 404
    assert (await world.ask("PUT", "/v1/entry-points/other", _entry_point(world, "Hi"))).status_code == 201


def _entry_point(world: World, greeting: str) -> dict[str, str]:
    return {"channel": "chat", "address": f"{world.tenant}-help", "queue": "support", "greeting": greeting}
