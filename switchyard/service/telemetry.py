"""Traces and metrics of one process: where they go, and how a trace passes through HTTP and messages."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased, TraceIdRatioBased
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.gc_collector import GCCollector
from structlog.contextvars import bound_contextvars

from switchyard.eventing.envelope import Received
from switchyard.service.logs import CORRELATION_ID, TENANT
from switchyard.service.settings import ServiceSettings
from switchyard.service.trace_file import TraceFileExporter

_PROPAGATOR = TraceContextTextMapPropagator()

#: Opens a span around the handling of one received message.
MessageSpans = Callable[[Received], AbstractContextManager[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Telemetry:
    """A process's tracer and its own metrics registry, which holds nothing another process registered."""

    provider: TracerProvider
    tracer: Tracer
    registry: CollectorRegistry

    def shutdown(self) -> None:
        """Export what is waiting; blocks for at most a few seconds."""
        self.provider.shutdown()


def setup(name: str, settings: ServiceSettings) -> Telemetry:
    """Make the telemetry of service `name`; without an exporter nothing is recorded, but contexts still pass."""
    exporters = _exporters(settings)
    root = TraceIdRatioBased(settings.trace_ratio) if exporters else ALWAYS_OFF
    provider = TracerProvider(
        sampler=ParentBased(root) if exporters else ALWAYS_OFF,
        resource=Resource.create({"service.name": name, "service.instance.id": settings.instance}),
        shutdown_on_exit=False,
    )
    for exporter in exporters:
        provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    GCCollector(registry=registry)
    return Telemetry(provider=provider, tracer=provider.get_tracer("switchyard"), registry=registry)


def _exporters(settings: ServiceSettings) -> list[SpanExporter]:
    exporters: list[SpanExporter] = []
    if settings.otlp_endpoint:
        exporters.append(OTLPSpanExporter(endpoint=f"{settings.otlp_endpoint.rstrip('/')}/v1/traces"))
    if settings.trace_file:
        exporters.append(TraceFileExporter(settings.trace_file))
    return exporters


def inject_trace(headers: dict[str, str]) -> dict[str, str]:
    """Add the current trace context to the headers of an outgoing request, and return them."""
    _PROPAGATOR.inject(headers)
    return headers


def message_spans(tracer: Tracer, group: str) -> MessageSpans:
    """Return what a consumer enters around each message: its span, child of the sender's, and its log context."""

    @contextmanager
    def spans(received: Received) -> Iterator[Span]:
        envelope = received.message.envelope
        carrier: Mapping[str, str] = {"traceparent": envelope.traceparent} if envelope.traceparent else {}
        attributes = {
            "messaging.system": "kafka",
            "messaging.operation.type": "process",
            "messaging.destination.name": received.place.topic,
            "messaging.consumer.group.name": group,
            "messaging.message.id": envelope.id,
            "messaging.message.conversation_id": envelope.correlation_id,
        }
        name = f"process {envelope.type.rpartition('.')[2]}"
        context = _PROPAGATOR.extract(carrier)
        log_context = {TENANT: envelope.tenant, CORRELATION_ID: envelope.correlation_id}
        with (
            bound_contextvars(**log_context),
            tracer.start_as_current_span(name, context, SpanKind.CONSUMER, attributes) as span,
        ):
            yield span

    return spans


@contextmanager
def linked_span(tracer: Tracer, name: str, traceparents: Mapping[str, str]) -> Iterator[Span]:
    """Open a span for work on several messages at once, linked to each one's trace (id -> traceparent)."""
    links: list[Link] = []
    for traceparent in traceparents.values():
        context = _PROPAGATOR.extract({"traceparent": traceparent})
        links.extend(Link(value.get_span_context()) for value in context.values() if isinstance(value, Span))
    with tracer.start_as_current_span(name, links=links) as span:
        try:
            yield span
        except Exception:
            span.set_status(Status(StatusCode.ERROR))
            raise
