"""Routes of scorecards."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from services.quality.application.ports import Ports
from services.quality.application.scorecards import (
    add_scorecard,
    find_scorecard,
    find_version,
    list_scorecards,
    put_scorecard,
)
from services.quality.domain.scorecard import Scorecard
from services.quality.entrypoints.scorecard_models import (
    ScorecardIn,
    ScorecardOut,
    ScorecardPut,
    scorecard_from,
    scorecard_out,
)
from switchyard.service.etags import IfMatch, etag
from switchyard.service.identity import Principal, current_principal, require
from switchyard.service.pages import Page
from switchyard.service.problems import FieldError, Problem

Reader = Annotated[Principal, Depends(current_principal)]
Keeper = Annotated[Principal, Depends(require("admin", "manager", "qa"))]
CardPath = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
#: More than any scorecard will see; larger numbers do not fit every integer of the store.
Version = Annotated[int, Path(ge=1, le=1_000_000_000)]


def scorecards_router(ports: Ports) -> APIRouter:
    """Return the routes below /v1/scorecards."""
    router = APIRouter(prefix="/v1/scorecards", tags=["scorecards"])
    _add_reads(router, ports)
    _add_writes(router, ports)
    return router


def _add_reads(router: APIRouter, ports: Ports) -> None:
    @router.get("", summary="List scorecards in their current versions, the built-in one first")
    async def list_(principal: Reader) -> Page[ScorecardOut]:
        found = await list_scorecards(ports.scorecards, principal.tenant)
        return Page(items=[scorecard_out(scorecard) for scorecard in found])

    @router.get("/{scorecard_id}", summary="Read a scorecard's current version")
    async def get(scorecard_id: str, principal: Reader, response: Response) -> ScorecardOut:
        found = await find_scorecard(ports.scorecards, principal.tenant, scorecard_id)
        return _shown(found.value, response)

    @router.get("/{scorecard_id}/versions/{version}", summary="Read a version, which never changes")
    async def get_version(scorecard_id: str, version: Version, principal: Reader) -> ScorecardOut:
        return scorecard_out(await find_version(ports.scorecards, principal.tenant, scorecard_id, version))


def _add_writes(router: APIRouter, ports: Ports) -> None:
    @router.post("", status_code=201, summary="Add a scorecard")
    async def post(body: ScorecardIn, principal: Keeper, response: Response) -> ScorecardOut:
        added = await add_scorecard(ports.scorecards, principal.tenant, scorecard_from(body.id, body))
        response.headers["Location"] = f"/v1/scorecards/{added.id}"
        return _shown(added, response)

    @router.put("/{scorecard_id}", summary="Make a scorecard be so: a change becomes its next version")
    async def put(
        scorecard_id: CardPath, body: ScorecardPut, principal: Keeper, response: Response, expected: IfMatch
    ) -> ScorecardOut:
        if body.id not in {None, scorecard_id}:
            detail = "The id is the one in the path."
            raise Problem(422, "invalid-request", detail, errors=(FieldError("/id", detail),))
        wanted = scorecard_from(scorecard_id, body)
        scorecard, new = await put_scorecard(ports.scorecards, principal.tenant, wanted, expected)
        response.status_code = 201 if new else 200
        return _shown(scorecard, response)


def _shown(scorecard: Scorecard, response: Response) -> ScorecardOut:
    response.headers["ETag"] = etag(scorecard.version)
    return scorecard_out(scorecard)
