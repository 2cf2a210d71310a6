"""Transcripts from the gateway, over its internal HTTP."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx

from services.quality.adapters.telemetry import QualityMetrics
from services.quality.application.ports import TranscriptMissing, TranscriptUnavailable
from services.quality.domain.conversation import Line
from switchyard.eventing.clock import Clock
from switchyard.service.identity import HEADER, Principal, sign_internal
from switchyard.service.telemetry import inject_trace
from switchyard.service.times import from_text

#: A contact is scored in the background: better to wait for the gateway than to burden it again.
_TIMEOUT = httpx.Timeout(5.0)


class GatewayTranscripts:
    """`secret` signs the internal token, `clock` dates it."""

    def __init__(self, gateway_url: str, secret: str, clock: Clock, metrics: QualityMetrics) -> None:
        self._client = httpx.AsyncClient(base_url=gateway_url, timeout=_TIMEOUT, trust_env=False)
        self._secret = secret
        self._clock = clock
        self._metrics = metrics

    async def fetch(self, tenant: str, contact_id: str) -> Sequence[Line]:
        try:
            with self._metrics.transcript_seconds.time():
                return await self._fetch(tenant, contact_id)
        except TranscriptUnavailable:
            self._metrics.transcripts_unavailable.inc()
            raise

    async def close(self) -> None:
        await self._client.aclose()

    async def _fetch(self, tenant: str, contact_id: str) -> Sequence[Line]:
        path = f"/internal/contacts/{quote(contact_id, safe='')}/transcript"
        try:
            answer = await self._client.get(path, headers=inject_trace({HEADER: self._token(tenant)}))
        except httpx.HTTPError as error:
            raise TranscriptUnavailable(f"the gateway did not answer: {type(error).__name__}") from error
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise TranscriptMissing(f"the gateway knows no contact {contact_id}")
        if answer.status_code != httpx.codes.OK:
            raise TranscriptUnavailable(f"the gateway answered {answer.status_code}")
        try:
            return [_line(line) for line in answer.json()["lines"]]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise TranscriptUnavailable(f"the gateway's transcript is unreadable: {type(error).__name__}") from error

    def _token(self, tenant: str) -> str:
        principal = Principal(
            tenant=tenant, subject="quality", roles=frozenset({"service"}), credential_id="service:quality"
        )
        return sign_internal(principal, self._secret, self._clock())


def _line(line: Mapping[str, Any]) -> Line:
    at = from_text(line["at"])
    return Line(
        number=int(line["line"]),
        author=str(line["author"]),
        agent_id=line.get("agent") or "",
        text=line.get("text") or "",
        # Cut as acceptance is, so that a line of the same millisecond is not taken for an earlier one.
        at=at - timedelta(microseconds=at.microsecond % 1000),
        automatic=bool(line.get("automatic")),
    )
