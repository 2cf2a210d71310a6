"""The routing service from outside: commands through the log, events on the topics, reads over HTTP."""

import signal

import httpx

from switchyard.internal.routing.v1 import commands_pb2 as c
from switchyard.testing.polling import until
from tests.integration.routing.desk import Desk, RoutingProcess


async def test_a_contact_goes_from_the_queue_to_its_wrap_up(desk: Desk, routing: RoutingProcess) -> None:
    await desk.open_queue()
    await desk.sign_in("ann")
    (enqueued,) = await desk.send(desk.enqueue("c1"))
    offer = await desk.first("OfferMade", contact_id="c1")
    assert offer.holder.agent_id == "ann"
    assert offer.decision.rule == "longest-idle"
    (accepted,) = await desk.send(c.AcceptOffer(offer_id=offer.offer_id, agent_id="ann"))
    assert (await desk.answer(accepted)).name == "OfferAccepted"
    await desk.send(c.EndContact(contact_id="c1", ended_by="customer"))
    await desk.first("ContactEnded", contact_id="c1")
    await desk.send(c.CompleteWrapUp(contact_id="c1", agent_id="ann", disposition="resolved", ticket_type="enquiry"))
    done = await desk.first("WrapUpCompleted", contact_id="c1")
    assert (done.disposition, done.ticket_type, done.timed_out) == ("resolved", "enquiry", False)
    queued = desk.of("ContactQueued", contact_id="c1")[0].envelope
    assert (queued.causation_id, queued.correlation_id, queued.subject) == (enqueued, "c1", "c1")
    assert queued.source == f"/{desk.tenant}/routing/pools/front/contacts"


async def test_each_stream_is_numbered_without_gaps(desk: Desk, routing: RoutingProcess) -> None:
    await desk.open_queue()
    await desk.sign_in("ann", "bob")
    await desk.send(*(desk.enqueue(f"c{n}") for n in range(10)))
    await until(lambda: len(desk.of("OfferMade")) == 6, what="both agents have three chats", seconds=60)
    for stream in ("contacts", "agents"):
        source = f"/{desk.tenant}/routing/pools/front/{stream}"
        numbers = [each.envelope.sequence for each in desk.heard.unique if each.envelope.source == source]
        assert numbers == list(range(1, len(numbers) + 1))


async def test_a_refusal_and_a_repeat_are_answered_as_outcomes(desk: Desk, routing: RoutingProcess) -> None:
    (unknown,) = await desk.send(c.AcceptOffer(offer_id="off_front.7", agent_id="ann"))
    assert (await desk.answer(unknown)).message.code == "offer-unknown"
    await desk.open_queue()
    (first,) = await desk.send(desk.enqueue("c1"))
    await desk.answer(first)
    await desk.send(desk.enqueue("c1"), ids=[first])
    await desk.first("CommandSucceeded", command_id=first)
    assert len(desk.of("ContactQueued", contact_id="c1")) == 1


async def test_an_offer_that_nobody_answers_goes_on_by_itself(desk: Desk, routing: RoutingProcess) -> None:
    await desk.open_queue(ring=1)
    await desk.sign_in("ann", "bob")
    await desk.send(desk.enqueue("c1"))
    await desk.first("OfferTimedOut", contact_id="c1", agent_id="ann")
    await desk.first("OfferMade", contact_id="c1", agent_id="bob")
    changed = [each.message for each in desk.of("AgentStateChanged", agent_id="ann")]
    assert [(m.state, m.reason) for m in changed][-1] == ("not_ready", "system")


async def test_a_restart_goes_on_where_it_was(desk: Desk, routing: RoutingProcess) -> None:
    await desk.open_queue(ring=3)
    await desk.sign_in("ann", chats=1)
    await desk.send(desk.enqueue("c1"), desk.enqueue("c2"))
    offer = await desk.first("OfferMade", contact_id="c1")
    await desk.send(c.AcceptOffer(offer_id=offer.offer_id, agent_id="ann"))
    await desk.first("OfferAccepted", contact_id="c1")
    assert routing.end(signal.SIGKILL) == -signal.SIGKILL
    await desk.send(c.EndContact(contact_id="c1", ended_by="customer"))
    routing.start()
    await desk.first("ContactEnded", contact_id="c1")
    await desk.send(c.CompleteWrapUp(contact_id="c1", agent_id="ann", disposition="resolved"))
    again = await desk.first("OfferMade", contact_id="c2")
    assert (again.holder.agent_id, again.offer_id) == ("ann", "off_front.2")
    assert len(desk.of("ContactQueued")) == 2
    assert await desk.first("OfferTimedOut", contact_id="c2")
    assert routing.end() == 0


async def test_garbage_goes_to_the_dead_letters_and_the_pool_lives(desk: Desk, routing: RoutingProcess) -> None:
    await desk.send_raw(b"\xff\xfe garbage")
    await desk.send_raw(b"x" * 900_000, [("ce_specversion", b"1.0")])
    await desk.send_raw(b"", [("ce_specversion", b"1.0"), ("ce_type", b"no.such.Command")])
    await desk.open_queue()
    (sent,) = await desk.send(desk.enqueue("c1"))
    assert (await desk.answer(sent)).name == "ContactQueued"


async def test_a_queue_tells_who_waits_and_a_contact_why(desk: Desk, routing: RoutingProcess) -> None:
    await desk.open_queue()
    await desk.send(desk.enqueue("c1"), desk.enqueue("c2"))
    await until(lambda: len(desk.of("ContactQueued")) == 2, what="both wait", seconds=60)
    async with httpx.AsyncClient(base_url=routing.url, headers=desk.headers()) as client:
        room = (await client.get("/v1/queues/billing/waiting")).json()
        assert (room["newcomer"]["position"], room["newcomer"]["estimated_wait_seconds"]) == (3, None)
        assert (room["accuracy"]["judged"], room["accuracy"]["inside_band_share"]) == (0, None)
        items = room["items"]
        assert [(item["contact"], item["position"]) for item in items] == [("c1", 1), ("c2", 2)]
        assert items[0]["estimated_wait_seconds"] is None
        await desk.sign_in("ann")
        await desk.first("OfferMade", contact_id="c1")
        decisions = (await client.get("/v1/contacts/c1/decisions")).json()["items"]
        assert [(d["agent"], d["rule"], d["considered"][0]["verdict"]) for d in decisions] == [
            ("ann", "longest-idle", "chosen")
        ]
        assert (await client.get("/v1/queues/nowhere/waiting")).status_code == 404
        assert (await client.get("/v1/contacts/c9/decisions")).status_code == 404


async def test_a_queue_in_which_somebody_waits_is_not_removed(desk: Desk, routing: RoutingProcess) -> None:
    async with httpx.AsyncClient(base_url=routing.url, headers=desk.headers()) as client:
        await client.put("/v1/pools/front", json={"name": "Front"})
        await client.put("/v1/queues/billing", json={"name": "Billing", "pool": "front"})
        await desk.send(desk.enqueue("c1"))
        await desk.first("ContactQueued", contact_id="c1")
        kept = await client.delete("/v1/queues/billing")
        assert (kept.status_code, kept.json()["code"]) == (409, "queue-not-empty")
        await desk.send(c.EndContact(contact_id="c1", ended_by="customer"))
        await desk.first("ContactAbandoned", contact_id="c1")
        assert (await client.delete("/v1/queues/billing")).status_code == 204
