"""Limits under which one mail is read, and the cheap look at its bytes that spares the parser the worst."""

import re
from dataclasses import dataclass

from services.gateway.domain.mail import MailRefused

_BOUNDARY = re.compile(rb"boundary\s*=\s*(?:\"([^\"\r\n]{1,200})\"|([^\s;\"]{1,200}))", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailLimits:
    """CPU time, not wall time, is what a mail may cost: a busy machine refuses no good mail."""

    bytes: int = 10 * 1024 * 1024
    parts: int = 500
    depth: int = 30
    cpu_seconds: float = 0.5
    #: Wall time after which the child is taken for stuck; the sender is asked to come again.
    wall_seconds: float = 10.0
    memory_bytes: int = 256 * 1024 * 1024
    #: Longer bodies are cut here and kept whole as an attachment.
    text_characters: int = 100_000
    html_characters: int = 500_000


def refuse_bombs(raw: bytes, limits: MailLimits) -> None:
    """Count boundaries without parsing: the standard parser takes 11 s for 878 KiB of empty parts.

    Raises MailRefused.
    """
    if len(raw) > limits.bytes:
        raise MailRefused("mail-too-large", f"A mail may have {limits.bytes} bytes.")
    boundaries = {first or second for first, second in _BOUNDARY.findall(raw)}
    if len(boundaries) > 4 * limits.depth:
        raise MailRefused("mail-too-deep", "The mail declares too many nested parts.")
    parts = sum(_lines_of(raw, boundary) for boundary in boundaries)
    if parts > 2 * limits.parts:
        raise MailRefused("mail-too-many-parts", f"A mail may have {limits.parts} parts.")


def _lines_of(raw: bytes, boundary: bytes) -> int:
    return raw.count(b"\n--" + boundary)
