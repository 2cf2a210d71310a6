"""How long agents are in which state, and how much they hold while there; open states reach up to the end."""

from dataclasses import dataclass

from services.routing.domain.events import AgentStateChanged
from services.routing.domain.moments import Moment
from services.routing.simulation.tally import Tally

#: States in which an agent is at the contacts' disposal; capacity counts in these.
_READY = frozenset({"available", "ringing", "busy", "wrap_up"})


@dataclass(slots=True)
class _State:
    name: str
    since: Moment
    held_units: int
    capacity_units: int
    tally: Tally


class Standing:
    """Time before `since` is not counted, nor what came before an agent's first event."""

    def __init__(self, since: Moment) -> None:
        self._since = since
        self._states: dict[str, _State] = {}

    def changed(self, event: AgentStateChanged, tally: Tally) -> None:
        agent_id = event.holder.agent_id
        before = self._states.get(agent_id)
        if before is not None:
            self._spend(before, event.at)
        name = event.state if event.state != "not_ready" else f"not_ready.{event.reason or 'unspecified'}"
        self._states[agent_id] = _State(name, event.at, event.held_units, event.capacity_units, tally)

    def close(self, at: Moment) -> None:
        for state in self._states.values():
            self._spend(state, at)
        self._states.clear()

    def _spend(self, state: _State, until: Moment) -> None:
        start = max(state.since, self._since)
        state.tally.spend(state.name, start, until)
        if state.held_units:
            state.tally.spend("held_units", start, until, state.held_units)
        if state.name in _READY:
            state.tally.spend("capacity_units", start, until, state.capacity_units)
