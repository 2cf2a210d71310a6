"""What each event adds."""

from collections import defaultdict
from typing import get_args

import pytest
from google.protobuf.message import Message as ProtobufMessage

from services.analytics.application.ports import UnreadableEvent
from services.analytics.domain.facts import Fact
from services.analytics.domain.fold import _increments, fold
from services.analytics.entrypoints.facts import read_fact
from switchyard.eventing.envelope import Received
from switchyard.events.notify.v1 import survey_events_pb2 as surveys
from switchyard.events.quality.v1 import evaluation_events_pb2 as evaluations
from switchyard.events.routing.v1 import agent_events_pb2 as agents
from switchyard.events.routing.v1 import callback_events_pb2 as callbacks
from switchyard.events.routing.v1 import contact_routing_events_pb2 as contacts
from switchyard.events.ticketing.v1 import ticket_events_pb2 as tickets
from tests.unit.analytics.events import Log, entry, holder, stamp

QUARTER = 15 * 60


def sums(*events: Received) -> dict[str, dict[str, int]]:
    """Add up by kind of dimension what the events add, over all intervals, sketches aside."""
    total: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for event in events:
        fact = read_fact(event.message)
        for increment in fold(fact) if fact else ():
            if not increment.counter.startswith("sketches."):
                total[increment.dimension.kind][increment.counter] += increment.amount
    return {kind: dict(counters) for kind, counters in total.items()}


def folded(message: ProtobufMessage, at: float) -> dict[str, dict[str, int]]:
    return sums(Log().add(message, at))


def test_an_answered_contact_counts_in_queue_and_agent() -> None:
    log = Log()
    log.contact("c1", "ann", queued=0, wait=10, talk=60, wrap_up=30)

    assert sums(*log.events) == {
        "queue": {
            "counters.offered": 1,
            "counters.offers": 1,
            "counters.answered": 1,
            "counters.answered_in_target": 1,
            "counters.handled": 1,
            "time.wait_answered": 10_000,
            "time.ring": 2_000,
            "time.talk": 60_000,
            "time.wrap_up": 30_000,
        },
        "agent": {
            "counters.offers": 1,
            "counters.answered": 1,
            "counters.handled": 1,
            "time.ring": 2_000,
            "time.talk": 60_000,
            "time.assignment_wrap_up": 30_000,
        },
    }


@pytest.mark.parametrize(("wait", "in_target"), [(19.999, True), (20.0, True), (20.001, False)])
def test_a_wait_of_exactly_the_target_is_in_target(wait: float, in_target: bool) -> None:
    accepted = contacts.OfferAccepted(entry=entry("c", 0), holder=holder("ann"), offered_at=stamp(wait))

    assert ("counters.answered_in_target" in folded(accepted, wait)["queue"]) == in_target


@pytest.mark.parametrize(
    ("wait", "counted"),
    [
        (4.999, {"abandoned", "abandoned_in_target", "short_abandoned"}),
        (5.0, {"abandoned", "abandoned_in_target"}),
        (20.0, {"abandoned", "abandoned_in_target"}),
        (20.001, {"abandoned"}),
    ],
)
def test_an_abandon_is_short_below_its_bound_and_in_target_up_to_it(wait: float, counted: set[str]) -> None:
    counters = folded(contacts.ContactAbandoned(entry=entry("c", 0)), wait)["queue"]

    assert {name for name in counters if name.startswith("counters.")} == {f"counters.{name}" for name in counted}


def test_a_short_abandon_is_never_beyond_a_target_that_is_shorter_still() -> None:
    stay = entry("c", 0)
    stay.target_seconds = 2

    assert "counters.short_abandoned" not in folded(contacts.ContactAbandoned(entry=stay), 3)["queue"]


@pytest.mark.parametrize(
    ("message", "counter"),
    [
        (contacts.OfferRejected, "offers_rejected"),
        (contacts.OfferTimedOut, "offers_timed_out"),
        (contacts.OfferWithdrawn, "offers_withdrawn"),
    ],
)
def test_an_offer_counts_at_its_end_with_how_it_ended(message: type[ProtobufMessage], counter: str) -> None:
    ended = message(entry=entry("c", 0), holder=holder("ann"), offered_at=stamp(3))

    expected = {"counters.offers": 1, f"counters.{counter}": 1, "time.ring": 12_000}
    assert folded(ended, 15) == {"queue": expected, "agent": expected}


def test_a_transfer_counts_out_of_one_queue_and_into_the_next() -> None:
    log = Log()
    out = contacts.ContactTransferred(entry=entry("c", 0), holder=holder("ann"), answered_at=stamp(5))
    into = contacts.ContactQueued(entry=entry("c", 65, queue="complaints"), transferred_from="billing")

    assert sums(log.add(out, 65))["queue"] == {"counters.transferred_out": 1, "time.talk": 60_000}
    assert sums(log.add(into, 65))["queue"] == {"counters.offered": 1, "counters.transferred_in": 1}


def test_a_contact_that_flows_out_is_neither_answered_nor_abandoned() -> None:
    flowed = contacts.ContactFlowedOut(entry=entry("c", 0), reason="overflow")

    assert folded(flowed, 30) == {"queue": {"counters.flowed_out": 1}}


@pytest.mark.parametrize(("wait", "in_target"), [(20.0, 1), (20.001, 0)])
def test_who_asks_for_a_call_back_has_left_the_queue_in_or_beyond_the_target(wait: float, in_target: int) -> None:
    counters = folded(callbacks.CallbackRequested(entry=entry("c", 0), callback_contact_id="c-cb"), wait)["queue"]

    assert counters == {"counters.callback_requested": 1} | (
        {"counters.callback_requested_in_target": 1} if in_target else {}
    )


def test_of_a_callback_only_the_work_counts() -> None:
    called = entry("c-cb", 0)
    called.callback_attempt = 1
    ann = holder("ann")

    assert folded(contacts.ContactQueued(entry=called), 50) == {}
    assert folded(contacts.OfferAccepted(entry=called, holder=ann, offered_at=stamp(60)), 62) == {
        "queue": {"counters.offers": 1, "counters.callback_attempts": 1, "time.ring": 2_000},
        "agent": {"counters.offers": 1, "counters.answered": 1, "time.ring": 2_000},
    }
    missed = callbacks.CallbackNotReached(entry=called, holder=ann, answered_at=stamp(62), reason="busy")
    assert folded(missed, 70) == {"queue": {"counters.callback_not_reached": 1}}
    given_up = callbacks.CallbackGivenUp(entry=called, reason="attempts-used")
    assert folded(given_up, 70) == {"queue": {"counters.callback_given_up": 1}}


def test_counters_lie_in_the_interval_of_their_act_and_times_where_they_were_spent() -> None:
    log = Log()
    log.contact("c1", "ann", queued=QUARTER - 10, wait=15, talk=QUARTER, wrap_up=20)
    by_interval: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for event in log.events:
        fact = read_fact(event.message)
        assert fact is not None
        for increment in fold(fact):
            if increment.dimension.kind == "queue":
                by_interval[increment.start][increment.counter] += increment.amount

    first, second, third = (by_interval[start] for start in sorted(by_interval))
    assert first["counters.offered"] == 1
    assert second["counters.answered"] == 1
    assert third["counters.handled"] == 1
    assert (first["time.wait_answered"], second["time.wait_answered"]) == (10_000, 5_000)
    assert (second["time.talk"], third["time.talk"]) == (895_000, 5_000)


def test_an_agents_time_goes_to_the_state_that_ended() -> None:
    log = Log()
    log.shows("ann", "not_ready", 100, since=40, before="available", reason="meal")
    log.shows("ann", "available", 700, since=100, before="not_ready")
    log.events[1] = _with_previous_reason(log.events[1], "meal")

    assert sums(*log.events)["agent"] == {
        "time.available": 60_000,
        "time.not_ready.meal": 600_000,
    }


def _with_previous_reason(event: Received, reason: str) -> Received:
    message = agents.AgentStateChanged.FromString(event.message.data)
    message.previous_reason = reason
    return Log().add(message, 700)


def test_held_units_are_weighed_by_the_time_they_were_held() -> None:
    changed = agents.AgentStateChanged(
        agent_id="ann",
        state="busy",
        previous_state="busy",
        previous_since=stamp(0),
        held_units=60,
        capacity_units=100,
        previous_held_units=30,
        previous_load_since=stamp(0),
    )

    assert folded(changed, 10)["agent"] == {
        "time.busy": 10_000,
        "time.capacity_units": 1_000_000,
        "time.held_units": 300_000,
    }


@pytest.mark.parametrize(("rating", "satisfied"), [(5, 1), (4, 1), (3, 0)])
def test_four_and_five_of_five_are_satisfied(rating: int, satisfied: int) -> None:
    answered = surveys.SurveyAnswered(
        kind="csat", queue_id="billing", channel="chat", agent_id="ann", rating=rating, scale_max=5
    )

    counters = folded(answered, 0)
    assert counters["queue"].get("counters.csat_satisfied", 0) == satisfied
    assert counters["agent"]["counters.csat_answers"] == 1


def test_a_score_is_summed_in_hundredths() -> None:
    done = evaluations.EvaluationCompleted(
        queue_id="billing", channel="chat", agent_id="ann", score=86.67, passed=True, first_response_seconds=4.2
    )

    assert folded(done, 0)["agent"] == {
        "counters.evaluations": 1,
        "counters.score_hundredths": 8_667,
        "counters.evaluations_passed": 1,
    }


def test_tickets_count_by_type() -> None:
    log = Log()
    log.add(tickets.TicketOpened(type_id="complaint"), 0)
    log.add(
        tickets.TicketStateChanged(
            type_id="complaint", state="in_progress", previous_state="open", previous_since=stamp(0)
        ),
        60,
    )
    log.add(tickets.TicketClosed(type_id="complaint", opened_at=stamp(0)), 90)
    log.add(tickets.TicketReopened(type_id="complaint"), 100)

    assert sums(*log.events) == {
        "ticket": {"counters.opened": 1, "time.open": 60_000, "counters.closed": 1, "counters.reopened": 1}
    }


@pytest.mark.parametrize("fact_type", get_args(Fact))
def test_every_kind_of_fact_has_a_rule(fact_type: type) -> None:
    assert _increments.dispatch(fact_type) is not _increments.dispatch(object)


@pytest.mark.parametrize(
    "broken",
    [
        contacts.ContactQueued(),
        contacts.OfferAccepted(entry=entry("c", 0), holder=holder("ann")),
        contacts.OfferAccepted(entry=entry("c", 0), offered_at=stamp(0)),
        surveys.SurveyAnswered(kind="csat", rating=9, scale_max=5),
    ],
)
def test_an_event_that_lacks_what_is_counted_is_unreadable(broken: ProtobufMessage) -> None:
    with pytest.raises(UnreadableEvent):
        read_fact(Log().add(broken, 0).message)
