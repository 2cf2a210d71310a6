"""G10: database commands on the wire a contact, gateway and routing together, counted by a proxy before the database.

Lines of talk stand aside. So do the sweeps and leases that run by the clock: they cost the same whoever comes.
"""

import asyncio
import multiprocessing
from collections import Counter
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

from switchyard.testing.mongo_commands import Command, CountingProxy
from tests.bench.report import Figure, judged
from tests.bench.whole_path import UNDER_WAY, Crew

AIM_ALONE, AIM_LOADED = 12.0, 6.0
_DATABASES = frozenset({"switchyard_gateway", "switchyard_routing"})
#: Read by the clock: outboxes left unsent, texts left unsent, the replicas' signs of life.
_BY_THE_CLOCK = frozenset({"unsent_since", "leaving_since"})
#: Settings that the gateway reads anew every few seconds, however many contacts come meanwhile.
_SETTINGS = frozenset({"entry_points", "provider_accounts"})
#: Longer than those settings are kept, so that a contact alone is really alone; and than marks of what was sent take.
QUIET_SECONDS = 6.0
_SETTLE_SECONDS = 1.5
_TIMES_ALONE = 3


class CountingProcess:
    """The proxy in a process of its own, so that counting does not slow the load generator."""

    def __init__(self, target_port: int) -> None:
        self._near, far = multiprocessing.Pipe()
        self._child = multiprocessing.get_context("spawn").Process(target=_run, args=(target_port, far), daemon=True)
        self.port = 0

    def __enter__(self) -> Self:
        self._child.start()
        self.port = self._near.recv()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.kill()
        self._child.join()

    def taken(self) -> Counter[Command]:
        """Return what was counted since it was last asked."""
        self._near.send(None)
        counted: Counter[Command] = self._near.recv()
        return counted


def _run(target_port: int, parent: Connection) -> None:
    asyncio.run(_serve(target_port, parent))


async def _serve(target_port: int, parent: Connection) -> None:
    async with CountingProxy(target_port) as proxy:
        parent.send(proxy.port)

        def answer() -> None:
            parent.recv()
            parent.send(proxy.taken())

        asyncio.get_running_loop().add_reader(parent.fileno(), answer)
        # The parent kills this process when it has counted enough.
        await asyncio.Event().wait()


def for_contacts(counted: Counter[Command]) -> Counter[Command]:
    """Keep what the gateway and routing did for contacts, their lines aside."""
    return Counter({command: count for command, count in counted.items() if _is_for_contacts(command)})


def beside_settings(counted: Counter[Command]) -> Counter[Command]:
    """Keep what every contact costs, even one that follows another at once."""
    return Counter({command: count for command, count in counted.items() if command.collection not in _SETTINGS})


def _is_for_contacts(command: Command) -> bool:
    # Presence is that of agents at their desks, looked at now and then whoever comes.
    if command.database not in _DATABASES or command.collection in {"lines", "replicas", "agent_presence"}:
        return False
    return _BY_THE_CLOCK.isdisjoint(command.by_filter)


async def measure(crew: Crew, proxy: CountingProcess, *, contacts: int) -> list[Figure]:
    await crew.work(max(contacts // 10, 4))
    alone: list[Counter[Command]] = []
    for _ in range(_TIMES_ALONE):
        await asyncio.sleep(QUIET_SECONDS)
        proxy.taken()
        await crew.work(1)
        # What is written after the answer belongs to the contact too.
        await asyncio.sleep(_SETTLE_SECONDS)
        alone.append(for_contacts(proxy.taken()))
    proxy.taken()
    await crew.work(contacts)
    await asyncio.sleep(_SETTLE_SECONDS)
    return [_alone(alone), _loaded(for_contacts(proxy.taken()), contacts)]


def _alone(seen: list[Counter[Command]]) -> Figure:
    most = max(seen, key=lambda each: each.total())
    return Figure(
        id="G10",
        what="database commands of a contact alone, gateway and routing",
        aim=f"<= {AIM_ALONE:.0f}",
        measured=f"{most.total()}; {beside_settings(most).total()} beside settings that are kept for seconds",
        ratio=f"{most.total() / AIM_ALONE:.2f}",
        how=f"counted on the wire by a proxy, the most of {len(seen)} contacts by SMS; lines of talk aside",
        verdict=judged(most.total() <= AIM_ALONE),
        short=f"A contact alone sends {most.total()} commands: {by_collection(most, 1)}.",
    )


def _loaded(counted: Counter[Command], contacts: int) -> Figure:
    each = counted.total() / contacts
    return Figure(
        id="G10",
        what="database commands of a contact under load, gateway and routing",
        aim=f"<= {AIM_LOADED:.0f}",
        measured=f"{each:.1f}",
        ratio=f"{each / AIM_LOADED:.2f}",
        how=f"counted over {contacts} contacts, {UNDER_WAY} under way; a bulk counts once",
        verdict=judged(each <= AIM_LOADED),
        short=f"Under load a contact sends {each:.1f} commands: {by_collection(counted, contacts)}.",
    )


def by_collection(counted: Counter[Command], contacts: int) -> str:
    """Name what was sent, a contact, most first."""
    named: Counter[str] = Counter()
    for command, count in counted.items():
        named[f"{command.database.removeprefix('switchyard_')}.{command.collection} {command.name}"] += count
    return ", ".join(f"{name} {count / contacts:.1f}" for name, count in named.most_common(12))
