"""Settings of quality."""

from typing import ClassVar

from switchyard.service.settings import ServiceSettings


class Settings(ServiceSettings):
    service: ClassVar[str] = "quality"

    http_port: int = 8083
