"""Rows: stored counters, what is open reaching into them, and when a row can no longer change."""

import asyncio
from zoneinfo import ZoneInfo

from services.analytics.application.count import Counting, fold_event
from services.analytics.application.gaps import GapWatch
from services.analytics.application.live import Live
from services.analytics.application.statistics import SETTLING, Question, Row, Statistics
from services.analytics.domain.buckets import milliseconds
from services.analytics.domain.increments import Kind
from services.analytics.entrypoints.facts import read_fact
from switchyard.events.routing.v1 import settings_events_pb2 as settings
from switchyard.events.ticketing.v1 import ticket_events_pb2 as tickets
from tests.unit.analytics.events import MORNING, Log, stamp
from tests.unit.analytics.memory import FixedWatermark, InMemoryArchive, InMemoryGenerations

QUARTER = 15 * 60
START = milliseconds(MORNING)


class Desk:
    """Figures after a log, read at some moment."""

    def __init__(self) -> None:
        self.log = Log()
        self.generations = InMemoryGenerations()
        self.watermark = FixedWatermark(None)
        self.gate = asyncio.Lock()

    async def at(self, seconds: float) -> None:
        self.watermark.moment = START + round(seconds * 1000)
        archive = InMemoryArchive()
        counting = Counting(archive, self.generations, GapWatch(archive, frozenset()), read_fact, self.gate)
        await counting.count([fold_event(event, read_fact) for event in self.log.events])

    async def rows(self, kind: Kind, quarters: int = 1, *, tenant: str = "acme", skip: int = 0) -> list[Row]:
        question = Question(
            tenant=tenant,
            kind=kind,
            start=START + skip * QUARTER * 1000,
            end=START + (skip + quarters) * QUARTER * 1000,
            interval="PT15M",
            zone=ZoneInfo("UTC"),
        )
        return list((await Statistics(self.generations, self.watermark, self.gate).rows(question)).rows)


async def test_an_open_agent_state_reaches_up_to_the_watermark() -> None:
    desk = Desk()
    desk.log.shows("ann", "available", 60, since=0, before="offline")
    await desk.at(100)

    [row] = await desk.rows("agent")
    assert row.figures.time == {"offline": 60_000, "available": 40_000}


async def test_a_state_read_while_open_and_after_its_end_gives_the_same_past() -> None:
    desk = Desk()
    desk.log.shows("ann", "available", 60, since=0, before="offline")
    await desk.at(2 * QUARTER)
    open_row = (await desk.rows("agent"))[0].figures

    desk.log.shows("ann", "busy", 2 * QUARTER + 7, since=60, before="available")
    await desk.at(2 * QUARTER + 10)
    closed_row = (await desk.rows("agent"))[0].figures

    assert open_row.time == closed_row.time


async def test_an_open_conversation_counts_its_talk_so_far_in_queue_and_agent() -> None:
    desk = Desk()
    desk.log.contact("c1", "ann", queued=0, wait=10, talk=600, wrap_up=5)
    del desk.log.events[3:]
    await desk.at(100)

    assert (await desk.rows("queue"))[0].figures.time["talk"] == 90_000
    assert (await desk.rows("agent"))[0].figures.time["talk"] == 90_000


async def test_a_row_is_complete_when_the_log_is_read_beyond_its_end_and_nobody_waits_since_before() -> None:
    desk = Desk()
    desk.log.abandoned("c1", queued=QUARTER - 5, wait=60)
    last = desk.log.events.pop()
    await desk.at(QUARTER + 30)
    assert [row.complete for row in await desk.rows("queue")] == [False]

    desk.log.events.append(last)
    await desk.at(QUARTER + 61)
    assert [row.complete for row in await desk.rows("queue", 2)] == [True, False]


async def test_a_row_is_not_complete_before_events_under_way_have_settled() -> None:
    desk = Desk()
    desk.log.abandoned("c1", queued=1, wait=1)
    await desk.at(QUARTER + SETTLING / 1000 - 0.001)
    assert [row.complete for row in await desk.rows("queue")] == [False]

    desk.watermark.moment = START + QUARTER * 1000 + SETTLING
    assert [row.complete for row in await desk.rows("queue")] == [True]


async def test_without_a_watermark_nothing_is_complete_and_nothing_open_is_counted() -> None:
    desk = Desk()
    desk.log.shows("ann", "available", 60, since=0, before="offline")
    await desk.at(100)
    desk.watermark.moment = None

    [row] = await desk.rows("agent")
    assert (row.complete, row.figures.time) == (False, {"offline": 60_000})


async def test_another_tenants_rows_are_empty() -> None:
    desk = Desk()
    desk.log.abandoned("c1", queued=1, wait=1)
    await desk.at(100)

    assert await desk.rows("queue", tenant="other") == []


async def test_tickets_open_at_the_end_of_a_row_are_carried_through_the_quiet_ones() -> None:
    desk = Desk()
    for at in (0, 10, 20):
        desk.log.add(tickets.TicketOpened(type_id="complaint"), at)
    desk.log.add(tickets.TicketClosed(type_id="complaint", opened_at=stamp(0)), 2 * QUARTER + 1)
    await desk.at(3 * QUARTER)

    assert [row.figures.counters["open_at_end"] for row in await desk.rows("ticket", 4)] == [3, 3, 2]
    assert [row.figures.counters["open_at_end"] for row in await desk.rows("ticket", 1, skip=1)] == [3]


async def test_the_live_board_shows_who_waits_how_long_and_who_is_free() -> None:
    desk = Desk()
    topic = "routing-settings-events-v1"
    desk.log.add(
        settings.QueueConfigured(queue_id="billing", name="Billing"), 0, topic=topic, stream="routing/settings"
    )
    desk.log.add(
        settings.AgentConfigured(agent_id="ann", name="Ann", queue_ids=["billing"]),
        0,
        topic=topic,
        stream="routing/settings",
    )
    desk.log.shows("ann", "available", 5, since=0, before="offline")
    desk.log.shows("zoe", "available", 5, since=0, before="offline")
    desk.log.contact("c1", "ann", queued=10, wait=50, talk=60, wrap_up=30)
    del desk.log.events[-3:]
    await desk.at(70)
    live = Live(desk.generations, desk.watermark, desk.gate)

    board = await live.queues("acme", today=START, tomorrow=START + 86_400_000)

    [queue] = board.queues
    assert (queue.name, queue.phases.waiting, queue.phases.ringing) == ("Billing", 1, 1)
    assert queue.phases.oldest == START + 10_000
    assert queue.agent_states == {"available": 1}
    assert queue.today.counters["offered"] == 1


async def test_the_live_board_shows_what_each_agent_holds() -> None:
    desk = Desk()
    desk.log.shows("ann", "available", 5, since=0, before="offline")
    desk.log.contact("c1", "ann", queued=10, wait=50, talk=60, wrap_up=30)
    del desk.log.events[-1:]
    await desk.at(150)
    live = Live(desk.generations, desk.watermark, desk.gate)

    board = await live.agents("acme", today=START, tomorrow=START + 86_400_000)

    [ann] = board.agents
    assert [(entry.contact_id, entry.phase) for entry in ann.entries] == [("c1", "wrap_up")]
    assert ann.today.time["talk"] == 60_000
    assert ann.today.time["assignment_wrap_up"] == 30_000
