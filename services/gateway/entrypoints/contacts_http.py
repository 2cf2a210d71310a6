"""/v1/contacts: opening and reading contacts, and an agent's work on them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response

from services.gateway.application.append_line import AppendLine
from services.gateway.application.attachments import Attachments
from services.gateway.application.door.answers import Pending
from services.gateway.application.door.commands import EndContact, RoutingCommand, TransferContact
from services.gateway.application.entry_points import Queues
from services.gateway.application.open_contact import NewContact, OpenContact
from services.gateway.application.ports import Contacts, Exists, Lines
from services.gateway.application.reply import Reply, SendReply
from services.gateway.domain.attachment import Attachment
from services.gateway.domain.contact import Contact
from services.gateway.domain.contact_attributes import attributes_of
from services.gateway.domain.identifiers import derived
from services.gateway.domain.line import CLOSING, CUSTOMER, NewLine
from services.gateway.entrypoints.acting import acting_for, may_oversee
from services.gateway.entrypoints.answers import pending
from services.gateway.entrypoints.ask_routing import AskRouting, contact_at_work, still_going
from services.gateway.entrypoints.contact_bodies import ContactBody, LineBody, contact_body, line_body, said
from services.gateway.entrypoints.contact_inputs import (
    ContactIn,
    MessageIn,
    TransferIn,
    contact_filters,
    skills_of,
)
from services.gateway.entrypoints.contact_views import contact_shown, stored_contact
from services.gateway.entrypoints.idempotency import HEADER
from services.gateway.entrypoints.lists import page_of
from services.gateway.entrypoints.problems import as_problems
from switchyard.service.identity import Principal, require
from switchyard.service.pages import Page, Paging, encode_cursor
from switchyard.service.problems import FieldError, Problem

_WORKERS: Final = ("agent", "senior_agent", "team_leader", "supervisor", "manager", "admin")
_READERS: Final = (*_WORKERS, "qa", "planner", "knowledge_editor", "partner")
_OPENERS: Final = (*_WORKERS, "partner")
Worker = Annotated[Principal, Depends(require(*_WORKERS))]
Reader = Annotated[Principal, Depends(require(*_READERS))]
Opener = Annotated[Principal, Depends(require(*_OPENERS))]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDesk:
    """What the routes stand on."""

    contacts: Contacts
    lines: Lines
    queues: Queues
    open_contact: OpenContact
    append: AppendLine
    reply: SendReply
    ask: AskRouting
    attachments: Attachments
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    def router(self) -> APIRouter:
        """Return the routes of contacts."""
        router = APIRouter(prefix="/v1/contacts", tags=["contacts"])
        router.add_api_route("", self.list_contacts, methods=["GET"], response_model=Page[ContactBody])
        router.add_api_route("", self.post_contact, methods=["POST"], status_code=201, response_model=ContactBody)
        one = "/{contact_id}"
        router.add_api_route(one, self.get_contact, methods=["GET"], response_model=ContactBody)
        router.add_api_route(f"{one}/messages", self.list_lines, methods=["GET"], response_model=Page[LineBody])
        router.add_api_route(
            f"{one}/messages", self.post_line, methods=["POST"], status_code=201, response_model=LineBody
        )
        for verb, route in (("transfer", self.transfer), ("end", self.end)):
            router.add_api_route(f"{one}/{verb}", route, methods=["POST"], response_model=ContactBody)
        return router

    async def list_contacts(
        self,
        principal: Reader,
        paging: Paging,
        filters: Annotated[dict[str, object], Depends(contact_filters)],
    ) -> Page[ContactBody]:
        """List contacts, the newest first."""
        return await page_of(self.contacts, principal.tenant, filters, paging, sorts=("opened_at",), body=contact_body)

    async def post_contact(self, request: Request, principal: Opener, body: ContactIn) -> ContactBody:
        """Open a contact on a channel of one's own; the same Idempotency-Key opens the same one."""
        key = request.headers.get(HEADER)
        identity = derived("cnt_", principal.tenant, principal.credential_id, key or self.new_id())
        if body.queue is not None and await self.queues.find_pool_of(principal.tenant, body.queue) is None:
            raise _queue_unknown(body.queue)
        new = NewContact(
            tenant=principal.tenant,
            contact_id=identity,
            channel=body.channel,
            customer_address=body.customer.address,
            customer_name=body.customer.name,
            entry_address=body.entry_point or "",
            queue_id=body.queue or "",
            subject=body.subject,
            client_id=identity,
            attributes=attributes_of(body.attributes),
            priority=body.priority,
            required_skills=skills_of(body),
            at=self.clock(),
        )
        with as_problems():
            contact = await self._opened(new)
            if body.text.strip():
                await self.append(_first_line(contact, body.text))
        return await contact_shown(self.contacts, principal.tenant, contact.id)

    async def get_contact(self, contact_id: str, principal: Reader) -> ContactBody:
        """Show a contact as it is, with its customer and the number of its lines."""
        stored = await stored_contact(self.contacts, principal.tenant, contact_id)
        lines = said(await self.lines.read(principal.tenant, contact_id, limit=10_000))
        return contact_body(stored.thing, stored.version, lines=len(lines))

    async def list_lines(self, contact_id: str, principal: Reader, paging: Paging) -> Page[LineBody]:
        """List what was said, in its order."""
        await stored_contact(self.contacts, principal.tenant, contact_id)
        after = _line_after(paging.after)
        found = await self.lines.read(principal.tenant, contact_id, after=after, limit=paging.limit + 1)
        shown = said(found[: paging.limit])
        more = len(found) > paging.limit and found[paging.limit].kind != CLOSING
        return Page(
            items=[line_body(line) for line in shown], next=encode_cursor((shown[-1].number,)) if more else None
        )

    async def post_line(
        self, contact_id: str, request: Request, response: Response, principal: Worker, body: MessageIn
    ) -> LineBody:
        """Say something to the customer; 200 where the same line was said before."""
        reply = Reply(
            tenant=principal.tenant,
            contact_id=contact_id,
            agent_id=principal.subject,
            client_id=body.client_id or request.headers.get(HEADER) or self.new_id(),
            text=body.text,
            attachments=await self._attachments(principal.tenant, body.attachments),
            may_oversee=may_oversee(principal),
            at=self.clock(),
        )
        with as_problems():
            appended = await self.reply(reply)
        if appended.duplicate:
            response.status_code = 200
        return line_body(appended.line)

    async def transfer(
        self, contact_id: str, request: Request, principal: Worker, body: TransferIn
    ) -> ContactBody | Response:
        """Pass the contact on to another queue, of this pool or another."""
        contact = still_going(await contact_at_work(self.contacts, principal, contact_id))
        pool = await self.queues.find_pool_of(principal.tenant, body.queue)
        if pool is None:
            raise _queue_unknown(body.queue)
        command = TransferContact(
            contact_id=contact_id,
            agent_id=acting_for(principal, contact),
            to_queue=body.queue,
            to_pool=pool,
        )
        return await self._command(request, principal, contact, command)

    async def end(self, contact_id: str, request: Request, principal: Worker) -> ContactBody | Response:
        """End the conversation; the wrap-up begins."""
        contact = await contact_at_work(self.contacts, principal, contact_id)
        agent_id = acting_for(principal, contact)
        command = EndContact(contact_id=contact_id, ended_by="agent" if agent_id else "system", agent_id=agent_id)
        return await self._command(request, principal, contact, command)

    async def _command(
        self, request: Request, principal: Principal, contact: Contact, command: RoutingCommand
    ) -> ContactBody | Response:
        done = await self.ask(request, principal, contact, command)
        return (
            pending(done)
            if isinstance(done, Pending)
            else await contact_shown(self.contacts, principal.tenant, contact.id)
        )

    async def _opened(self, new: NewContact) -> Contact:
        try:
            return await self.open_contact(new)
        except Exists as error:
            detail = "The customer has an open contact at this address already."
            raise Problem(409, "contact-open", detail) from error

    async def _attachments(self, tenant: str, ids: list[str]) -> tuple[Attachment, ...]:
        found: list[Attachment] = []
        for index, each in enumerate(ids):
            content = await self.attachments.fetch(tenant, each)
            if content is None:
                detail = f"There is no attachment {each}."
                raise Problem(422, "attachment-unknown", detail, errors=(FieldError(f"/attachments/{index}", detail),))
            found.append(content.attachment)
        return tuple(found)


def _first_line(contact: Contact, text: str) -> NewLine:
    return NewLine(
        tenant=contact.tenant,
        contact_id=contact.id,
        channel=contact.channel,
        author=CUSTOMER,
        client_id="first",
        text=text,
        at=contact.opened_at,
    )


def _line_after(cursor: tuple[Any, ...] | None) -> int:
    if cursor is None:
        return 0
    if len(cursor) != 1 or not isinstance(cursor[0], int) or isinstance(cursor[0], bool):
        raise Problem(400, "invalid-cursor", "The cursor is not one that this list gave.")
    return cursor[0]


def _queue_unknown(queue_id: str) -> Problem:
    detail = f"There is no queue {queue_id}."
    return Problem(422, "queue-unknown", detail, errors=(FieldError("/queue", detail),))
