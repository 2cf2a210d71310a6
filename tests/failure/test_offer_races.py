"""Failure 3: an offer is accepted while it is accepted elsewhere, rejected, cancelled or runs out: one of them wins."""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import UTC
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from switchyard.internal.routing.v1 import commands_pb2 as c
from switchyard.kafka.topic_files import load_topics
from switchyard.kafka.topics import create_topics
from switchyard.stack.apache_kafka import ApacheKafka
from switchyard.stack.ports import free_port
from switchyard.testing.polling import until
from switchyard.testing.processes import RunningDatabase, kafka_settings
from tests.failure.scale import scaled
from tests.integration.routing.desk import Desk, RoutingProcess
from tests.integration.routing.heard import Seen
from tests.tally import Tally

RACES = scaled(1_000)
AGENTS = tuple(f"agent{number}" for number in range(20))
#: Long enough that every offer of a round is known before the first of them runs out.
SHORT_RING_SECONDS = 1.5
_STARTS = range(0, RACES, len(AGENTS))
OUTCOMES = ("OfferAccepted", "OfferRejected", "OfferWithdrawn", "OfferTimedOut")
RIVALS = {
    "accept": ("OfferAccepted",),
    "reject": ("OfferAccepted", "OfferRejected"),
    "cancel": ("OfferAccepted", "OfferWithdrawn"),
    "timeout": ("OfferAccepted", "OfferTimedOut"),
}


class Told:
    """What a desk has seen, by cause and by offer; read on from where it was."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._read = 0
        self._ids: set[str] = set()
        self.causes: set[str] = set()
        self.by_cause: dict[str, list[Seen]] = defaultdict(list)
        self.by_offer: dict[str, list[str]] = defaultdict(list)
        self.offers: dict[str, Any] = {}

    def read(self) -> None:
        fresh, self._read = self._desk.heard.all[self._read :], len(self._desk.heard.all)
        for seen in fresh:
            self.causes.add(seen.envelope.causation_id)
            if seen.envelope.id in self._ids or seen.name == "AgentStateChanged":
                continue
            self._ids.add(seen.envelope.id)
            self.by_cause[seen.envelope.causation_id].append(seen)
            if seen.name in OUTCOMES:
                self.by_offer[seen.message.offer_id].append(seen.name)
            elif seen.name == "OfferMade":
                self.offers.setdefault(seen.message.entry.contact_id, seen.message)

    def answers(self, command_id: str) -> list[Seen]:
        self.read()
        return self.by_cause[command_id]

    def has_answer(self, command_id: str) -> bool:
        return bool(self.answers(command_id))

    def is_over(self, offer_id: str) -> bool:
        self.read()
        return bool(self.by_offer[offer_id])


@pytest_asyncio.fixture
async def doors(
    apache_kafka: ApacheKafka, database: RunningDatabase, unique: str, tmp_path: Path
) -> AsyncIterator[tuple[Desk, Desk]]:
    """Two doors to one routing process, each with its own producer."""
    await create_topics(apache_kafka.bootstrap, load_topics())
    settings = kafka_settings(apache_kafka)
    process = RoutingProcess(
        settings, database.uri, f"routing_{unique}", free_port(), tmp_path / "routing.log", instance="router"
    )
    process.start()
    try:
        await process.ready()
        async with Desk(settings, f"t{unique}").open() as desk:
            other = Desk(settings, f"t{unique}")
            yield desk, other
            await other._publisher.stop()
    finally:
        process.end()


@pytest.mark.timeout(120 + RACES)
@pytest.mark.parametrize("rival", RIVALS)
async def test_of_two_answers_to_an_offer_exactly_one_wins(
    doors: tuple[Desk, Desk], rival: str, unique: str, tally: Tally
) -> None:
    desk, told, pick = doors[0], Told(doors[0]), random.Random(unique)
    await desk.open_queue(wrap_up=0, ring=SHORT_RING_SECONDS if rival == "timeout" else 60)
    await desk.sign_in(*AGENTS, chats=1)
    winners: dict[str, int] = defaultdict(int)
    for number in tally.rounds(len(_STARTS), "rounds of races"):
        first = _STARTS[number]
        contacts = [f"c{number}" for number in range(first, min(first + len(AGENTS), RACES))]
        await desk.send(*(desk.enqueue(contact) for contact in contacts))
        await until(partial(_all_offered, told, contacts), what="every contact rings", seconds=60)
        for winner in await asyncio.gather(*(_race(doors, told, contact, rival, pick) for contact in contacts)):
            winners[winner] += 1
        await _clear(desk, told, contacts)
    assert sum(winners.values()) == RACES
    tally.count("races", RACES)
    # Each side wins now and then, or there was no race.
    assert set(winners) == set(RIVALS[rival])


def _all_offered(told: Told, contacts: list[str]) -> bool:
    told.read()
    return all(contact in told.offers for contact in contacts)


async def _race(doors: tuple[Desk, Desk], told: Told, contact: str, rival: str, pick: random.Random) -> str:
    """Send both answers by different doors at once; gives the event that won, after checking that one did."""
    offer = told.offers[contact]
    accept = c.AcceptOffer(offer_id=offer.offer_id, agent_id=offer.holder.agent_id)
    against: Any = {
        "accept": accept,
        "reject": c.RejectOffer(offer_id=offer.offer_id, agent_id=offer.holder.agent_id),
        "cancel": c.EndContact(contact_id=contact, ended_by="customer"),
    }.get(rival)
    front, back = doors if pick.random() < 0.5 else doors[::-1]
    if against is None:
        left = offer.expires_at.ToDatetime(tzinfo=UTC).timestamp() - time.time()
        await asyncio.sleep(max(0.0, left + pick.uniform(-0.4, 0.15)))
    ids = [f"cmd_{doors[0].pool}.{contact}-{side}" for side in ("accept", "against")]
    sends = [_after(pick.uniform(0, 0.01), front, accept, ids[0])]
    if against is not None:
        sends.append(_after(pick.uniform(0, 0.01), back, against, ids[1]))
    await asyncio.gather(*sends)
    for id_ in ids[: len(sends)]:
        await until(partial(told.has_answer, id_), what=f"an answer to {id_}", seconds=60)
    await until(partial(told.is_over, offer.offer_id), what="the offer is over", seconds=60)
    _check_loser(told, ids, offer.offer_id, rival)
    (winner,) = told.by_offer[offer.offer_id]
    return winner


async def _after(seconds: float, door: Desk, message: Any, id_: str) -> None:
    await asyncio.sleep(seconds)
    await door.send(message, ids=[id_])


def _check_loser(told: Told, ids: list[str], offer_id: str, rival: str) -> None:
    """Whoever lost is refused as too late; the gateway answers that with 409."""
    accepted = told.answers(ids[0])[0]
    won = told.by_offer[offer_id] == ["OfferAccepted"]
    if rival == "accept":
        names = sorted(told.answers(id_)[0].name for id_ in ids)
        assert names == ["CommandRefused", "OfferAccepted"]
    elif rival == "reject":
        loser = told.answers(ids[1] if won else ids[0])[0]
        assert (loser.name, loser.message.code) == ("CommandRefused", "offer-closed")
    elif not won:
        assert (accepted.name, accepted.message.code) == ("CommandRefused", "offer-closed")


async def _clear(desk: Desk, told: Told, contacts: list[str]) -> None:
    """Send everybody home, and have every agent ready again."""
    ids = await desk.send(*(c.EndContact(contact_id=contact, ended_by="system") for contact in contacts))
    ready = await desk.send(*(c.SetAgentState(agent_id=agent, state="available") for agent in AGENTS))
    for id_ in (*ids, *ready):
        await until(partial(_caused, told, id_), what=f"an answer to {id_}", seconds=60)


def _caused(told: Told, command_id: str) -> bool:
    told.read()
    return command_id in told.causes
