"""Traces pass through messages, spans reach the file, and logs carry ids only."""

import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
import structlog
from opentelemetry import trace

from switchyard.eventing.envelope import Envelope, Message, Place, Received
from switchyard.service import logs, telemetry
from switchyard.service.settings import ServiceSettings

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


class Settings(ServiceSettings):
    service: ClassVar[str] = "probe"


def received(traceparent: str | None) -> Received:
    envelope = Envelope(
        id="/t1/x/1",
        type="switchyard.events.x.v1.Happened",
        source="/t1/x",
        subject="s1",
        time=NOW,
        tenant="t1",
        correlation_id="c1",
        causation_id="",
        traceparent=traceparent,
    )
    place = Place(cluster="k", topic="x-events-v1", partition=0, offset=1)
    return Received(message=Message(topic="x-events-v1", key="t1/s1", envelope=envelope, data=b""), place=place)


def spans_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_one_trace_passes_from_a_request_through_a_message(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    sender = telemetry.setup("sender", Settings(trace_file=str(path)))
    reader = telemetry.setup("reader", Settings(trace_file=str(path)))
    with sender.tracer.start_as_current_span("request"):
        traceparent = telemetry.inject_trace({})["traceparent"]
    with telemetry.message_spans(reader.tracer, "g1")(received(traceparent)):
        assert structlog.contextvars.get_contextvars() == {"tenant": "t1", "correlation_id": "c1"}
    sender.shutdown()
    reader.shutdown()
    first, second = spans_of(path)
    assert (first["service"], second["service"]) == ("sender", "reader")
    assert second["trace_id"] == first["trace_id"]
    assert second["parent_id"] == first["span_id"]
    assert second["name"] == "process Happened"
    assert second["attributes"]["messaging.consumer.group.name"] == "g1"


def test_a_message_without_trace_begins_its_own(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    reader = telemetry.setup("reader", Settings(trace_file=str(path)))
    with telemetry.message_spans(reader.tracer, "g1")(received(None)):
        pass
    reader.shutdown()
    assert spans_of(path)[0]["parent_id"] is None


def test_without_an_exporter_nothing_is_recorded_but_a_trace_still_passes() -> None:
    reader = telemetry.setup("reader", Settings())
    traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with telemetry.message_spans(reader.tracer, "g1")(received(traceparent)):
        assert not trace.get_current_span().is_recording()
        assert telemetry.inject_trace({})["traceparent"].split("-")[1] == traceparent.split("-")[1]


def test_a_failing_handler_marks_its_span(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    reader = telemetry.setup("reader", Settings(trace_file=str(path)))
    with pytest.raises(ValueError, match="x"), telemetry.message_spans(reader.tracer, "g1")(received(None)):
        raise ValueError("x")
    reader.shutdown()
    assert spans_of(path)[0]["status"] == "ERROR"


def test_registries_of_two_services_share_nothing() -> None:
    one, other = telemetry.setup("one", Settings()), telemetry.setup("other", Settings())
    assert one.registry is not other.registry


@pytest.fixture
def _kept_logging() -> Any:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.usefixtures("_kept_logging")
def test_every_logger_writes_json_with_the_context(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("probe")
    with structlog.contextvars.bound_contextvars(tenant="t1", correlation_id="c1"):
        structlog.get_logger("own").info("happened", count=3)
        logging.getLogger("uvicorn.error").warning("took %s", "long")
    logging.getLogger("uvicorn.access").info("a line a request")
    own, foreign = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (own["event"], own["count"], own["service"], own["level"]) == ("happened", 3, "probe", "info")
    assert (foreign["event"], foreign["logger"]) == ("took long", "uvicorn.error")
    assert own["tenant"] == foreign["tenant"] == "t1"
