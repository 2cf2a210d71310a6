"""The limits of a chat."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRules:
    """Seconds, bytes and counts.

    `grace` is how long a customer whose connection broke may take to come back before they count as gone. `linger` is
    how long a socket stays open after the end, for the wrap-up to pass and the survey to be answered. A customer may
    send `burst` frames at once and `rate` a second in the long run: nobody types faster.
    """

    grace: float = 30.0
    linger: float = 900.0
    start_within: float = 10.0
    most_frame_bytes: int = 16_384
    most_text: int = 4_000
    rate: float = 5.0
    burst: int = 20
    most_connections: int = 5_000


class Bucket:
    """A token bucket; time is given, in seconds of any steady clock."""

    def __init__(self, *, rate: float, burst: int, now: float) -> None:
        self._rate, self._burst = rate, burst
        self._tokens, self._at = float(burst), now

    def take(self, now: float) -> bool:
        """Take a token if there is one."""
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
