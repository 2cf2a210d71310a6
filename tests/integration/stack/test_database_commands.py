"""How many database commands a contact costs on the wire, gateway and routing together (G10).

Settings that are read anew every few seconds, entry points and provider accounts, stand aside: they cost the same
whoever comes.
"""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from cli.background_stack import BackgroundStack
from switchyard.stack.secantus import SecantusDB
from switchyard.testing.mongo_commands import Command, CountingProxy
from tests.bench.database_commands import AIM_ALONE, beside_settings, by_collection, for_contacts
from tests.bench.scene import ENVIRONMENT, scene_of
from tests.bench.whole_path import Crew, crew_of

#: Marks of what was published go out in bulks, a while after the contact's last event.
_MARKED_SECONDS = 2.0


@pytest.mark.timeout(300)
async def test_a_contact_alone_sends_at_most_twelve_database_commands(tmp_path: Path) -> None:
    database = SecantusDB(tmp_path, in_memory=True)
    database.start()
    try:
        async with CountingProxy(database.port) as proxy:
            stack = BackgroundStack(tmp_path / "stack", ["--mongodb", f"mongodb://127.0.0.1:{proxy.port}"], ENVIRONMENT)
            await asyncio.to_thread(stack.start)
            try:
                async with crew_of(await scene_of(stack), agents=1) as crew:
                    # The first contact makes known what lasts: queues, the agent's credential, indexes.
                    await crew.work(1)
                    await asyncio.sleep(_MARKED_SECONDS)
                    seen = [await _counted(crew, proxy) for _ in range(3)]
            finally:
                await asyncio.to_thread(stack.kill)
    finally:
        database.stop()
    # Two that write the same contact at once may make one of them read it again, so the usual one is looked at.
    usual = sorted(seen, key=_cost)[1]
    assert usual.total() > 0
    assert _cost(usual) <= AIM_ALONE, by_collection(usual, 1)


def _cost(counted: Counter[Command]) -> int:
    """What was sent is marked in bulk once a second: a contact pays for one mark, however slow this machine is."""
    marks = sum(count for command, count in counted.items() if command.name == "update" and command.of_ids)
    return counted.total() - marks + min(marks, 1)


async def _counted(crew: Crew, proxy: CountingProxy) -> Counter[Command]:
    """What one contact sends, from its first word to its wrap-up."""
    proxy.taken()
    await crew.work(1)
    await asyncio.sleep(_MARKED_SECONDS)
    return beside_settings(for_contacts(proxy.taken()))
