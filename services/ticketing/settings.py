"""Settings of ticketing."""

from typing import ClassVar

from switchyard.service.settings import ServiceSettings


class Settings(ServiceSettings):
    service: ClassVar[str] = "ticketing"

    http_port: int = 8082
