"""One client of the stream: its numbered frames, kept a while so that a broken connection resumes without a gap."""

import asyncio
import json
import secrets
import time
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import structlog

from services.gateway.application.door.ports import JsonObject

log = structlog.get_logger(__name__)

#: Frames kept for a resume, and the most a socket may be behind: minutes of a busy agent, seconds of a whole floor.
MOST_FRAMES: Final = 2000
#: How long a session outlives its socket.
GRACE_SECONDS: Final = 60.0
_JANITOR_SECONDS: Final = 5.0


@dataclass(slots=True, kw_only=True, eq=False)
class StreamSession:
    """Frames are numbered from 1; `changed` wakes the one writer attached."""

    tenant: str
    subject: str
    credential_id: str
    oversees: bool
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    last: int = 0
    attachment: int = 0
    detached_at: float | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _frames: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_FRAMES))
    _readers: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def add(self, frame: JsonObject) -> None:
        """Number a frame and keep it for whoever is, or will be, connected."""
        self.last += 1
        body = json.dumps(frame, ensure_ascii=False, separators=(",", ":"))
        self._frames.append(f'{{"seq":{self.last},{body[1:]}')
        self.changed.set()

    def after(self, sequence: int) -> list[str] | None:
        """Return the frames numbered above `sequence`; None where some are gone, or it was never reached."""
        missing = self.last - sequence
        if missing < 0 or sequence < 0 or missing > len(self._frames):
            return None
        return list(self._frames)[len(self._frames) - missing :]

    def attach(self) -> int:
        """Take the session over for a new socket; the one before sees that its number is no longer current."""
        self.attachment += 1
        self.detached_at = None
        self.changed.set()
        return self.attachment

    def detach(self, attachment: int) -> None:
        if attachment == self.attachment:
            self.detached_at = time.monotonic()

    def follows(self, channel: str) -> bool:
        return channel in self._readers

    @property
    def channels(self) -> list[str]:
        return list(self._readers)

    def follow(self, channel: str, reading: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Read a channel of the live feed for this session until it ends or unfollows."""
        if channel not in self._readers:
            task = asyncio.create_task(reading(), name=f"stream {channel}")
            self._readers[channel] = task
            task.add_done_callback(partial(self._ended, channel))

    def unfollow(self, channel: str) -> None:
        task = self._readers.pop(channel, None)
        if task is not None and task is not asyncio.current_task():
            task.cancel()

    def _ended(self, channel: str, task: asyncio.Task[None]) -> None:
        """A reader that failed is reported and may be started again by subscribing again."""
        if self._readers.get(channel) is task:
            del self._readers[channel]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("stream reader failed", exc_info=error)
            self.add({"type": "error", "code": "subscription-failed", "detail": f"Subscribe to {channel} again."})

    def end(self) -> None:
        for channel in self.channels:
            self.unfollow(channel)


class StreamSessions:
    """The sessions of this replica, by token; tokens are unguessable and belong to whoever opened them."""

    def __init__(self) -> None:
        self._sessions: dict[str, StreamSession] = {}

    def __len__(self) -> int:
        return len(self._sessions)

    def add(self, session: StreamSession) -> None:
        self._sessions[session.token] = session

    def find(self, token: str, *, tenant: str, subject: str) -> StreamSession | None:
        session = self._sessions.get(token)
        if session is None or (session.tenant, session.subject) != (tenant, subject):
            return None
        return session

    def drop(self, session: StreamSession) -> None:
        self._sessions.pop(session.token, None)
        session.end()

    async def run(self, stop: asyncio.Event) -> None:
        """Forget the sessions whose sockets stay away, until told to stop; then all of them."""
        while not stop.is_set():
            self.expire(time.monotonic())
            try:
                await asyncio.wait_for(stop.wait(), _JANITOR_SECONDS)
            except TimeoutError:
                continue
        for session in list(self._sessions.values()):
            self.drop(session)

    def expire(self, now: float) -> None:
        """End the sessions whose sockets have been gone for too long."""
        for session in list(self._sessions.values()):
            if session.detached_at is not None and now - session.detached_at > GRACE_SECONDS:
                self.drop(session)
