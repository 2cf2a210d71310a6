"""What the channels of mail, SMS and voice are told by their environment."""

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from switchyard.service.settings import ServiceSettings


class ChannelSettings(ServiceSettings):
    """The gateway's settings inherit these."""

    #: Where providers reach us, as they see it: part of every webhook's signature. Empty: the HTTP door itself.
    public_url: str = ""
    smtp_host: str = "127.0.0.1"
    #: Port for mail that comes in; 0 for none.
    smtp_port: int = Field(default=2525, ge=0, le=65535)
    lmtp_port: int = Field(default=0, ge=0, le=65535)
    #: Largest mail in bytes.
    smtp_message_limit: int = Field(default=10 * 1024 * 1024, gt=0)
    mail_domain: str = Field(default="switchyard.localhost", min_length=1)
    #: Processes that read mails; each takes some 25 MiB once it was needed.
    mail_readers: int = Field(default=2, ge=1, le=32)
    smarthost_host: str = "127.0.0.1"
    smarthost_port: int = Field(default=2526, ge=1, le=65535)
    smarthost_username: str = ""
    smarthost_password: SecretStr = SecretStr("")
    smarthost_tls: Literal["none", "starttls", "implicit"] = "none"
    #: How long a caller is kept for the satisfaction question after the talk; 0 hangs up and asks by SMS.
    voice_survey_seconds: int = Field(default=10, ge=0, le=60)
    #: How long the telephone of a customer rings who is called back.
    voice_ring_seconds: int = Field(default=25, ge=5, le=60)

    @property
    def base_url(self) -> str:
        """The public URL without a slash at its end."""
        return (self.public_url or f"http://{self.http_host}:{self.http_port}").rstrip("/")

    @property
    def is_trial(self) -> bool:
        """Whether this installation is reached only from its own machine, as `make run` is."""
        return urlsplit(self.base_url).hostname in {"127.0.0.1", "localhost", "::1"}
