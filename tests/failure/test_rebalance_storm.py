"""Failure 14: members of a group are killed and others join all the time, while a thousand messages a second come."""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from switchyard.kafka.settings import KafkaSettings
from switchyard.mongo.client import Database
from switchyard.testing.polling import until
from switchyard.testing.processes import RunningDatabase
from switchyard.testing.stage import Stage
from tests.failure.scale import SOAK
from tests.failure.storm_worker import Member, run_member
from tests.tally import Tally

_SUBJECTS = 50
_PER_SECOND = 1_000
_MEMBERS = 3
_STORM_SECONDS = 60 if SOAK else 14
_CHANGE_SECONDS = 2.0
_AIM_SECONDS = 10.0
#: Until the group notices the last of the dead; the aim counts from there.
_SESSION_SECONDS = 6.0


class Members:
    """Processes of one group, killed and started at random."""

    def __init__(self, member: Member) -> None:
        self._context = get_context("forkserver")
        self._context.set_forkserver_preload(["tests.failure.storm_worker"])
        self._member = member
        self._chance = random.Random(14)
        self.running: list[BaseProcess] = []

    def join(self) -> None:
        process = self._context.Process(target=run_member, args=(self._member,), daemon=True)
        process.start()
        self.running.append(process)

    def kill_one(self) -> None:
        victim = self.running.pop(self._chance.randrange(len(self.running)))
        victim.kill()
        victim.join()

    def change(self) -> None:
        """Kill one where all are there, and have one join where one is missing."""
        if len(self.running) < _MEMBERS:
            self.join()
        else:
            self.kill_one()

    def kill_all(self) -> None:
        while self.running:
            self.kill_one()


@pytest.mark.timeout(600)
async def test_no_event_is_skipped_or_overtaken_in_a_rebalance_storm(
    stage: Stage, kafka: KafkaSettings, database: RunningDatabase, mongo: Database, tmp_path: Path, *, tally: Tally
) -> None:
    effects = tmp_path / "effects"
    members = Members(
        Member(
            kafka=kafka,
            mongo_uri=database.uri,
            database=mongo.name,
            topic=stage.topic,
            group=stage.group,
            effects=effects,
        )
    )
    try:
        for _ in range(_MEMBERS):
            members.join()
        sent = await _storm(stage, members)
        while len(members.running) < _MEMBERS:
            members.join()
        ended = time.monotonic()
        await until(lambda: _distinct(effects) == sent, what="lag 0", seconds=60)
        took = time.monotonic() - ended
    finally:
        members.kill_all()
    lines = _read(effects)
    assert _first_occurrences(lines) == {f"s{n}": list(range(1, sent // _SUBJECTS + 1)) for n in range(_SUBJECTS)}
    tally.count("events", sent)
    tally.count("handled again", len(lines) - sent)
    tally.measure("s until the lag is 0", round(took, 1))
    # How long it took is judged where the machine is ours alone.
    assert not SOAK or took <= _AIM_SECONDS + _SESSION_SECONDS


async def _storm(stage: Stage, members: Members) -> int:
    """Publish at the rate, change the group on the beat; returns how many messages were sent."""
    began = time.monotonic()
    changes = number = 0
    while (elapsed := time.monotonic() - began) < _STORM_SECONDS:
        if elapsed >= (changes + 1) * _CHANGE_SECONDS:
            changes += 1
            members.change()
        number += 1
        await stage.publish(*(stage.events(f"s{subject}", number) for subject in range(_SUBJECTS)))
        ahead = number * _SUBJECTS / _PER_SECOND - (time.monotonic() - began)
        await asyncio.sleep(max(0.0, ahead))
    return number * _SUBJECTS


def _read(effects: Path) -> Sequence[tuple[str, int]]:
    if not effects.exists():
        return []
    lines = (line.split() for line in effects.read_text().splitlines())
    return [(name, int(number)) for name, number in lines]


def _distinct(effects: Path) -> int:
    return len(set(_read(effects)))


def _first_occurrences(lines: Sequence[tuple[str, int]]) -> dict[str, list[int]]:
    """What a consumer that knows duplicates by their sequence would have applied, in the order it would have."""
    applied: dict[str, list[int]] = defaultdict(list)
    for name, number in dict.fromkeys(lines):
        applied[name].append(number)
    return dict(applied)
