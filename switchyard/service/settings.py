"""Settings that every service reads from the environment, under the prefix SWITCHYARD_."""

from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from switchyard.kafka.settings import KafkaSettings
from switchyard.mongo.client import MongoSettings


class ServiceSettings(BaseSettings):
    """A service adds its own fields and names itself in `service`; the name also makes its database's."""

    model_config = SettingsConfigDict(env_prefix="SWITCHYARD_", frozen=True, extra="ignore")

    service: ClassVar[str]

    #: Replica name: the consumers' static membership, so that a restart does not move partitions.
    instance: str = "0"
    kafka_bootstrap: str = "127.0.0.1:9092"
    #: The memory-only broker of `make run`: it has no idempotent producer, and its fetch must be polled faster.
    kafka_embedded: bool = False
    mongodb_uri: str = "mongodb://127.0.0.1:27017"
    mongodb_database: str = ""
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=0, le=65535)
    #: Largest request body in bytes.
    http_body_limit: int = Field(default=1024 * 1024, gt=0)
    #: A WebSocket's peer is asked for a sign of life every so many seconds, and given up after as many without one.
    ws_ping_seconds: float = Field(default=10.0, gt=0)
    internal_secret: SecretStr = SecretStr("switchyard-development-only-secret")
    log_level: str = "INFO"
    #: OTLP/HTTP collector, such as http://127.0.0.1:4318; empty keeps traces off the wire.
    otlp_endpoint: str = ""
    #: Spans as JSON lines, appended; for tests and the demo.
    trace_file: str = ""
    trace_ratio: float = Field(default=1.0, ge=0, le=1)
    #: The process that started this one; set, it takes the service down with itself.
    parent_pid: int = 0

    gateway_url: str = "http://127.0.0.1:8080"
    routing_url: str = "http://127.0.0.1:8081"
    ticketing_url: str = "http://127.0.0.1:8082"
    quality_url: str = "http://127.0.0.1:8083"
    notify_url: str = "http://127.0.0.1:8084"
    analytics_url: str = "http://127.0.0.1:8085"

    @property
    def database(self) -> str:
        return self.mongodb_database or f"switchyard_{self.service}"

    @property
    def kafka(self) -> KafkaSettings:
        """The embedded broker lets a member wait for half its session timeout, and a named one longer still."""
        return KafkaSettings(
            bootstrap=self.kafka_bootstrap,
            embedded=self.kafka_embedded,
            client_id=f"{self.service}-{self.instance}",
            instance=None if self.kafka_embedded else self.instance,
            session_timeout_ms=6_000 if self.kafka_embedded else 30_000,
        )

    @property
    def mongo(self) -> MongoSettings:
        return MongoSettings(uri=self.mongodb_uri, database=self.database, app_name=self.service)
