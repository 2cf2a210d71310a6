"""The envelope on the wire."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchyard.eventing.cloudevents import MalformedEnvelope, format_time, from_headers, to_headers
from switchyard.eventing.envelope import Envelope

words = st.text(min_size=1, max_size=40).filter(lambda text: text.encode("utf-8", "ignore").decode() == text)
envelopes = st.builds(
    Envelope,
    id=words,
    type=words,
    source=words,
    subject=words,
    time=st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    tenant=words,
    correlation_id=st.one_of(st.just(""), words),
    causation_id=st.one_of(st.just(""), words),
    sequence=st.one_of(st.none(), st.integers(min_value=0, max_value=2**53)),
    traceparent=st.one_of(st.none(), words),
)

GOOD = Envelope(
    id="/t/x/1",
    type="a.B",
    source="/t/x",
    subject="x",
    time=datetime(2026, 1, 5, 9, 0, tzinfo=UTC),
    tenant="t",
    correlation_id="x",
    causation_id="",
    sequence=1,
)


@given(envelopes)
def test_an_envelope_comes_back_from_its_headers_as_it_was(envelope: Envelope) -> None:
    assert from_headers(to_headers(envelope)) == envelope


def test_headers_have_the_names_that_the_contract_gives_them() -> None:
    assert dict(to_headers(GOOD)) == {
        "ce_specversion": b"1.0",
        "ce_id": b"/t/x/1",
        "ce_type": b"a.B",
        "ce_source": b"/t/x",
        "ce_subject": b"x",
        "ce_time": b"2026-01-05T09:00:00.000000Z",
        "ce_tenant": b"t",
        "ce_sequence": b"1",
        "ce_correlationid": b"x",
        "content-type": b"application/protobuf",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_specversion", b"0.3"),
        ("ce_id", b""),
        ("ce_id", None),
        ("ce_type", b"\xff"),
        ("ce_time", b"yesterday"),
        ("ce_time", b"2026-01-05T09:00:00"),
        ("ce_sequence", b"-1"),
        ("ce_sequence", b"9" * 4_000),
        ("ce_sequence", "٣".encode()),
        ("ce_tenant", None),
        ("content-type", b"application/json"),
        ("traceparent", b"\xfe\xff"),
    ],
)
def test_a_wrong_header_is_named(name: str, value: bytes | None) -> None:
    headers = dict(to_headers(GOOD))
    headers.pop(name, None)
    if value is not None:
        headers[name] = value
    with pytest.raises(MalformedEnvelope) as raised:
        from_headers(list(headers.items()))
    assert raised.value.attribute == name


@given(st.lists(st.tuples(st.sampled_from(["ce_id", "ce_type", "ce_time", "ce_specversion", "x"]), st.binary())))
def test_no_headers_do_more_harm_than_to_be_refused(headers: list[tuple[str, bytes]]) -> None:
    with pytest.raises(MalformedEnvelope):
        from_headers(headers)


def test_times_are_written_in_utc() -> None:
    assert (
        format_time(datetime(2026, 1, 5, 17, 0, tzinfo=timezone(timedelta(hours=8)))) == "2026-01-05T09:00:00.000000Z"
    )
