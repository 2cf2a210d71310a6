"""Settings of notify."""

from typing import ClassVar

from switchyard.service.settings import ServiceSettings


class Settings(ServiceSettings):
    service: ClassVar[str] = "notify"

    http_port: int = 8084
