"""A file that came or goes with a line; its bytes are kept elsewhere."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """`id` is `att_` and 32 hex, derived from the content and the message, so that a repeat is stored once."""

    id: str
    name: str
    media_type: str
    size_bytes: int
