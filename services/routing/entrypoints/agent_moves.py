"""Routing hears of itself that an agent has left a pool, and lets the next pool have them."""

from services.routing.application.settings.finish_move import finish_move
from services.routing.application.settings.ports import Ports
from switchyard.eventing.aggregates import AggregateConflict
from switchyard.eventing.envelope import Received
from switchyard.eventing.outcomes import Done, Duplicate, Outcome, Retry
from switchyard.eventing.ports import Subscription
from switchyard.events.routing.v1.agent_events_pb2 import AgentLeftPool

GROUP = "routing"
TOPIC = "agent-state-events-v1"


class AgentMoves:
    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def subscription(self) -> Subscription:
        return Subscription(group=GROUP, topics=(TOPIC,), handlers={AgentLeftPool: self._left})

    async def _left(self, received: Received, event: AgentLeftPool) -> Outcome:
        envelope = received.message.envelope
        try:
            moved = await finish_move(
                self._ports,
                tenant=envelope.tenant,
                agent_id=event.agent_id,
                left_pool=event.pool_id,
                cause=envelope.id,
            )
        except AggregateConflict:
            return Retry(after_seconds=0.1, reason="the agent's settings changed at the same moment")
        return Done() if moved else Duplicate()
