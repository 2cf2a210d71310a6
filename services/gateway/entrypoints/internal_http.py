"""/internal: what other services ask of the gateway with the internal token; never reached from outside."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.gateway.application.ports import Contacts, Lines
from services.gateway.domain.contact import CLOSED
from services.gateway.entrypoints.contact_bodies import said
from switchyard.service.identity import Principal, current_principal
from switchyard.service.problems import Problem
from switchyard.service.times import Timestamp

#: A transcript longer than this is cut: scoring reads words, not novels.
MOST_LINES = 10_000


class TranscriptLine(BaseModel):
    line: int
    author: str
    agent: str | None
    at: Timestamp
    text: str
    automatic: bool


class Transcript(BaseModel):
    """`complete` is False where the contact goes on, or has more lines than are shown."""

    contact: str
    channel: str
    opened_at: Timestamp
    answered_at: Timestamp | None
    ended_at: Timestamp | None
    complete: bool
    lines: list[TranscriptLine]


def internal_router(contacts: Contacts, lines: Lines) -> APIRouter:
    """Return the internal routes of contacts."""
    router = APIRouter(prefix="/internal/contacts", include_in_schema=False)

    @router.get("/{contact_id}/transcript")
    async def transcript(contact_id: str, principal: Annotated[Principal, Depends(current_principal)]) -> Transcript:
        stored = await contacts.find(principal.tenant, contact_id)
        if stored is None or stored.thing.state != CLOSED:
            # Final is final; anything else may have changed at another replica.
            stored = await contacts.find(principal.tenant, contact_id, fresh=True)
        if stored is None:
            raise Problem(404, "contact-unknown", f"There is no contact {contact_id}.")
        found = await lines.read(principal.tenant, contact_id, limit=MOST_LINES)
        contact = stored.thing
        return Transcript(
            contact=contact.id,
            channel=contact.channel,
            opened_at=contact.opened_at,
            answered_at=contact.answered_at,
            ended_at=contact.ended_at,
            complete=len(said(found)) < len(found),
            lines=[
                TranscriptLine(
                    line=line.number,
                    author=line.author,
                    agent=line.agent_id or None,
                    at=line.at,
                    text=line.text,
                    automatic=line.automatic,
                )
                for line in said(found)
            ],
        )

    return router
