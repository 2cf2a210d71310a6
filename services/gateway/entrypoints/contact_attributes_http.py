"""PATCH of a contact: the facts by which routing's expressions tell contacts apart."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Response

from services.gateway.application.changing import change
from services.gateway.application.ports import Cause, Conflict, Contacts, Stored
from services.gateway.domain.contact import Change, Contact
from services.gateway.domain.contact_attributes import changed
from services.gateway.entrypoints.contact_bodies import ContactBody, contact_body
from services.gateway.entrypoints.contact_inputs import ContactPatch
from services.gateway.entrypoints.problems import as_problems
from switchyard.service.etags import IfMatch, etag, stale
from switchyard.service.identity import Principal, require
from switchyard.service.problems import Problem

_WRITERS: Final = ("agent", "senior_agent", "team_leader", "supervisor", "manager", "admin", "partner")
Writer = Annotated[Principal, Depends(require(*_WRITERS))]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAttributesDesk:
    """What the route stands on."""

    contacts: Contacts
    clock: Callable[[], datetime]

    def router(self) -> APIRouter:
        """Return the route."""
        router = APIRouter(prefix="/v1/contacts", tags=["contacts"])
        router.add_api_route("/{contact_id}", self.patch, methods=["PATCH"], response_model=ContactBody)
        return router

    async def patch(
        self, contact_id: str, principal: Writer, expected: IfMatch, response: Response, body: ContactPatch
    ) -> ContactBody:
        """Change a contact's attributes; those not named stay, null takes one away."""

        def decide(current: Contact) -> Change:
            return changed(current, body.attributes)

        cause = Cause(id=f"{contact_id}/attributes", at=self.clock())
        with as_problems():
            if expected is None:
                await change(self.contacts, principal.tenant, contact_id, decide, cause, missing="contact-unknown")
            else:
                await self._change_this(principal.tenant, contact_id, expected, decide, cause)
        stored = await self._stored(principal.tenant, contact_id)
        response.headers["ETag"] = etag(stored.version)
        return contact_body(stored.thing, stored.version)

    async def _change_this(
        self, tenant: str, contact_id: str, expected: int, decide: Callable[[Contact], Change], cause: Cause
    ) -> None:
        stored = await self._stored(tenant, contact_id, fresh=True)
        if stored.version != expected:
            raise stale(stored.version)
        after, facts = decide(stored.thing)
        try:
            if after != stored.thing:
                await self.contacts.change(stored, after, facts, cause)
        except Conflict as error:
            raise stale((await self._stored(tenant, contact_id, fresh=True)).version) from error

    async def _stored(self, tenant: str, contact_id: str, *, fresh: bool = False) -> Stored[Contact]:
        stored = await self.contacts.find(tenant, contact_id, fresh=fresh)
        if stored is None:
            raise Problem(404, "contact-unknown", f"There is no contact {contact_id}.")
        return stored
