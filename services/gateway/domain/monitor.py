"""A supervisor who follows a conversation: hears it, speaks to the agent alone, or speaks to both."""

from dataclasses import dataclass
from datetime import datetime

LISTEN, WHISPER, BARGE = "listen", "whisper", "barge"
MODES = (LISTEN, WHISPER, BARGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """`since` is when this supervisor began, whatever the mode was then."""

    supervisor_id: str
    mode: str
    since: datetime
