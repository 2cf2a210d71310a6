"""Spans as JSON lines in a file that several processes append to; for tests and the demo, not for production."""

import json
import os
from collections.abc import Sequence
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import format_span_id, format_trace_id


class TraceFileExporter(SpanExporter):
    """Appends each batch with one write, so that lines of several processes do not mix."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        lines = "".join(json.dumps(span_line(span), separators=(",", ":")) + "\n" for span in spans)
        os.write(self._file, lines.encode())
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        os.close(self._file)

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return timeout_millis >= 0


def span_line(span: ReadableSpan) -> dict[str, Any]:
    """Return what one line tells of a span; times in nanoseconds since the epoch."""
    context = span.get_span_context()
    if context is None:
        raise ValueError("an ended span has a context")
    return {
        "service": span.resource.attributes.get("service.name"),
        "name": span.name,
        "trace_id": format_trace_id(context.trace_id),
        "span_id": format_span_id(context.span_id),
        "parent_id": format_span_id(span.parent.span_id) if span.parent else None,
        "start": span.start_time,
        "end": span.end_time,
        "status": span.status.status_code.name,
        "attributes": dict(span.attributes or {}),
    }
