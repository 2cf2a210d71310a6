"""Nobody is lost and nobody made up: after every step, whoever was offered to a queue is where the figures say.

offered = answered + abandoned + flowed out + asked for a call back + waiting, recounted from events and state. Those
who are called back are counted beside it, for they were offered before: begun = answered + moved on + put off + given
up + waiting.
"""

from collections import Counter, defaultdict

from services.routing.domain.engine import Step
from services.routing.domain.entry import Entry
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import Connected, Scheduled

#: How an entry leaves its queue, by the name of the event that says so.
_LEAVES = {
    "OfferAccepted": "answered",
    "ContactAbandoned": "abandoned",
    "ContactFlowedOut": "flowed_out",
    "CallbackRequested": "callback_requested",
    "CallbackScheduled": "put_off",
    "CallbackGivenUp": "given_up",
}
#: A queue, and whether its callbacks are meant or everybody else.
_Line = tuple[str, bool]


class ConservationBroken(AssertionError):
    """A contact was lost or counted twice; the text gives the queue, the instant and the figures."""


class Conservation:
    """Watches a pool from its first step on."""

    def __init__(self) -> None:
        self._counted: dict[_Line, Counter[str]] = defaultdict(Counter)
        #: Callbacks that wait: one that is scheduled, or was not reached, leaves no queue by what is told next.
        self._called: set[str] = set()
        self.checked = 0

    def __call__(self, state: PoolState, step: Step) -> None:
        """Raises ConservationBroken."""
        for event in step.events:
            name = type(event).__name__
            entry = getattr(event, "entry", None)
            if entry is not None:
                self._count(entry, name)
        stays = (stay for stay in state.contacts.values() if not isinstance(stay, Connected | Scheduled))
        waiting = Counter(_line(stay.entry) for stay in stays)
        for line, counted in self._counted.items():
            left = sum(counted[name] for name in _LEAVES.values())
            if counted["offered"] != left + waiting[line]:
                figures = {**counted, "waiting": waiting[line]}
                raise ConservationBroken(f"queue {line[0]} at {state.now}: {figures}")
        self.checked += 1

    def _count(self, entry: Entry, name: str) -> None:
        what = "offered" if name == "ContactQueued" else _LEAVES.get(name, "")
        if what and entry.callback_attempt:
            waited = entry.contact_id in self._called
            (self._called.add if what == "offered" else self._called.discard)(entry.contact_id)
            what = what if waited or what == "offered" else ""
        self._counted[_line(entry)][what] += bool(what)


def _line(entry: Entry) -> _Line:
    return entry.queue_id, entry.callback_attempt > 0
