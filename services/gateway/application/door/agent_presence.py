"""Which agents have a stream open to this replica; routing is told when an agent's last one is gone, and of a return.

Presence is a record per agent with the replicas that hold its streams. The records decide what routing is told, and
their versions in which order, so it does not matter which replica tells it, how often, or when. A replica that dies
is struck off by the one that inherits from it; a report that did not get through is repeated from the record.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from services.gateway.application.door.answers import Pending
from services.gateway.application.door.command_ids import Origin
from services.gateway.application.door.commands import ReportPresence
from services.gateway.application.door.ports import RoutingCommands
from services.gateway.application.door.routing_settings import RoutingSettings
from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.eventing.ports import BrokerUnavailable

log = structlog.get_logger(__name__)

#: How often what was not told is told again, and the records are compared with the streams.
_ROUND_SECONDS: Final = 5.0
_PAUSE_SECONDS: Final = 1.0
#: Whoever is no agent after this time is none: settings reach every replica within a second.
_SETTINGS_KNOWN_AFTER: Final = timedelta(seconds=60)
_BATCH: Final = 500
#: Reports under way side by side: routing answers each within some milliseconds.
_AT_ONCE: Final = 50
_FINISH_SECONDS: Final = 1.0
#: As many people as one replica serves.
_MOST: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceRecord:
    """Where somebody is connected; `version` grows with every change."""

    tenant: str
    agent_id: str
    replicas: frozenset[str]
    version: int
    changed_at: datetime


class PresenceRecords(Protocol):
    """A record holds what is untold until `told` names its version. Every method raises StoreUnavailable."""

    async def connect(self, tenant: str, agent_id: str, replica: str, at: datetime) -> PresenceRecord: ...

    async def disconnect(self, tenant: str, agent_id: str, replica: str, at: datetime) -> PresenceRecord | None:
        """None where the record did not name the replica."""

    async def on_replica(self, replica: str, *, limit: int) -> list[PresenceRecord]: ...

    async def untold(self, *, limit: int) -> list[PresenceRecord]:
        """List the records whose last version nobody has told, the oldest first."""

    async def told(self, record: PresenceRecord) -> None: ...


class AgentPresence:
    """One per replica; `grace_seconds` is how long routing waits for somebody whose last stream is gone."""

    def __init__(
        self,
        *,
        replica: str,
        records: PresenceRecords,
        commands: RoutingCommands,
        settings: RoutingSettings,
        clock: Callable[[], datetime],
        grace_seconds: float,
    ) -> None:
        self._replica = replica
        self._records = records
        self._commands = commands
        self._settings = settings
        self._clock = clock
        self._grace_seconds = grace_seconds
        self._streams: Counter[tuple[str, str]] = Counter()
        #: Whom the records name for this replica, as far as it knows.
        self._recorded: set[tuple[str, str]] = set()
        self._recording: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._untold = asyncio.Event()

    def arrived(self, tenant: str, subject: str) -> None:
        """A stream of this person is open."""
        self._streams[tenant, subject] += 1
        self._record((tenant, subject))

    def left(self, tenant: str, subject: str) -> None:
        """A stream of this person is closed, or was found dead."""
        self._streams[tenant, subject] -= 1
        if not self._streams[tenant, subject]:
            del self._streams[tenant, subject]
        self._record((tenant, subject))

    async def take_up(self) -> None:
        """Strike off whoever was connected when this replica last ran, and is not now. Raises StoreUnavailable."""
        for record in await self._records.on_replica(self._replica, limit=_MOST):
            self._recorded.add((record.tenant, record.agent_id))
            self._record((record.tenant, record.agent_id))

    async def inherit(self, replica: str) -> None:
        """Strike off everybody who was connected to a replica that died; `run` tells it. Raises StoreUnavailable."""
        while records := await self._records.on_replica(replica, limit=_BATCH):
            for record in records:
                await self._records.disconnect(record.tenant, record.agent_id, replica, self._clock())
            self._untold.set()
            log.warning("agents-inherited", replica=replica, agents=len(records))

    async def run(self, stop: asyncio.Event) -> None:
        """Repeat what did not get through until told to stop."""
        while not stop.is_set():
            try:
                await self.turn()
            except StoreUnavailable as error:
                log.warning("presence-not-read", error=str(error))
            await self._rest(stop)
        await self._finish()

    async def turn(self) -> None:
        """Mend the records where another replica took this one for dead, and tell what is untold.

        Raises StoreUnavailable.
        """
        known = {(each.tenant, each.agent_id) for each in await self._records.on_replica(self._replica, limit=_MOST)}
        self._recorded -= {key for key in self._recorded - known if key not in self._recording}
        for key in self._streams.keys() | known:
            self._record(key)
        untold = await self._records.untold(limit=_BATCH)
        for first in range(0, len(untold), _AT_ONCE):
            told = await asyncio.gather(*(self._tell(record) for record in untold[first : first + _AT_ONCE]))
            if not all(told):
                # Routing does not answer: the next round begins with the same ones.
                return

    async def _rest(self, stop: asyncio.Event) -> None:
        waits = [asyncio.ensure_future(event.wait()) for event in (stop, self._untold)]
        try:
            await asyncio.wait(waits, timeout=_ROUND_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        self._untold.clear()

    async def _finish(self) -> None:
        """Let what is under way end; what does not is in the records, for whoever is there next."""
        left = list(self._recording.values())
        if left:
            await asyncio.wait(left, timeout=_FINISH_SECONDS)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _record(self, key: tuple[str, str]) -> None:
        if key not in self._recording and (key in self._streams) != (key in self._recorded):
            self._recording[key] = asyncio.create_task(self._recorded_as_is(key), name="presence")

    async def _recorded_as_is(self, key: tuple[str, str]) -> None:
        """Bring the record into agreement with the streams, which may change meanwhile."""
        try:
            while (connected := key in self._streams) != (key in self._recorded):
                try:
                    record = await self._changed(key, connected=connected)
                except StoreUnavailable as error:
                    log.warning("presence-not-recorded", error=str(error))
                    await asyncio.sleep(_PAUSE_SECONDS)
                    continue
                if record is not None:
                    await self._tell(record)
        finally:
            del self._recording[key]

    async def _changed(self, key: tuple[str, str], *, connected: bool) -> PresenceRecord | None:
        tenant, agent_id = key
        if connected:
            record: PresenceRecord | None = await self._records.connect(tenant, agent_id, self._replica, self._clock())
            self._recorded.add(key)
        else:
            record = await self._records.disconnect(tenant, agent_id, self._replica, self._clock())
            self._recorded.discard(key)
        return record

    async def _tell(self, record: PresenceRecord) -> bool:
        """Tell routing, unless this is nobody whom it knows; False where it gave no answer and is to be told again."""
        known = self._settings.agent(record.tenant, record.agent_id)
        if known is None:
            if self._clock() - record.changed_at > _SETTINGS_KNOWN_AFTER:
                await self._mark_told(record)
            return True
        try:
            answer = await self._commands.send(
                self._report(record),
                tenant=record.tenant,
                pool=known.pool_id,
                origin=_origin(record),
                correlation_id=record.agent_id,
            )
        except BrokerUnavailable as error:
            log.warning("presence-not-told", agent=record.agent_id, error=str(error))
            return False
        if isinstance(answer, Pending):
            return False
        await self._mark_told(record)
        return True

    def _report(self, record: PresenceRecord) -> ReportPresence:
        return ReportPresence(
            agent_id=record.agent_id,
            present=bool(record.replicas),
            version=record.version,
            grace_seconds=self._grace_seconds,
        )

    async def _mark_told(self, record: PresenceRecord) -> None:
        try:
            await self._records.told(record)
        except StoreUnavailable as error:
            log.warning("presence-told-again-later", error=str(error))


def _origin(record: PresenceRecord) -> Origin:
    """One version is one command, whoever tells it and however often."""
    return Origin(
        credential_id="internal:presence",
        route=f"presence {record.agent_id}",
        idempotency_key=str(record.version),
    )
