"""Nobody is lost and nobody made up: after every step, whoever was offered to a queue is where the figures say.

offered = answered + abandoned + flowed out + asked for a call back + waiting, recounted from events and state.
"""

from collections import Counter, defaultdict

from services.routing.domain.engine import Step
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import Connected

#: How an entry leaves its queue, by the name of the event that says so.
_LEAVES = {
    "OfferAccepted": "answered",
    "ContactAbandoned": "abandoned",
    "ContactFlowedOut": "flowed_out",
    "CallbackRequested": "callback_requested",
}


class ConservationBroken(AssertionError):
    """A contact was lost or counted twice; the text gives the queue, the instant and the figures."""


class Conservation:
    """Watches a pool from its first step on."""

    def __init__(self) -> None:
        self._counted: dict[str, Counter[str]] = defaultdict(Counter)
        self.checked = 0

    def __call__(self, state: PoolState, step: Step) -> None:
        """Raises ConservationBroken."""
        for event in step.events:
            name = type(event).__name__
            entry = getattr(event, "entry", None)
            if entry is not None:
                what = "offered" if name == "ContactQueued" else _LEAVES.get(name, "")
                self._counted[entry.queue_id][what] += bool(what)
        waiting = Counter(stay.entry.queue_id for stay in state.contacts.values() if not isinstance(stay, Connected))
        for queue_id, counted in self._counted.items():
            left = sum(counted[name] for name in _LEAVES.values())
            if counted["offered"] != left + waiting[queue_id]:
                figures = {**counted, "waiting": waiting[queue_id]}
                raise ConservationBroken(f"queue {queue_id} at {state.now}: {figures}")
        self.checked += 1
