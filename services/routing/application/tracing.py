"""Which trace the events of each contact belong to."""

from collections.abc import Iterable

from services.routing.domain.events import (
    CallbackGivenUp,
    CallbackRequested,
    ContactAbandoned,
    ContactFlowedOut,
    Event,
    WrapUpCompleted,
)

#: Above this many open contacts the oldest half of the traces is dropped: a lost trace is no lost event.
MOST_TRACES = 20_000
_LAST_EVENTS = (CallbackGivenUp, CallbackRequested, ContactAbandoned, ContactFlowedOut, WrapUpCompleted)


class Traces:
    """The trace of the last command about each contact; what another contact's command causes stays in its own."""

    def __init__(self) -> None:
        self._by_contact: dict[str, str] = {}

    def note(self, contact_id: str, traceparent: str | None) -> None:
        if contact_id and traceparent:
            self._by_contact[contact_id] = traceparent
            if len(self._by_contact) > MOST_TRACES:
                for old in tuple(self._by_contact)[: MOST_TRACES // 2]:
                    del self._by_contact[old]

    def of(self, events: Iterable[Event]) -> dict[str, str]:
        """Give the traces of the contacts that these events are about, and forget those that are over."""
        traces: dict[str, str] = {}
        over: list[str] = []
        for event in events:
            contact_id = contact_of(event)
            if contact_id in self._by_contact:
                traces[contact_id] = self._by_contact[contact_id]
                if isinstance(event, _LAST_EVENTS):
                    over.append(contact_id)
        for contact_id in over:
            self._by_contact.pop(contact_id, None)
        return traces


def contact_of(event: Event) -> str:
    """Name the contact an event is about, or follows from; empty for none."""
    entry = getattr(event, "entry", None)
    return entry.contact_id if entry is not None else getattr(event, "contact_id", "")
