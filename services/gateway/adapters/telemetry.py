"""Every metric of the gateway's contacts, declared before use (docs/metrics.md); none is labelled by a tenant."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge


class GatewayMetrics:
    def __init__(self, registry: CollectorRegistry) -> None:
        self._messages = Counter(
            "switchyard_gateway_messages_received",
            "Messages of customers by channel and what they became: line, duplicate, answer or ignored.",
            ("channel", "result"),
            registry=registry,
        )
        self._chats = Counter(
            "switchyard_gateway_chats",
            "Chat sockets by what happened: started, resumed or refused.",
            ("event",),
            registry=registry,
        )
        self._strangers = Counter(
            "switchyard_gateway_routing_events_of_unknown_contacts",
            "Events of routing about contacts that this gateway does not have.",
            ("event",),
            registry=registry,
        )
        self._turned_away = Counter(
            "switchyard_gateway_contacts_turned_away",
            "New contacts that were asked to come again because routing is behind with their pool.",
            registry=registry,
        )
        self._registry = registry

    def message(self, channel: str, result: str) -> None:
        self._messages.labels(channel if channel in _CHANNELS else "other", result).inc()

    def chat(self, event: str) -> None:
        self._chats.labels(event).inc()

    def stranger(self, event: str) -> None:
        self._strangers.labels(event).inc()

    def turned_away(self) -> None:
        self._turned_away.inc()

    def watch_routing(self, behind_seconds: Callable[[], float]) -> None:
        Gauge(
            "switchyard_gateway_routing_behind_seconds",
            "Age of the oldest command to routing without an answer, of the pool that is behind most.",
            registry=self._registry,
        ).set_function(behind_seconds)

    def watch(
        self, *, connected: Callable[[], int], leaving: Callable[[], int], oldest_unsent: Callable[[], float]
    ) -> None:
        """Show what is read when the metrics are."""
        gauges = (
            ("switchyard_gateway_chats_connected", "Customers connected to this replica.", connected),
            ("switchyard_gateway_messages_leaving", "Lines and deliveries on their way to a provider.", leaving),
            (
                "switchyard_gateway_outbox_oldest_unsent_seconds",
                "Age of the oldest event that is not published.",
                oldest_unsent,
            ),
        )
        for name, text, value in gauges:
            Gauge(name, text, registry=self._registry).set_function(value)


_CHANNELS = frozenset({"voice", "sms", "email", "chat"})
