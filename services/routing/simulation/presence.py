"""When each agent was there for contacts: set available, or taken for absent by the engine after a missed offer."""

from collections import defaultdict

from services.routing.domain.events import AgentStateChanged
from services.routing.domain.moments import Moment

_AT_WORK = frozenset({"available", "ringing", "busy", "wrap_up"})


class Presence:
    """`spans` are milliseconds within the day; who was at work before the first event is known from that event."""

    def __init__(self, since: Moment, until: Moment) -> None:
        self.spans: dict[str, list[tuple[Moment, Moment]]] = defaultdict(list)
        self._since, self._until = since, until
        self._there: dict[str, Moment | None] = {}

    def changed(self, event: AgentStateChanged) -> None:
        agent_id = event.holder.agent_id
        if agent_id not in self._there:
            self._there[agent_id] = event.previous_since if event.previous_state in _AT_WORK else None
        there = event.set_state == "available" or (event.set_state, event.set_reason) == ("not_ready", "system")
        began = self._there[agent_id]
        if there and began is None:
            self._there[agent_id] = event.at
        elif not there and began is not None:
            self._ended(agent_id, began, event.at)
            self._there[agent_id] = None

    def close(self) -> None:
        """Let everybody who is still there stay to the end."""
        for agent_id, began in self._there.items():
            if began is not None:
                self._ended(agent_id, began, self._until)
        self._there.clear()

    def _ended(self, agent_id: str, began: Moment, ended: Moment) -> None:
        start, end = max(began, self._since), min(ended, self._until)
        if end > start:
            self.spans[agent_id].append((start - self._since, end - self._since))
