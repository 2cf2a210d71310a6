"""G2, G3, G5, G6 and G8: what engine, relay and consumer measure of themselves, as rows of the table."""

import tempfile
from pathlib import Path

from switchyard.testing.processes import kafka_settings, running_apache_kafka
from tests.bench import consumer, engine, relay
from tests.bench.report import Figure, judged

_AGENTS_FEW, _AGENTS_MANY = 500, 10_000


def engine_figures() -> list[Figure]:
    few, many = engine.measured(_AGENTS_FEW), engine.measured(_AGENTS_MANY)
    few_us, many_us = float(str(few["decision_us"])), float(str(many["decision_us"]))
    peer_us = engine.callcenter_query_us(_AGENTS_FEW) * engine.WAITING
    looked_at = float(str(few["looked_at_mean"]))
    wake_ups = engine.wake_ups()
    load = f"{few['decisions']} decisions at full load with {engine.WAITING} waiting"
    return [
        Figure(
            id="G2",
            what="engine: a decision at 500 agents, 200 waiting",
            aim="<= 15 us, mod_callcenter's SQL >= 200 times that",
            measured=f"{few_us:.1f} us; mod_callcenter's pass {peer_us / 1000:.1f} ms",
            ratio=f"{peer_us / few_us:,.0f} x",
            how=f"CPU of {load}, the floor's own part included; the peer's query on SQLite in memory",
            verdict=judged(few_us <= 15 and peer_us / few_us >= 200),
            short=(
                f"A decision takes {few_us:.1f} us of this machine's CPU: some 130 function calls of Python, none of "
                "them dear, for its events, the state and indexes they change, agents as shown, and estimates."
            ),
        ),
        Figure(
            id="G3",
            what="engine: cost at 10,000 agents : cost at 500",
            aim="<= 3",
            measured=f"{many_us:.1f} us : {few_us:.1f} us",
            ratio=f"{many_us / few_us:.2f}",
            how="the same load on both floors",
            verdict=judged(many_us / few_us <= 3),
        ),
        Figure(
            id="G5",
            what="engine: agents looked at per assignment; wake-ups while 1,000 wait",
            aim="<= 5; 0 a second",
            measured=f"{looked_at:.2f} on average, {few['looked_at_most']} at most; {wake_ups} in a minute",
            ratio=f"{looked_at / 5:.2f}",
            how=f"{load}; timers fired in a minute of the engine's clock in which nobody does anything",
            verdict=judged(looked_at <= 5 and wake_ups == 0),
        ),
    ]


async def kafka_figures(*, quick: bool) -> list[Figure]:
    """G6 and G8 on an Apache Kafka of their own."""
    if quick:
        relay.MESSAGES, relay.ROUNDS = 2_000, 1
        consumer.MESSAGES, consumer.ROUNDS = 5_000, 1
    with tempfile.TemporaryDirectory() as folder, running_apache_kafka(Path(folder)) as broker:
        settings = kafka_settings(broker)
        return [_relay(await relay.measure(settings)), _consumer(await consumer.measure(settings))]


def _relay(seen: dict[str, float]) -> Figure:
    send, peer = seen["times_send"], seen["times_confluent"]
    return Figure(
        id="G6",
        what="outbox relay : plain awaited send() and confluent-kafka with callbacks",
        aim=">= 4 x send(), >= 0.7 x confluent-kafka",
        measured=(
            f"{seen['relay_per_s']:,.0f} : {seen['send_per_s']:,.0f} : {seen['confluent_per_s']:,.0f} messages/s; "
            f"each acknowledgement awaited: {seen['awaited_per_s']:,.0f}/s"
        ),
        ratio=f"{send:.2f} x send(), {peer:.2f} x confluent-kafka, {seen['times_awaited']:.0f} x awaited",
        how=f"{relay.MESSAGES} messages, {relay.ROUNDS} turns, headers and acknowledgements included",
        verdict=judged(send >= 4 and peer >= 0.7),
        short=(
            f"The relay is {send:.1f} times plain `send()` and {peer:.1f} times confluent-kafka: with the envelope as "
            "ten headers a message, their encoding in Python is most of the cost for all three, and batches save only "
            "the rest."
        ),
    )


def _consumer(seen: dict[str, float]) -> Figure:
    return Figure(
        id="G8",
        what="consumer framework : bare getmany",
        aim="<= 3 x",
        measured=f"{seen['framework_us']:.0f} us : {seen['bare_us']:.0f} us a message",
        ratio=f"{seen['ratio']:.2f}",
        how=f"CPU of reading {consumer.MESSAGES} messages, {consumer.ROUNDS} turns; decode to track",
        verdict=judged(seen["ratio"] <= 3),
        short=(
            f"The framework takes {seen['framework_us']:.0f} us a message where bare `getmany` takes "
            f"{seen['bare_us']:.0f} us: it reads the envelope from its headers, decodes protobuf, keeps each subject's "
            "order and tracks offsets, each in Python."
        ),
    )
