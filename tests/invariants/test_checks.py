"""Each invariant finds the violation planted for it, and nothing in a healthy run."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from google.protobuf.message import Message as ProtobufMessage

from services.analytics.domain.fold import fold
from services.analytics.entrypoints.facts import read_fact
from switchyard.eventing.envelope import Received
from switchyard.events.gateway.v1 import contact_events_pb2 as gateway
from switchyard.events.routing.v1 import agent_events_pb2 as agents
from switchyard.events.routing.v1 import contact_routing_events_pb2 as routing
from tests.invariants.checks import violations
from tests.invariants.evidence import Act, Effect, Evidence, History, Published, StoredSource, read_history
from tests.unit.analytics.events import Log, entry, holder, stamp

POOL = "/acme/routing/pools/default/contacts"
MESSAGES = {
    message.DESCRIPTOR.full_name: message
    for module in (gateway, routing, agents)
    for message in vars(module).values()
    if isinstance(message, type) and issubclass(message, ProtobufMessage)
}


def published(event: Received) -> Published:
    envelope = event.message.envelope
    return Published(
        topic=event.place.topic,
        source=envelope.source,
        sequence=envelope.sequence or 0,
        tenant=envelope.tenant,
        time=envelope.time,
        data=event.message.data,
        message=MESSAGES[envelope.type].FromString(event.message.data),
    )


def a_log() -> Log:
    """A chat that was answered and one whose customer gave up."""
    log = Log()
    log.contact("c1", "ann", queued=0, wait=10, talk=60, wrap_up=5)
    log.abandoned("c2", queued=20, wait=3)
    for contact in ("c1", "c2"):
        stream = {"topic": "contact-events-v1", "stream": f"gateway/contacts/{contact}"}
        log.add(
            gateway.ContactOpened(contact_id=contact),
            0,
            contact=contact,
            topic=stream["topic"],
            stream=stream["stream"],
        )
        log.add(
            gateway.ContactClosed(contact_id=contact),
            90,
            contact=contact,
            topic=stream["topic"],
            stream=stream["stream"],
        )
    return log


def evidence_of(log: Log) -> Evidence:
    counters: dict[tuple[str, str, str], int] = {}
    for event in log.events:
        fact = read_fact(event.message)
        for each in fold(fact) if fact else ():
            if each.dimension.kind != "agent":
                key = each.counter, each.dimension.key, each.dimension.channel
                counters[key] = counters.get(key, 0) + each.amount
    return Evidence(
        history=(
            Act(name="contact-accepted", fields={"contact": "c1"}),
            Act(name="offer-accepted", fields={"offer": "o"}),
            Act(name="line-acknowledged", fields={"contact": "c1", "author": "customer", "client_id": "x", "line": 1}),
            Act(name="wrap-up-acknowledged", fields={"offer": "o"}),
        ),
        published=[published(event) for event in log.events],
        sources=[StoredSource(source=source, last=last) for source, last in log.sequences.items()],
        contacts={"c1": "closed", "c2": "closed"},
        lines={("c1", "customer", "x"): 1},
        effects=[Effect(kind="ticket", cause="c1", id="tkt_1"), Effect(kind="survey", cause="c1", id="sur_1")],
        counters=counters,
    )


def healthy() -> Evidence:
    return evidence_of(a_log())


def with_more(add: Callable[[Log], object]) -> Evidence:
    log = a_log()
    add(log)
    return evidence_of(log)


def offer(contact: str, offer_id: str, agent: str = "ann", *, channel: str = "chat") -> routing.OfferMade:
    return routing.OfferMade(entry=entry(contact, 0, channel=channel), offer_id=offer_id, holder=holder(agent))


def found(evidence: Evidence) -> set[str]:
    return {violation.invariant for violation in violations(evidence)}


def test_a_healthy_run_violates_nothing() -> None:
    assert violations(healthy()) == []


def test_an_event_published_again_violates_nothing() -> None:
    evidence = healthy()

    assert violations(replace(evidence, published=[*evidence.published, *evidence.published[:3]])) == []


def _two_calls(log: Log) -> None:
    for contact in ("v1", "v2"):
        log.add(routing.ContactQueued(entry=entry(contact, 0, channel="voice")), 0)
        log.add(offer(contact, contact, channel="voice"), 1)
    for contact in ("v1", "v2"):
        log.add(routing.ContactAbandoned(entry=entry(contact, 0, channel="voice")), 1)


def _two_offers(log: Log) -> None:
    log.add(offer("c9", "first"), 1)
    log.add(offer("c9", "second", "bob"), 2)


def _two_winners(log: Log) -> None:
    for name in ("first", "second"):
        log.add(offer("c9", name), 1)
        log.add(
            routing.OfferAccepted(entry=entry("c9", 0), offer_id=name, holder=holder("ann"), offered_at=stamp(1)), 2
        )


def _over_shown_capacity(log: Log) -> None:
    shown = agents.AgentStateChanged(agent_id="ann", held_units=130, capacity_units=100)
    log.add(shown, 1, topic="agent-state-events-v1", stream="routing/pools/default/agents")


def _never_closed(log: Log) -> None:
    log.add(gateway.ContactOpened(contact_id="c7"), 0, topic="contact-events-v1", stream="gateway/contacts/c7")


def _closed_twice(log: Log) -> None:
    log.add(gateway.ContactClosed(contact_id="c1"), 99, topic="contact-events-v1", stream="gateway/contacts/c1")


def _stuck_in_queue(log: Log) -> None:
    log.add(routing.ContactQueued(entry=entry("c8", 0)), 0)


def _without(evidence: Evidence, name: tuple[str, int]) -> Evidence:
    return replace(evidence, published=[event for event in evidence.published if event.name != name])


def _acknowledged(name: str, **fields: object) -> Evidence:
    return replace(healthy(), history=(Act(name=name, fields=fields),))


def _other_bytes(evidence: Evidence) -> Evidence:
    return replace(evidence, published=[*evidence.published, replace(evidence.published[0], data=b"other")])


def _miscounted(evidence: Evidence) -> Evidence:
    key = ("counters.offered", "billing", "chat")
    return replace(evidence, counters={**evidence.counters, key: evidence.counters[key] + 1})


PLANTED: Mapping[str, tuple[str, Callable[[], Evidence]]] = {
    "a contact that never closes": ("I1", lambda: with_more(_never_closed)),
    "a contact closed twice": ("I1", lambda: with_more(_closed_twice)),
    "a stay that never ends": ("I1", lambda: with_more(_stuck_in_queue)),
    "a contact stored as open": ("I1", lambda: replace(healthy(), contacts={"c1": "waiting", "c2": "closed"})),
    "an agent with two calls": ("I2", lambda: with_more(_two_calls)),
    "two offers at once": ("I2", lambda: with_more(_two_offers)),
    "two winners": ("I2", lambda: with_more(_two_winners)),
    "an agent shown over capacity": ("I2", lambda: with_more(_over_shown_capacity)),
    "a lost contact": ("I3", lambda: _acknowledged("contact-accepted", contact="lost")),
    "a lost acceptance": ("I3", lambda: _acknowledged("offer-accepted", offer="lost")),
    "a lost wrap-up": ("I3", lambda: _acknowledged("wrap-up-acknowledged", offer="lost")),
    "a lost line": (
        "I3",
        lambda: _acknowledged("line-acknowledged", contact="c1", author="customer", client_id="lost"),
    ),
    "a line under another number": (
        "I3",
        lambda: _acknowledged("line-acknowledged", contact="c1", author="customer", client_id="x", line=2),
    ),
    "a stored event never published": ("I4", lambda: _without(healthy(), (POOL, 7))),
    "an event that waits in its outbox": (
        "I4",
        lambda: replace(healthy(), sources=[*healthy().sources, StoredSource(source="/acme/x", last=0, unsent=1)]),
    ),
    "a published event that nobody stored": (
        "I4",
        lambda: replace(healthy(), sources=[each for each in healthy().sources if each.source != POOL]),
    ),
    "a gap": ("I5", lambda: _without(healthy(), (POOL, 3))),
    "events out of order": ("I5", lambda: replace(healthy(), published=healthy().published[::-1])),
    "two tickets for one contact": (
        "I6",
        lambda: replace(healthy(), effects=[*healthy().effects, Effect(kind="ticket", cause="c1", id="tkt_2")]),
    ),
    "one message sent twice": (
        "I6",
        lambda: replace(
            healthy(), effects=[Effect(kind="sms", cause="m", id="m"), Effect(kind="sms", cause="m", id="m")]
        ),
    ),
    "one number with two contents": ("I6", lambda: _other_bytes(healthy())),
    "a counter that is one too high": ("I8", lambda: _miscounted(healthy())),
    "a figure that analytics never counted": ("I8", lambda: replace(healthy(), counters={})),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_what_is_planted_is_found(planted: str) -> None:
    invariant, evidence = PLANTED[planted]

    assert invariant in found(evidence())


def test_a_client_reads_back_its_own_history_and_skips_a_line_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "client.jsonl"
    history = History(path)
    history.note("contact-accepted", contact="c1")
    history.close()
    path.write_text(path.read_text() + '{"act": "line-ackn')

    [act] = read_history([path])

    assert (act.name, act["contact"]) == ("contact-accepted", "c1")
