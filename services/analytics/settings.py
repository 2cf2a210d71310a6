"""Settings of analytics."""

from typing import ClassVar

from switchyard.service.settings import ServiceSettings


class Settings(ServiceSettings):
    service: ClassVar[str] = "analytics"

    http_port: int = 8085
    #: Consumer group; every replica of one installation has the same.
    analytics_group: str = "analytics"
