"""The lines of a contact that an agent holds, each once and in order, and whether the customer types."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

import structlog

from services.gateway.application.door.ports import Transcripts
from services.gateway.application.door.stream_frames import line_frame
from services.gateway.application.door.stream_session import StreamSession
from services.gateway.application.feed_items import FeedItem, LineAdded, LinesMissing, TypingChanged
from services.gateway.application.live_feed import LiveFeed
from services.gateway.domain.line import AGENT, Line
from switchyard.eventing.aggregates import StoreUnavailable

log = structlog.get_logger(__name__)

_AGAIN_SECONDS: Final = 1.0
_AT_ONCE: Final = 200


class ContactFollower:
    """Follows contacts for sessions; what a session has seen of one is a number."""

    def __init__(self, *, feed: LiveFeed[FeedItem], lines: Transcripts) -> None:
        self._feed = feed
        self._lines = lines

    def follow(self, session: StreamSession, contact_id: str) -> None:
        """Tell the session every line of the contact, from the first on."""
        session.follow(f"contact:{contact_id}", self._reading(session, contact_id))

    def _reading(self, session: StreamSession, contact_id: str) -> Callable[[], Coroutine[Any, Any, None]]:
        return lambda: self._read(session, contact_id)

    async def _read(self, session: StreamSession, contact_id: str) -> None:
        with self._feed.subscribe(session.tenant, f"contact:{contact_id}") as reader:
            seen = await self._catch_up(session, contact_id, 0)
            while True:
                item = await reader.next()
                if reader.lost:
                    reader.lost = 0
                    seen = await self._catch_up(session, contact_id, seen)
                seen = await self._tell(session, item, seen)

    async def _tell(self, session: StreamSession, item: FeedItem, seen: int) -> int:
        match item:
            case LineAdded(line=line) if line.number == seen + 1:
                _show(session, line)
                return line.number
            case LineAdded(line=line) if line.number > seen:
                return await self._catch_up(session, line.contact_id, seen)
            case LinesMissing(contact_id=contact_id, through_line=through) if through > seen:
                return await self._catch_up(session, contact_id, seen)
            case TypingChanged(author=author) if author != AGENT:
                session.add({"type": "typing", "contact": item.contact_id, "from": author, "typing": item.typing})
        return seen

    async def _catch_up(self, session: StreamSession, contact_id: str, seen: int) -> int:
        """Read the lines above `seen` from the store until there are no more, whatever it takes."""
        while True:
            try:
                lines = await self._lines.read(session.tenant, contact_id, after=seen, limit=_AT_ONCE)
            except StoreUnavailable as error:
                log.warning("lines not read for the stream", contact_id=contact_id, error=str(error))
                await asyncio.sleep(_AGAIN_SECONDS)
                continue
            for line in lines:
                _show(session, line)
                seen = line.number
            if len(lines) < _AT_ONCE:
                return seen


def _show(session: StreamSession, line: Line) -> None:
    frame = line_frame(line)
    if frame is not None:
        session.add(frame)
