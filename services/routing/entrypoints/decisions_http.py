"""GET /v1/contacts/{id}/decisions: why each offer of a contact was made as it was, and how everybody else stood."""

from collections.abc import Awaitable, Callable, Sequence

import structlog
from fastapi import APIRouter, Response

from services.routing.application.explaining import NOT_MADE_AGAIN, NotExplained, as_recorded, decisions_of
from services.routing.application.ports import JournalEntry
from services.routing.entrypoints.decision_bodies import Decisions, decisions_body
from services.routing.entrypoints.overseers import Overseer
from switchyard.service.problems import Problem

log = structlog.get_logger(__name__)

EntriesOf = Callable[[str, str], Awaitable[Sequence[JournalEntry]]]
#: Gives the whole answer about a tenant's contact, None where nothing is known of it. Raises NotExplained.
Answer = Callable[[str, str], Awaitable[bytes | None]]


def decisions_router(answer_about: Answer, entries_of: EntriesOf) -> APIRouter:
    router = APIRouter(tags=["contacts"])

    @router.get(
        "/v1/contacts/{id}/decisions", summary="Why a contact was offered to whom it was", response_model=Decisions
    )
    async def decisions(
        id: str,  # noqa: A002 - the path's own name for it
        principal: Overseer,
    ) -> Response:
        try:
            answer = await answer_about(principal.tenant, id)
        except NotExplained as failed:
            log.warning("decisions-not-made-again", contact=id, error=str(failed))
            answer = _as_recorded(await entries_of(principal.tenant, id), id)
        if answer is None:
            raise Problem(404, "contact-unknown", f"Routing has decided nothing about contact {id}.")
        return Response(answer, media_type="application/json")

    return router


def _as_recorded(entries: Sequence[JournalEntry], contact_id: str) -> bytes | None:
    if not entries:
        return None
    told = [as_recorded(made, NOT_MADE_AGAIN) for made in decisions_of(entries, contact_id)]
    return decisions_body(told).model_dump_json().encode()
