"""Days whose journals were written by the engine itself, in a simulation of them."""

from services.routing.domain.engine import Step
from services.routing.domain.pool import PoolState
from services.routing.simulation.recorded_day import RecordedDay
from services.routing.simulation.replaying import Replay, replay_of
from services.routing.simulation.replication import Outcome, beginning_of, play
from services.routing.simulation.scenario import Scenario
from tests.unit.routing_simulation.scenes import Plain


def recorded(made: Scenario, seed: int = 1) -> tuple[RecordedDay, Outcome]:
    """Let a simulation write the journal of a day: its steps are the engine's own."""
    steps: list[Step] = []

    def watch(_: PoolState, step: Step) -> None:
        steps.append(step)

    outcome = play(made, seed=seed, watches=[watch])
    beginning = beginning_of(made)
    return RecordedDay(beginning, beginning + round(made.open_seconds * 1000)).read(steps).close(), outcome


def replayed(made: Scenario, changes: Plain | None = None, seed: int = 1) -> Replay:
    return replay_of(recorded(made, seed)[0], "replay", changes or {})
