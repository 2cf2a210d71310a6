"""Reading transcripts over HTTP, from a gateway of our own making."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry

from services.quality.adapters.telemetry import QualityMetrics
from services.quality.adapters.transcripts import GatewayTranscripts
from services.quality.application.ports import TranscriptMissing, TranscriptUnavailable
from switchyard.service.identity import HEADER, verify_internal

SECRET = "a secret of thirty-two characters!"
LINE = {
    "line": 3,
    "author": "agent",
    "agent": "agt_ann",
    "text": "Hello",
    "at": "2026-11-22T12:00:01.123456Z",
    "automatic": False,
}


def now() -> datetime:
    return datetime.now(UTC)


def reader(answer: httpx.Response | Exception, seen: list[httpx.Request] | None = None) -> GatewayTranscripts:
    def handle(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    transcripts = GatewayTranscripts("http://gateway", SECRET, now, QualityMetrics(CollectorRegistry()))
    transcripts._client = httpx.AsyncClient(base_url="http://gateway", transport=httpx.MockTransport(handle))
    return transcripts


async def test_lines_are_read_with_their_times_cut_to_the_millisecond() -> None:
    (line,) = await reader(httpx.Response(200, json={"lines": [LINE]})).fetch("acme", "cnt_1")
    assert (line.number, line.author, line.agent_id, line.text) == (3, "agent", "agt_ann", "Hello")
    assert line.at == datetime(2026, 11, 22, 12, 0, 1, 123000, tzinfo=UTC)


async def test_the_gateway_is_asked_in_the_tenants_name() -> None:
    seen: list[httpx.Request] = []
    await reader(httpx.Response(200, json={"lines": []}), seen).fetch("acme", "cnt_1")
    assert seen[0].url.path == "/internal/contacts/cnt_1/transcript"
    assert verify_internal(seen[0].headers[HEADER], SECRET, now()).tenant == "acme"


async def test_an_unknown_contact_is_told_from_a_gateway_that_is_away() -> None:
    with pytest.raises(TranscriptMissing):
        await reader(httpx.Response(404)).fetch("acme", "cnt_1")


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(503),
        httpx.Response(401),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"lines": [{"line": 1}]}),
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
    ],
)
async def test_anything_else_is_tried_again(answer: Any) -> None:
    with pytest.raises(TranscriptUnavailable):
        await reader(answer).fetch("acme", "cnt_1")
