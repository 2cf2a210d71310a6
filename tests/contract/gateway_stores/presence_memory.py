"""Who is connected where, in memory."""

from dataclasses import replace
from datetime import datetime

from services.gateway.application.door.agent_presence import PresenceRecord
from switchyard.eventing.aggregates import StoreUnavailable


class InMemoryPresenceRecords:
    """The port PresenceRecords; `away` stands for a database that does not answer."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], PresenceRecord] = {}
        self.away = False
        self._untold: dict[tuple[str, str], datetime] = {}

    async def connect(self, tenant: str, agent_id: str, replica: str, at: datetime) -> PresenceRecord:
        self._answer()
        key = (tenant, agent_id)
        before = self.records.get(key) or PresenceRecord(
            tenant=tenant, agent_id=agent_id, replicas=frozenset(), version=0, changed_at=at
        )
        return self._change(before, before.replicas | {replica}, at)

    async def disconnect(self, tenant: str, agent_id: str, replica: str, at: datetime) -> PresenceRecord | None:
        self._answer()
        before = self.records.get((tenant, agent_id))
        if before is None or replica not in before.replicas:
            return None
        return self._change(before, before.replicas - {replica}, at)

    async def on_replica(self, replica: str, *, limit: int) -> list[PresenceRecord]:
        self._answer()
        return [record for record in self.records.values() if replica in record.replicas][:limit]

    async def untold(self, *, limit: int) -> list[PresenceRecord]:
        self._answer()
        return [self.records[key] for key in sorted(self._untold, key=lambda key: self._untold[key])][:limit]

    async def told(self, record: PresenceRecord) -> None:
        self._answer()
        key = (record.tenant, record.agent_id)
        if self.records[key].version == record.version:
            self._untold.pop(key, None)

    def _change(self, before: PresenceRecord, replicas: frozenset[str], at: datetime) -> PresenceRecord:
        key = (before.tenant, before.agent_id)
        after = replace(before, replicas=replicas, version=before.version + 1, changed_at=at)
        self.records[key] = after
        self._untold[key] = at
        return after

    def _answer(self) -> None:
        if self.away:
            raise StoreUnavailable("away")
