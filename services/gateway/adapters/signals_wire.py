"""Signals on gateway-signals-v1: between replicas, for a minute, under no number."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from services.gateway.domain.identifiers import derived
from switchyard.eventing.drafting import command
from switchyard.eventing.ports import Publisher
from switchyard.internal.signals.v1.signals_pb2 import LinesRead, TypingChanged

SIGNALS_TOPIC = "gateway-signals-v1"


class KafkaSignals:
    """The port SignalSender over the broker. Every method raises BrokerUnavailable."""

    def __init__(self, publisher: Publisher, clock: Callable[[], datetime]) -> None:
        self._publisher = publisher
        self._clock = clock

    async def typing(self, tenant: str, contact_id: str, author: str, typing: bool) -> None:
        wire = TypingChanged(contact_id=contact_id, author=author, typing=typing)
        await self._publish(tenant, contact_id, wire)

    async def read(self, tenant: str, contact_id: str, author: str, through_line: int) -> None:
        wire = LinesRead(contact_id=contact_id, author=author, through_line=through_line)
        await self._publish(tenant, contact_id, wire)

    async def _publish(self, tenant: str, contact_id: str, wire: Any) -> None:
        now = self._clock()
        message = command(
            wire,
            id=derived("sig_", contact_id, now.isoformat(), str(wire)),
            topic=SIGNALS_TOPIC,
            key=f"{tenant}/{contact_id}",
            source=f"/{tenant}/gateway/signals",
            subject=contact_id,
            tenant=tenant,
            time=now,
            correlation_id=contact_id,
            causation_id="",
        )
        await self._publisher.publish([message])
