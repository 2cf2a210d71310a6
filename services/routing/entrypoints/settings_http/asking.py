"""Who may read settings, who may change them, and what a change is asked with."""

from typing import Annotated

from fastapi import Depends, Query, Request

from services.routing.application.settings.ports import Asked
from switchyard.service.etags import IfMatch
from switchyard.service.identity import Principal, current_principal, require

Anyone = Annotated[Principal, Depends(current_principal)]
Keeper = Annotated[Principal, Depends(require("admin", "manager", "supervisor"))]


AllowUnstaffed = Annotated[
    bool, Query(description="Save a queue though nobody has a skill yet that it requires, because somebody will.")
]


async def _asking(
    request: Request,
    principal: Keeper,
    expected: IfMatch,
    allow_unstaffed: AllowUnstaffed = False,
) -> Asked:
    """FastAPI dependency of every change."""
    return Asked(
        tenant=principal.tenant,
        cause=str(request.state.request_id),
        expected=expected,
        allows_unstaffed=allow_unstaffed,
    )


Asks = Annotated[Asked, Depends(_asking)]
