"""A partner's recount: thresholds and times worked out again from the events themselves.

Deliberately shares nothing with the analytics service but the published contract.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf.message import Message as Protobuf

from switchyard.events.notify.v1 import survey_events_pb2 as surveys
from switchyard.events.quality.v1 import evaluation_events_pb2 as evaluations
from switchyard.events.routing.v1 import agent_events_pb2 as agents
from switchyard.events.routing.v1 import callback_events_pb2 as callbacks
from switchyard.events.routing.v1 import contact_routing_events_pb2 as contacts
from switchyard.events.ticketing.v1 import ticket_events_pb2 as tickets

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: Stands where the channel does in figures of a ticket type.
TICKETS = "ticket"

#: What a figure is about: a queue and a channel, or a ticket type and TICKETS.
Line = tuple[str, str]
Figure = tuple[str, str, str]


@dataclass(slots=True)
class Recount:
    """Counts and milliseconds from events; takes every event once, however often it was published."""

    counts: Counter[Figure] = field(default_factory=Counter)
    milliseconds: Counter[Figure] = field(default_factory=Counter)
    agent_milliseconds: Counter[tuple[str, str]] = field(default_factory=Counter)
    _last: dict[str, int] = field(default_factory=dict)
    gaps: list[str] = field(default_factory=list)

    def take(self, event: Protobuf, *, source: str, sequence: int, time: datetime) -> None:
        last = self._last.get(source)
        if last is not None and sequence <= last:
            return
        if last is not None and sequence != last + 1:
            self.gaps.append(f"{source}: {last} is followed by {sequence}")
        self._last[source] = sequence
        rule = RULES.get(type(event))
        if rule:
            rule(self, event, _milliseconds(time))

    def count(self, name: str, line: Line) -> None:
        self.counts[(name, *line)] += 1

    def spent(self, name: str, line: Line, milliseconds: int) -> None:
        self.milliseconds[(name, *line)] += milliseconds


def _milliseconds(moment: datetime) -> int:
    """Whole milliseconds since 1970, the rest cut off, as the published figures have it."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def _at(stamp: Any) -> int:
    return int(stamp.ToMilliseconds())


def _line(entry: contacts.Entry) -> Line:
    return entry.queue_id, entry.channel


def _queued(recount: Recount, event: contacts.ContactQueued, at: int) -> None:  # noqa: ARG001 - one signature for all
    if event.entry.callback_attempt:
        return
    recount.count("offered", _line(event.entry))
    if event.transferred_from:
        recount.count("transferred_in", _line(event.entry))


def _widened(recount: Recount, event: contacts.SearchWidened, at: int) -> None:  # noqa: ARG001
    recount.count("search_widened", _line(event.entry))


def _accepted(recount: Recount, event: contacts.OfferAccepted, at: int) -> None:
    line, waited = _line(event.entry), at - _at(event.entry.queued_at)
    recount.count("offers", line)
    recount.spent("ring", line, at - _at(event.offered_at))
    if event.entry.callback_attempt:
        recount.count("callback_attempts", line)
        return
    recount.count("answered", line)
    if waited <= event.entry.target_seconds * 1000:
        recount.count("answered_in_target", line)
    recount.spent("wait_answered", line, waited)


def _abandoned(recount: Recount, event: contacts.ContactAbandoned, at: int) -> None:
    line, waited = _line(event.entry), at - _at(event.entry.queued_at)
    recount.count("abandoned", line)
    if waited <= event.entry.target_seconds * 1000:
        recount.count("abandoned_in_target", line)
    if waited < event.entry.short_abandon_seconds * 1000:
        recount.count("short_abandoned", line)
    recount.spent("wait_abandoned", line, waited)


def _offer_ended(how: str) -> Callable[[Recount, Any, int], None]:
    def rule(recount: Recount, event: Any, at: int) -> None:
        recount.count("offers", _line(event.entry))
        recount.count(f"offers_{how}", _line(event.entry))
        recount.spent("ring", _line(event.entry), at - _at(event.offered_at))

    return rule


def _flowed_out(recount: Recount, event: contacts.ContactFlowedOut, at: int) -> None:  # noqa: ARG001
    if not event.entry.callback_attempt:
        recount.count("flowed_out", _line(event.entry))


def _callback_requested(recount: Recount, event: callbacks.CallbackRequested, at: int) -> None:
    line, waited = _line(event.entry), at - _at(event.entry.queued_at)
    recount.count("callback_requested", line)
    if waited <= event.entry.target_seconds * 1000:
        recount.count("callback_requested_in_target", line)


def _callback_ended(how: str) -> Callable[[Recount, Any, int], None]:
    def rule(recount: Recount, event: Any, at: int) -> None:  # noqa: ARG001
        recount.count(f"callback_{how}", _line(event.entry))

    return rule


def _transferred(recount: Recount, event: contacts.ContactTransferred, at: int) -> None:
    recount.count("transferred_out", _line(event.entry))
    recount.spent("talk", _line(event.entry), at - _at(event.answered_at))


def _ended(recount: Recount, event: contacts.ContactEnded, at: int) -> None:
    recount.spent("talk", _line(event.entry), at - _at(event.answered_at))


def _wrapped_up(recount: Recount, event: contacts.WrapUpCompleted, at: int) -> None:
    recount.count("handled", _line(event.entry))
    recount.spent("wrap_up", _line(event.entry), at - _at(event.ended_at))


def _agent_changed(recount: Recount, event: agents.AgentStateChanged, at: int) -> None:
    if not event.previous_state:
        return
    state = event.previous_state
    if state == "not_ready":
        state = f"{state}.{event.previous_reason or 'unspecified'}"
    recount.agent_milliseconds[(event.agent_id, state)] += at - _at(event.previous_since)


def _rated(recount: Recount, event: surveys.SurveyAnswered, at: int) -> None:  # noqa: ARG001
    recount.count("csat_answers", (event.queue_id, event.channel))
    if event.rating >= 4:
        recount.count("csat_satisfied", (event.queue_id, event.channel))


def _evaluated(recount: Recount, event: evaluations.EvaluationCompleted, at: int) -> None:  # noqa: ARG001
    recount.count("evaluations", (event.queue_id, event.channel))


def _ticket_opened(recount: Recount, event: tickets.TicketOpened, at: int) -> None:  # noqa: ARG001
    recount.count("opened", (event.type_id, TICKETS))


RULES: Mapping[type[Protobuf], Callable[[Recount, Any, int], None]] = {
    contacts.ContactQueued: _queued,
    contacts.SearchWidened: _widened,
    contacts.OfferAccepted: _accepted,
    contacts.OfferRejected: _offer_ended("rejected"),
    contacts.OfferTimedOut: _offer_ended("timed_out"),
    contacts.OfferWithdrawn: _offer_ended("withdrawn"),
    contacts.ContactAbandoned: _abandoned,
    contacts.ContactFlowedOut: _flowed_out,
    callbacks.CallbackRequested: _callback_requested,
    callbacks.CallbackNotReached: _callback_ended("not_reached"),
    callbacks.CallbackGivenUp: _callback_ended("given_up"),
    contacts.ContactTransferred: _transferred,
    contacts.ContactEnded: _ended,
    contacts.WrapUpCompleted: _wrapped_up,
    agents.AgentStateChanged: _agent_changed,
    surveys.SurveyAnswered: _rated,
    evaluations.EvaluationCompleted: _evaluated,
    tickets.TicketOpened: _ticket_opened,
}


def service_levels(counters: Mapping[str, int]) -> dict[str, float | None]:
    """Every published variant from the same counters (formulas in docs/figures.md); None where nothing was counted."""

    def of(name: str) -> int:
        return counters.get(name, 0)

    answered, abandoned, flowed = of("answered"), of("abandoned"), of("flowed_out")
    in_target, left_in_target = of("answered_in_target"), of("abandoned_in_target")
    return {
        "answered_over_offered": _share(in_target, of("offered")),
        "abandons_ignored": _share(in_target, of("offered") - left_in_target),
        "abandons_positive": _share(in_target + left_in_target, of("offered")),
        "removed_in_target": _share(in_target + left_in_target + of("callback_requested_in_target"), of("offered")),
        "short_abandons_excluded": _share(in_target, of("offered") - of("short_abandoned")),
        "answered_only": _share(in_target, answered),
        "with_flow_out": _share(in_target, answered + abandoned + flowed),
        "without_flow_out": _share(in_target, answered + abandoned),
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
