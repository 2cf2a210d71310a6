"""GET /v1/commands/{id}: what became of a command that took longer than its request could wait."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.gateway.application.door.answers import Answer, Answered, Refused
from switchyard.service.identity import Principal, current_principal
from switchyard.service.problems import Problem

Known = Annotated[Principal, Depends(current_principal)]


class CommandBody(BaseModel):
    """`code` and `detail` say why a command was refused."""

    id: str
    state: Literal["pending", "done", "refused"]
    code: str | None = None
    detail: str | None = None


def commands_router(outcome: Callable[[str, str], Answer | None]) -> APIRouter:
    """Return the route; `outcome` is asked by tenant and command id."""
    router = APIRouter(prefix="/v1/commands", tags=["commands"])

    @router.get("/{command_id}")
    async def read_command(command_id: str, principal: Known) -> CommandBody:
        """Tell what became of a command answered with 202."""
        answer = outcome(principal.tenant, command_id)
        if answer is None:
            raise Problem(404, "command-unknown", "There is no such command, or it was long ago.")
        return _body(answer)

    return router


def _body(answer: Answer) -> CommandBody:
    match answer:
        case Answered():
            return CommandBody(id=answer.command_id, state="done")
        case Refused():
            return CommandBody(id=answer.command_id, state="refused", code=answer.code, detail=answer.detail)
        case _:
            return CommandBody(id=answer.command_id, state="pending")
