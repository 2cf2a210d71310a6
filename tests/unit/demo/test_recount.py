"""A partner's recount from events: thresholds, times, repeats and gaps."""

from datetime import UTC, datetime, timedelta

from google.protobuf.timestamp_pb2 import Timestamp

from cli.demo.recount import Recount, service_levels
from switchyard.events.routing.v1 import agent_events_pb2 as agents
from switchyard.events.routing.v1 import contact_routing_events_pb2 as contacts

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
LINE = ("billing", "chat")


def _stamp(seconds: float) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(NOON + timedelta(seconds=seconds))
    return stamp


def _entry(*, target_seconds: float = 20, short_abandon_seconds: float = 5) -> contacts.Entry:
    return contacts.Entry(
        contact_id="cnt_1",
        number=1,
        queue_id="billing",
        channel="chat",
        queued_at=_stamp(0),
        target_seconds=target_seconds,
        short_abandon_seconds=short_abandon_seconds,
    )


def _recount(*events: tuple[object, float]) -> Recount:
    """Every event at its number of seconds after noon."""
    recount = Recount()
    for sequence, (event, seconds) in enumerate(events, start=1):
        recount.take(event, source="/demo/pool", sequence=sequence, time=NOON + timedelta(seconds=seconds))  # type: ignore[arg-type]
    return recount


def _accepted(after: float) -> Recount:
    return _recount((contacts.OfferAccepted(entry=_entry(), offered_at=_stamp(after - 1)), after))


def test_an_answer_at_the_target_is_within_it_and_a_millisecond_later_is_not() -> None:
    assert _accepted(20.0).counts[("answered_in_target", *LINE)] == 1
    assert _accepted(20.001).counts[("answered_in_target", *LINE)] == 0


def test_the_wait_runs_from_the_queue_and_the_ring_from_the_offer() -> None:
    recount = _accepted(7.5)
    assert recount.milliseconds[("wait_answered", *LINE)] == 7_500
    assert recount.milliseconds[("ring", *LINE)] == 1_000


def test_an_abandon_is_short_below_the_limit_only() -> None:
    for seconds, short in ((4.999, 1), (5.0, 0)):
        recount = _recount((contacts.ContactAbandoned(entry=_entry()), seconds))
        assert recount.counts[("short_abandoned", *LINE)] == short
        assert recount.counts[("abandoned_in_target", *LINE)] == 1


def test_talk_and_wrap_up_are_two_spans_that_meet_at_the_end() -> None:
    recount = _recount(
        (contacts.ContactEnded(entry=_entry(), answered_at=_stamp(10)), 70),
        (contacts.WrapUpCompleted(entry=_entry(), answered_at=_stamp(10), ended_at=_stamp(70)), 95),
    )
    assert recount.milliseconds[("talk", *LINE)] == 60_000
    assert recount.milliseconds[("wrap_up", *LINE)] == 25_000
    assert recount.counts[("handled", *LINE)] == 1


def test_an_event_that_comes_twice_counts_once() -> None:
    recount = Recount()
    for _ in range(2):
        recount.take(contacts.ContactQueued(entry=_entry()), source="/demo/pool", sequence=7, time=NOON)
    assert recount.counts == {("offered", *LINE): 1}
    assert recount.gaps == []


def test_a_missing_number_of_a_source_is_a_gap() -> None:
    recount = Recount()
    for sequence in (1, 2, 4):
        recount.take(contacts.ContactQueued(entry=_entry()), source="/demo/pool", sequence=sequence, time=NOON)
    assert recount.gaps == ["/demo/pool: 2 is followed by 4"]


def test_a_state_lasts_from_its_beginning_to_the_next() -> None:
    changed = agents.AgentStateChanged(
        agent_id="ada", state="available", previous_state="not_ready", previous_reason="break", previous_since=_stamp(0)
    )
    assert _recount((changed, 90)).agent_milliseconds == {("ada", "not_ready.break"): 90_000}


def test_the_service_level_is_nothing_where_nobody_came_and_counts_short_abandons_out() -> None:
    assert set(service_levels({}).values()) == {None}
    counters = {"offered": 10, "answered": 8, "answered_in_target": 6, "abandoned": 2, "short_abandoned": 2}
    levels = service_levels(counters)
    assert levels["answered_over_offered"] == 0.6
    assert levels["short_abandons_excluded"] == 0.75
    assert levels["answered_only"] == 0.75
