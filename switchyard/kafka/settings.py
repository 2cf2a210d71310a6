"""How to reach Kafka, and the client settings that lose nothing; the libraries' defaults do."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaSettings:
    """`embedded` is the memory-only broker: no idempotent producer, and a produce does not wake a waiting fetch.

    `instance` is the stable name of this replica (static membership); None joins as an unnamed member.
    """

    bootstrap: str = "127.0.0.1:9092"
    embedded: bool = False
    instance: str | None = None
    client_id: str = "switchyard"
    request_timeout_ms: int = 10_000
    session_timeout_ms: int = 30_000
    max_poll_records: int = 500

    @property
    def fetch_max_wait_ms(self) -> int:
        """25 ms on the embedded broker: less burns a core on idle consumers, more is felt at every hop."""
        return 25 if self.embedded else 500

    def producer(self) -> dict[str, Any]:
        """Arguments of AIOKafkaProducer. No lingering: it batches by itself while a request is under way."""
        return {
            "bootstrap_servers": self.bootstrap,
            "client_id": self.client_id,
            "acks": "all",
            "enable_idempotence": not self.embedded,
            "linger_ms": 0,
            "max_batch_size": 131_072,
            "request_timeout_ms": self.request_timeout_ms,
        }

    def consumer(self) -> dict[str, Any]:
        """Arguments of AIOKafkaConsumer that groups and tails share."""
        return {
            "bootstrap_servers": self.bootstrap,
            "client_id": self.client_id,
            "enable_auto_commit": False,
            "auto_offset_reset": "earliest",
            "fetch_max_wait_ms": self.fetch_max_wait_ms,
            "request_timeout_ms": max(self.request_timeout_ms, self.session_timeout_ms + 5_000),
            "max_poll_records": self.max_poll_records,
        }
