"""GET /v1/events: the tenant's public events as server-sent events, each with the cursor that follows it.

`after` and `Last-Event-ID` take the same cursor: a client that comes back with either goes on where it was. The
cursor says how far each partition was read, so it costs the door nothing to keep.
"""

import asyncio
import base64
import binascii
import json
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header, Query
from starlette.responses import StreamingResponse

from services.gateway.adapters.public_topics import EventTexts, PublicTopic
from switchyard.eventing.ports import BrokerUnavailable
from switchyard.kafka.log_reader import LogPosition, LogReader
from switchyard.kafka.settings import KafkaSettings
from switchyard.service.identity import Principal, require
from switchyard.service.problems import FieldError, Problem

#: `after` of a client that wants all that is still kept.
EARLIEST: Final = "earliest"
_POLL_SECONDS: Final = 1.0
#: Proxies close what is silent for 30 s or more.
_HEARTBEAT_SECONDS: Final = 15.0
_MOST_PER_TENANT: Final = 8
_MOST_CURSOR_CHARACTERS: Final = 4096

Reader = Annotated[Principal, Depends(require("partner", "admin"))]


@dataclass(slots=True, kw_only=True)
class EventStream:
    """Every connection is a reader of its own at the broker, so their number is bounded."""

    kafka: KafkaSettings
    topics: Mapping[str, PublicTopic]
    draining: asyncio.Event
    most_readers: int
    _open: Counter[str] = field(default_factory=Counter)

    @property
    def readers(self) -> int:
        return self._open.total()

    def router(self) -> APIRouter:
        router = APIRouter(tags=["events"])
        router.add_api_route(
            "/v1/events",
            self.read,
            methods=["GET"],
            response_class=StreamingResponse,
            responses={200: {"content": {"text/event-stream": {}}}},
        )
        return router

    async def read(
        self,
        principal: Reader,
        topic: Annotated[list[str], Query(min_length=1, max_length=20)],
        after: Annotated[str | None, Query(max_length=_MOST_CURSOR_CHARACTERS)] = None,
        last_event_id: Annotated[str | None, Header(max_length=_MOST_CURSOR_CHARACTERS)] = None,
    ) -> StreamingResponse:
        """Stream events from a cursor on, from now on without one, or from the `earliest` that is still kept."""
        names = sorted(set(topic))
        self._check_topics(names)
        cursor = last_event_id or after
        position = None if cursor in {None, EARLIEST} else _position(str(cursor), names)
        self._check_room(principal.tenant)
        self._open[principal.tenant] += 1
        try:
            reader = await LogReader.open(self.kafka, names, at=position, from_beginning=cursor == EARLIEST)
        except BaseException:
            self._open[principal.tenant] -= 1
            raise
        texts = EventTexts([self.topics[name] for name in names])
        frames = self._frames(reader, texts, principal.tenant)
        first = await anext(frames)  # begun, so that it cleans up even where the client is gone before the answer
        return StreamingResponse(
            _with_first(first, frames),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    async def _frames(self, reader: LogReader, texts: EventTexts, tenant: str) -> AsyncGenerator[str, None]:
        try:
            for gap in reader.gaps:
                lost = {"topic": gap.topic, "partition": gap.partition, "asked": gap.asked, "begins": gap.begins}
                yield f"event: gap\ndata: {json.dumps(lost)}\n\n"
            yield f"retry: 2000\nid: {_cursor(reader.position)}\n\n"
            async for frame in self._events(reader, texts, tenant):
                yield frame
        except BrokerUnavailable:
            return  # the client comes back with its cursor
        finally:
            self._open[tenant] -= 1
            await reader.close()

    async def _events(self, reader: LogReader, texts: EventTexts, tenant: str) -> AsyncIterator[str]:
        loop = asyncio.get_running_loop()
        told = loop.time()
        while not self.draining.is_set():
            for record in await reader.read(_POLL_SECONDS):
                reader.passed(record.place)
                event = texts.of(record, tenant)
                if event is not None:
                    told = loop.time()
                    text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
                    yield f"id: {_cursor(reader.position)}\ndata: {text}\n\n"
            if loop.time() - told >= _HEARTBEAT_SECONDS:
                told = loop.time()
                yield f": alive\nid: {_cursor(reader.position)}\n\n"

    def _check_topics(self, names: list[str]) -> None:
        for name in names:
            if name not in self.topics:
                known = ", ".join(sorted(self.topics))
                detail = f"{name} is no public topic; there are {known}."
                raise Problem(404, "topic-unknown", detail, errors=(FieldError("?topic", detail),))

    def _check_room(self, tenant: str) -> None:
        if self._open[tenant] >= _MOST_PER_TENANT:
            detail = f"At most {_MOST_PER_TENANT} event streams of a tenant at once."
            raise Problem(429, "too-many-streams", detail, headers={"Retry-After": "5"})
        if self.readers >= self.most_readers:
            detail = "Too many event streams are open here; try again, another replica may have room."
            raise Problem(503, "too-many-streams", detail, headers={"Retry-After": "5"})


async def _with_first(first: str, others: AsyncGenerator[str, None]) -> AsyncIterator[str]:
    async with aclosing(others):
        yield first
        async for frame in others:
            yield frame


def _cursor(position: LogPosition) -> str:
    text = json.dumps([position.cluster, position.offsets], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _position(cursor: str, topics: list[str]) -> LogPosition:
    """Raises Problem 400 for what is no cursor, or one of other topics."""
    try:
        cluster, offsets = json.loads(
            base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        )
        read = {str(topic): tuple(int(offset) for offset in each) for topic, each in offsets.items()}
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError):
        read = {}
        cluster = ""
    if sorted(read) != topics or any(offset < 0 for each in read.values() for offset in each):
        detail = "The cursor is not one that this stream gave for these topics."
        raise Problem(400, "invalid-cursor", detail, errors=(FieldError("?after", detail),))
    return LogPosition(cluster=str(cluster), offsets=read)
