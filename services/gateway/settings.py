"""The gateway's settings."""

from typing import ClassVar

from pydantic import Field

from services.gateway.wiring.channels_settings import ChannelSettings
from services.gateway.wiring.door_settings import DoorSettings


class Settings(DoorSettings, ChannelSettings):
    service: ClassVar[str] = "gateway"

    http_port: int = Field(default=8080, ge=0, le=65535)
    #: Seconds that a chat's customer may be disconnected before they count as gone.
    chat_grace_seconds: float = Field(default=30.0, gt=0)
    #: Seconds that a chat's socket stays open after the end, for the wrap-up and the survey.
    chat_linger_seconds: float = Field(default=900.0, gt=0)
    #: Frames a second that a chat's customer may send in the long run, and at once.
    chat_frames_per_second: float = Field(default=5.0, gt=0)
    chat_frames_burst: int = Field(default=20, ge=1)
    chat_connections: int = Field(default=5_000, ge=1)
    #: The site key that the demo page uses; empty shows no demo page.
    demo_site_key: str = "site-harbour-bank"
