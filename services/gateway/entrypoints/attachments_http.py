"""Download of files that came or went with a line: always as a file, never shown inside the page."""

from urllib.parse import quote

from fastapi import APIRouter, Depends, Response

from services.gateway.application.attachments import AttachmentContent, Attachments
from switchyard.service.identity import Principal, require
from switchyard.service.problems import Problem

_READERS = ("agent", "senior_agent", "team_leader", "supervisor", "qa", "manager", "admin")


def attachments_router(attachments: Attachments) -> APIRouter:
    router = APIRouter(tags=["attachments"])
    reader = Depends(require(*_READERS))

    @router.get("/v1/attachments/{attachment_id}", response_class=Response)
    async def download(attachment_id: str, principal: Principal = reader) -> Response:
        """The file's bytes, with its own name and type."""
        found = await attachments.fetch(principal.tenant, attachment_id)
        if found is None:
            raise Problem(404, "attachment-unknown", f"There is no attachment {attachment_id}.")
        return Response(found.content, media_type="application/octet-stream", headers=_headers(found))

    return router


def _headers(found: AttachmentContent) -> dict[str, str]:
    """A stranger's HTML or SVG must run nowhere: its real type is told beside, not as what the browser opens."""
    return {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.attachment.name, safe='')}",
        "X-Attachment-Media-Type": found.attachment.media_type,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, max-age=3600",
    }
