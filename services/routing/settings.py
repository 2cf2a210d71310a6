"""Routing's settings from the environment."""

from typing import ClassVar

from switchyard.service.settings import ServiceSettings


class Settings(ServiceSettings):
    service: ClassVar[str] = "routing"

    http_port: int = 8081
    #: Where other replicas ask this one; derived from host and port where empty.
    address: str = ""
    #: For failure tests: die at a point of the loop, such as after-journal:17.
    crash_at: str = ""
    #: Journal entries keep what they say for so long; later only their numbers stay.
    journal_days: float = 7.0

    @property
    def own_address(self) -> str:
        return self.address or f"http://{self.http_host}:{self.http_port}"
