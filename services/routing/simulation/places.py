"""What holds for a queue's contacts on a channel, where neither customers nor agents have anything of their own."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.routing.domain.entry import Entry
from services.routing.simulation.crew import Taking, Work, taking_of, work_of
from services.routing.simulation.scenario import SimulatedQueue


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    work: Work
    taking: Taking


class Places:
    """Made as they are first stood in: which channels flow into a queue is not known before."""

    def __init__(self, queues: Iterable[SimulatedQueue], period_seconds: float) -> None:
        self._queues = {queue.id: queue for queue in queues}
        self._period_seconds = period_seconds
        self._made: dict[tuple[str, str], Place] = {}

    def of(self, entry: Entry) -> Place:
        key = entry.queue_id, entry.channel
        if key not in self._made:
            here = self._queues[entry.queue_id].on(entry.channel)
            work, taking = (
                work_of(here.handling, self._period_seconds),
                taking_of(here.acceptance, self._period_seconds),
            )
            self._made[key] = Place(work=work, taking=taking)
        return self._made[key]
