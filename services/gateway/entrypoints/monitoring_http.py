"""/v1/contacts/{id}/monitor: a supervisor listens, whispers to the agent, or barges in."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from services.gateway.application.messages import SendRefused, SendUnavailable
from services.gateway.application.monitor_contact import MonitorContact
from services.gateway.domain.contact import Contact
from services.gateway.domain.monitoring import monitor_of
from services.gateway.entrypoints.problems import as_problems
from switchyard.service.identity import Principal, require
from switchyard.service.problems import Problem
from switchyard.service.times import Timestamp

Supervisor = Annotated[Principal, Depends(require("team_leader", "supervisor", "admin"))]


class MonitorIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    mode: Literal["listen", "whisper", "barge"] = Field(
        description="listen: heard by nobody; whisper: by the agent alone; barge: by both. Text channels have listen."
    )


class MonitorBody(BaseModel):
    contact: str
    agent: str | None
    supervisor: str
    mode: str
    since: Timestamp


def monitoring_router(monitor: MonitorContact) -> APIRouter:
    """Return the routes of monitoring."""
    router = APIRouter(prefix="/v1/contacts/{contact_id}/monitor", tags=["contacts"])

    @router.post("")
    async def begin(contact_id: str, principal: Supervisor, body: MonitorIn) -> MonitorBody:
        """Follow a conversation; on a call the caller's own telephone, the browser client, rings and is brought in."""
        with _as_problems():
            contact = await monitor.begin(
                tenant=principal.tenant, contact_id=contact_id, supervisor_id=principal.subject, mode=body.mode
            )
        return _body(contact, principal.subject)

    @router.delete("", status_code=204)
    async def end(contact_id: str, principal: Supervisor) -> None:
        """Follow it no longer; caller and agent go on."""
        with _as_problems():
            await monitor.end(tenant=principal.tenant, contact_id=contact_id, supervisor_id=principal.subject)

    return router


@contextmanager
def _as_problems() -> Iterator[None]:
    try:
        with as_problems():
            yield
    except SendRefused as refused:
        raise Problem(409, refused.code, "The call cannot be followed as it is now.") from refused
    except SendUnavailable as error:
        detail = "The telephone provider does not answer; ask again."
        raise Problem(503, "provider-unavailable", detail, headers={"Retry-After": "2"}) from error


def _body(contact: Contact, supervisor_id: str) -> MonitorBody:
    found = monitor_of(contact, supervisor_id)
    if found is None:
        raise Problem(409, "contact-not-talking", "The conversation ended meanwhile.")
    return MonitorBody(
        contact=contact.id,
        agent=contact.holder.agent_id if contact.holder else None,
        supervisor=supervisor_id,
        mode=found.mode,
        since=found.since,
    )
