"""Every metric of mail, SMS and voice, declared before use (docs/metrics.md); none is labelled by a tenant."""

from prometheus_client import CollectorRegistry, Counter, Histogram


class ChannelMetrics:
    def __init__(self, registry: CollectorRegistry) -> None:
        self._mails = Counter(
            "switchyard_gateway_mails",
            "Mails that came in by outcome: stored, duplicate, ignored, refused, deferred or no-mailbox.",
            ("outcome",),
            registry=registry,
        )
        self._mail_reading = Histogram(
            "switchyard_gateway_mail_reading_seconds",
            "Time to read a mail in its child process, the wait for one included.",
            registry=registry,
            buckets=(0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
        )
        self._webhooks = Counter(
            "switchyard_gateway_provider_webhooks",
            "Webhooks of providers by outcome: genuine or forged.",
            ("outcome",),
            registry=registry,
        )
        self._requests = Counter(
            "switchyard_gateway_provider_requests",
            "Requests to providers by outcome: done, refused, not-reached or unsure.",
            ("outcome",),
            registry=registry,
        )

    def mail(self, outcome: str) -> None:
        self._mails.labels(outcome).inc()

    def mail_read(self, seconds: float) -> None:
        self._mail_reading.observe(seconds)

    def webhook(self, outcome: str) -> None:
        self._webhooks.labels(outcome).inc()

    def request(self, outcome: str) -> None:
        self._requests.labels(outcome).inc()
