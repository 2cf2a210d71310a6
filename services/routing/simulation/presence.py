"""When each agent was there for contacts: set available, or taken for absent by the engine after a missed offer.

And how long those were away whom the engine took for absent, until they made themselves available again.
"""

from collections import defaultdict

from services.routing.domain.events import AgentStateChanged
from services.routing.domain.moments import Moment
from services.routing.simulation.kaplan_meier import Seen

_AT_WORK = frozenset({"available", "ringing", "busy", "wrap_up"})


class Presence:
    """`spans` are milliseconds within the day; who was at work before the first event is known from that event.

    `away` are seconds after a missed offer, and whether the agent was seen to come back.
    """

    def __init__(self, since: Moment, until: Moment) -> None:
        self.spans: dict[str, list[tuple[Moment, Moment]]] = defaultdict(list)
        self._since, self._until = since, until
        self.away: list[Seen] = []
        self._there: dict[str, Moment | None] = {}
        self._missed: dict[str, Moment] = {}

    def changed(self, event: AgentStateChanged) -> None:
        agent_id = event.holder.agent_id
        if agent_id not in self._there:
            self._there[agent_id] = event.previous_since if event.previous_state in _AT_WORK else None
        missed = (event.set_state, event.set_reason) == ("not_ready", "system")
        self._came_back(event, missed=missed)
        there = event.set_state == "available" or missed
        began = self._there[agent_id]
        if there and began is None:
            self._there[agent_id] = event.at
        elif not there and began is not None:
            self._ended(agent_id, began, event.at)
            self._there[agent_id] = None

    def _came_back(self, event: AgentStateChanged, *, missed: bool) -> None:
        """Whoever goes elsewhere from there, such as to a break, would have been away at least until then."""
        agent_id = event.holder.agent_id
        if missed:
            self._missed.setdefault(agent_id, event.at)
        elif agent_id in self._missed:
            self._was_away(self._missed.pop(agent_id), event.at, back=event.set_state == "available")

    def _was_away(self, missed: Moment, until: Moment, *, back: bool) -> None:
        if missed >= self._since:
            self.away.append(((until - missed) / 1000, back))

    def close(self) -> None:
        """Let everybody who is still there stay to the end."""
        for agent_id, began in self._there.items():
            if began is not None:
                self._ended(agent_id, began, self._until)
        for missed in self._missed.values():
            self._was_away(missed, self._until, back=False)
        self._there.clear()
        self._missed.clear()

    def _ended(self, agent_id: str, began: Moment, ended: Moment) -> None:
        start, end = max(began, self._since), min(ended, self._until)
        if end > start:
            self.spans[agent_id].append((start - self._since, end - self._since))
