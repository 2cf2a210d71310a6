"""Web chat from the customer's first word to the figures, from outside (G4, R1, R3, R5, T1, Q4, N4, A2)."""

from datetime import UTC, datetime, timedelta

from tests.e2e.chatting import chatting
from tests.e2e.floor import Agent, Floor, Json
from tests.e2e.polling import eventually


async def test_a_chat_goes_from_the_first_word_to_a_figure(floor: Floor) -> None:
    queue = await floor.queue()
    agent = await floor.agent([queue])
    await agent.be("available")
    async with chatting(floor.platform) as chat:
        contact = await chat.start(queue, name="Li Na")
        await chat.say("My bill is wrong. 账单错了")
        offer = await agent.accept()
        assert offer["contact"] == contact
        await chat.frame("agent_joined")
        await agent.say(contact, "Hello, how can I help you?")
        await chat.frame("message", text="Hello, how can I help you?")
        await agent.end(contact)
        await chat.frame("ended")
        await agent.wrap_up(contact, ticket={"type": "enquiry"})
        survey = await chat.frame("survey")
        await chat.send(type="survey_answer", rating=survey["scale_max"])
        await chat.frame("delivered", rating=survey["scale_max"])
    closed = await floor.closed(contact)
    assert closed["disposition"] == "resolved"
    ticket = await floor.first(f"/v1/tickets?contact={contact}")
    assert ticket["type"] == "enquiry"
    assert ticket["owner"] == agent.id
    evaluation = await floor.first(f"/v1/evaluations?contact={contact}")
    assert evaluation["agent"] == agent.id
    await _figures_show_it(floor, queue)


async def _figures_show_it(floor: Floor, queue: str) -> None:
    start = (datetime.now(UTC) - timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    end = (datetime.now(UTC) + timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M:%SZ")

    async def look() -> Json | None:
        page = await floor.admin.get(f"/v1/statistics/queues?from={start}&to={end}&interval=P1D&queue={queue}")
        counted = [row["counters"] for row in page["items"] if row["counters"].get("csat_answers")]
        return counted[0] if counted else None

    counters = await eventually(look, "the figures of the queue")
    expected = {"offered": 1, "answered": 1, "answered_in_target": 1, "handled": 1, "offers": 1, "csat_satisfied": 1}
    assert expected.items() <= counters.items()


async def test_a_chat_that_lost_its_connection_resumes_without_losing_or_doubling_a_line(floor: Floor) -> None:
    queue = await floor.queue()
    agent = await floor.agent([queue])
    await agent.be("available")
    async with chatting(floor.platform) as chat:
        contact = await chat.start(queue)
        await chat.say("one")
        await agent.accept()
        await agent.say(contact, "two")
        await chat.frame("message", text="two")
        token = (await chat.frame("started"))["resume_token"]
        seen = chat.last_seq
        await chat.drop()
    await agent.say(contact, "three, written while the customer was away")
    async with chatting(floor.platform) as again:
        await again.send(type="resume", token=token, last_seq=seen)
        missed = await again.frame("message", text="three, written while the customer was away")
        assert missed["seq"] == seen + 1
        await again.say("four")
        await eventually(lambda: _has_line(agent, contact, "four"), "the line written after resuming")
        texts = [line["text"] for line in await agent.lines(contact) if not line.get("automatic")]
        assert texts == ["one", "two", "three, written while the customer was away", "four"]


async def _has_line(agent: Agent, contact: str, text: str) -> bool:
    return any(line["text"] == text for line in await agent.lines(contact))


async def test_a_customer_who_leaves_while_waiting_is_an_abandon(floor: Floor) -> None:
    queue = await floor.queue()
    async with chatting(floor.platform) as chat:
        contact = await chat.start(queue)
        await chat.frame("queued", position=1)
        await chat.send(type="end")
        await chat.frame("ended")
    assert (await floor.closed(contact))["outcome"] == "abandoned"


async def test_an_offer_is_withdrawn_when_the_customer_leaves_and_the_agent_is_free_again(floor: Floor) -> None:
    queue = await floor.queue()
    agent = await floor.agent([queue])
    await agent.be("available")
    async with chatting(floor.platform) as chat:
        await chat.start(queue)
        offer = await agent.offer()
        await chat.send(type="end")
        await chat.frame("ended")
    refused = await agent.ask("POST", f"/v1/offers/{offer['id']}/accept")
    assert refused.status_code == 409
    async with chatting(floor.platform) as chat:
        contact = await chat.start(queue)
        assert (await agent.accept())["contact"] == contact


async def test_a_rejected_offer_goes_to_the_next_agent(floor: Floor) -> None:
    queue = await floor.queue()
    first, second = await floor.agent([queue]), await floor.agent([queue])
    await first.be("available")
    async with chatting(floor.platform) as chat:
        contact = await chat.start(queue)
        offer = await first.offer()
        await second.be("available")
        await first.post(f"/v1/offers/{offer['id']}/reject", {"reason": "busy"})
        assert (await second.accept())["contact"] == contact


async def test_an_agent_who_lets_an_offer_ring_out_is_not_ready_and_the_next_one_rings(floor: Floor) -> None:
    queue = await floor.queue(ring_seconds=1)
    first, second = await floor.agent([queue]), await floor.agent([queue])
    await first.be("available")
    async with chatting(floor.platform) as chat:
        contact = await chat.start(queue)
        await first.offer()
        await second.be("available")
        assert (await second.accept())["contact"] == contact
    shown = await floor.admin.get(f"/v1/live/agents?agent={first.id}")
    assert [(row["state"], row["reason"]) for row in shown["items"] if row["agent"] == first.id] == [
        ("not_ready", "system")
    ]


async def test_a_transfer_begins_the_next_entry_within_a_pool_and_to_another(floor: Floor) -> None:
    here, there = await floor.queue("here"), await floor.queue("there")
    away_pool = f"away-{floor.word}"
    away = await floor.queue("away", pool=away_pool)
    first, second = await floor.agent([here]), await floor.agent([there])
    third = await floor.agent([away], pool=away_pool)
    for agent in (first, second, third):
        await agent.be("available")
    async with chatting(floor.platform) as chat:
        contact = await chat.start(here)
        await first.accept()
        await first.post(f"/v1/contacts/{contact}/transfer", {"queue": there})
        assert (await second.accept())["entry"] == 2
        await second.post(f"/v1/contacts/{contact}/transfer", {"queue": away})
        offer = await third.accept()
        assert (offer["contact"], offer["entry"], offer["queue"]) == (contact, 3, away)
        await third.say(contact, "Back office here.")
        await chat.frame("message", text="Back office here.")


async def test_every_decision_names_who_was_considered(floor: Floor) -> None:
    skill = f"skill-{floor.word}"
    await floor.admin.put(f"/v1/skills/{skill}", {"id": skill, "name": skill})
    queue = await floor.queue(required_skills=[{"skill": skill, "level": 5}])
    novice = await floor.agent([queue], skills=[{"skill": skill, "level": 2}])
    expert = await floor.agent([queue], skills=[{"skill": skill, "level": 8}])
    await novice.be("available")
    await expert.be("available")
    async with chatting(floor.platform) as chat:
        contact = await chat.start(queue)
        assert (await expert.offer())["contact"] == contact
    decision = await floor.first(f"/v1/contacts/{contact}/decisions")
    assert decision["rule"] == "longest-idle"
    assert {each["agent"]: each["verdict"] for each in decision["considered"]}[expert.id] == "chosen"
