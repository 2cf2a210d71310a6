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
    #: Journal entries stand as they were written for so long; then they are packed, and read as before.
    journal_days: float = 7.0
    #: Journal entries keep what they say for so long, for decisions and replays; later only their numbers stay.
    archive_days: float = 90.0

    @property
    def own_address(self) -> str:
        return self.address or f"http://{self.http_host}:{self.http_port}"
