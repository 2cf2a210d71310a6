"""What every route reads from its request: who asks, on which version, and what makes a repeat the same request."""

import hashlib
from dataclasses import dataclass
from typing import Annotated
from uuid import uuid4

from fastapi import Depends, Header, Request

from switchyard.service.etags import IfMatch
from switchyard.service.identity import Principal, current_principal, require

Anyone = Annotated[Principal, Depends(current_principal)]
Keeper = Annotated[Principal, Depends(require("admin", "manager", "supervisor"))]
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=255)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """`request_id` names the cause of a change that no event caused; `expected` is the version insisted on."""

    principal: Principal
    request_id: str
    expected: int | None
    idempotency_key: str | None

    @property
    def tenant(self) -> str:
        return self.principal.tenant

    def derived_id(self, prefix: str, scope: str) -> str:
        """Make the id of a new thing: the same for the same credential, scope and key, fresh without a key."""
        if self.idempotency_key is None:
            return f"{prefix}_{uuid4().hex}"
        cause = f"{self.tenant}\n{self.principal.credential_id}\n{scope}\n{self.idempotency_key}"
        return f"{prefix}_{hashlib.sha256(cause.encode()).hexdigest()[:32]}"


async def asking(principal: Anyone, request: Request, expected: IfMatch, idempotency_key: Key = None) -> Asking:
    """FastAPI dependency of every change."""
    return Asking(
        principal=principal,
        request_id=str(request.state.request_id),
        expected=expected,
        idempotency_key=idempotency_key,
    )


Asked = Annotated[Asking, Depends(asking)]
