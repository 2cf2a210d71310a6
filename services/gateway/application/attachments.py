"""Where the bytes of files that come and go with lines are kept."""

from dataclasses import dataclass
from typing import Protocol

from services.gateway.domain.attachment import Attachment


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentContent:
    attachment: Attachment
    content: bytes


class Attachments(Protocol):
    async def keep(self, tenant: str, attachment: Attachment, content: bytes) -> None:
        """Store durably; the same id again changes nothing. Raises StoreUnavailable."""

    async def fetch(self, tenant: str, attachment_id: str) -> AttachmentContent | None:
        """Raises StoreUnavailable."""
