"""/v1/callbacks: customers who are called back, in the place they had or at a time they chose."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response

from services.gateway.application.door.answers import Answer, Answered, Pending, Refused
from services.gateway.application.door.commands import (
    CALLBACK_BEGUN,
    EndContact,
    ReportNotReached,
    RequestCallback,
    RescheduleCallback,
)
from services.gateway.application.door.ports import DEADLINE_SECONDS
from services.gateway.application.entry_points import Queues
from services.gateway.application.open_contact import NewContact, OpenContact
from services.gateway.application.ports import CallingHours, Contacts, Stored, WaitingRooms
from services.gateway.application.wish_callback import WishCallback
from services.gateway.domain import calling_back
from services.gateway.domain.callback import Callback, CallbackPlan
from services.gateway.domain.contact import TALKING, WAITING, Contact
from services.gateway.domain.identifiers import derived, enqueue_command
from services.gateway.entrypoints.acting import acting_for
from services.gateway.entrypoints.answers import or_problem, origin_of, pending
from services.gateway.entrypoints.ask_routing import AskRouting
from services.gateway.entrypoints.callback_bodies import CallbackBody, callback_body
from services.gateway.entrypoints.callback_inputs import (
    CallbackIn,
    NotReachedIn,
    PlanIn,
    callback_filters,
    checked,
    moved,
    plan_of,
    refused,
    to_be_called,
)
from services.gateway.entrypoints.idempotency import HEADER
from services.gateway.entrypoints.lists import page_of
from services.gateway.entrypoints.problems import as_problems
from switchyard.service.etags import IfMatch, etag, stale
from switchyard.service.identity import Principal, require
from switchyard.service.pages import Page, Paging
from switchyard.service.problems import Problem

_WORKERS: Final = ("agent", "senior_agent", "team_leader", "supervisor", "manager", "admin")
_READERS: Final = (*_WORKERS, "qa", "planner", "partner")
Worker = Annotated[Principal, Depends(require(*_WORKERS))]
Reader = Annotated[Principal, Depends(require(*_READERS))]
Arranger = Annotated[Principal, Depends(require(*_WORKERS, "partner"))]
#: Where a callback may still be put off or called off.
_OPEN: Final = frozenset({"scheduled", "waiting"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackDesk:
    """What the routes stand on."""

    contacts: Contacts
    queues: Queues
    open_contact: OpenContact
    ask: AskRouting
    wish: WishCallback
    rooms: WaitingRooms
    hours: CallingHours
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    patience_seconds: float = DEADLINE_SECONDS

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(prefix="/v1/callbacks", tags=["callbacks"])
        one, body = "/{callback_id}", CallbackBody
        router.add_api_route("", self.list_callbacks, methods=["GET"], response_model=Page[CallbackBody])
        router.add_api_route("", self.post, methods=["POST"], status_code=201, response_model=body)
        router.add_api_route(one, self.get, methods=["GET"], response_model=body)
        router.add_api_route(one, self.patch, methods=["PATCH"], response_model=body)
        router.add_api_route(one, self.delete, methods=["DELETE"], status_code=204)
        router.add_api_route(f"{one}/not-reached", self.not_reached, methods=["POST"], response_model=body)
        return router

    async def list_callbacks(
        self, principal: Reader, paging: Paging, filters: Annotated[dict[str, object], Depends(callback_filters)]
    ) -> Page[CallbackBody]:
        """List callbacks, those asked for last first."""
        sorts = ("opened_at",)
        return await page_of(self.contacts, principal.tenant, filters, paging, sorts=sorts, body=callback_body)

    async def post(
        self, request: Request, response: Response, principal: Arranger, body: CallbackIn
    ) -> CallbackBody | Response:
        """Have the customer of a waiting contact called back in their place, or arrange a call without one."""
        checked(body)
        plan = plan_of(body.at, body.not_after, self.clock())
        if body.contact is None:
            return await self._arrange(request, response, principal, body, plan)
        contact = await self._to_be_promised(principal.tenant, body.contact, body.address or "")
        command = RequestCallback(contact_id=contact.id, plan=plan)
        origin = origin_of(request, principal)
        answer = await self.wish(command, contact=contact, origin=origin, address=body.address or "")
        done = _decided(answer, "contact-not-waiting", "Nobody waits there any more.")
        if isinstance(done, Pending):
            return pending(done)
        # The contact itself may still wait for its customer's first words to be stored.
        named = next((each.contact_id for each in done.events), "")
        return await self._made(principal.tenant, named or await self._promised(principal.tenant, contact.id), response)

    async def get(self, callback_id: str, response: Response, principal: Reader) -> CallbackBody:
        """Show a callback as it stands; while it waits, with its place in the queue."""
        stored = await self._stored(principal.tenant, callback_id)
        callback, waiting = stored.thing, None
        if calling_back.state_of(callback) == "waiting":
            waiting = (await self.rooms.positions(principal.tenant, callback.entry.queue_id)).get(callback_id)
        response.headers["ETag"] = etag(stored.version)
        return callback_body(callback, stored.version, waiting=waiting)

    async def patch(
        self,
        *,
        callback_id: str,
        request: Request,
        response: Response,
        principal: Arranger,
        expected: IfMatch,
        body: PlanIn,
    ) -> CallbackBody | Response:
        """Put a callback off, or have it made sooner; what is not named stays, and null takes a time away."""
        contact = await self._still_open(principal.tenant, callback_id, expected)
        if not body.model_fields_set:
            return await self._shown(principal.tenant, callback_id, response)
        plan = moved(body, contact.callback or Callback(), self.clock())
        command = RescheduleCallback(contact_id=callback_id, plan=plan)
        answer = await self.wish(command, contact=contact, origin=origin_of(request, principal))
        done = _decided(answer, "callback-not-open", "It is over.")
        return (
            pending(done) if isinstance(done, Pending) else await self._shown(principal.tenant, callback_id, response)
        )

    async def delete(self, callback_id: str, request: Request, principal: Arranger, expected: IfMatch) -> Response:
        """Call a callback off: the customer is not called any more."""
        contact = await self._still_open(principal.tenant, callback_id, expected)
        command = EndContact(contact_id=callback_id, ended_by="system", agent_id="")
        done = await self.ask(request, principal, contact, command)
        return pending(done) if isinstance(done, Pending) else Response(status_code=204)

    async def not_reached(
        self, callback_id: str, request: Request, response: Response, principal: Worker, body: NotReachedIn
    ) -> CallbackBody | Response:
        """Say that the customer did not answer; the agent is free at once. An overseer says it for the holder."""
        contact = (await self._stored(principal.tenant, callback_id)).thing
        if contact.state != TALKING or contact.holder is None:
            raise Problem(409, "callback-not-connected", f"The callback is {calling_back.state_of(contact)}.")
        command = ReportNotReached(
            contact_id=callback_id,
            offer_id=contact.holder.offer_id,
            reason=body.reason,
            agent_id=acting_for(principal, contact),
        )
        done = await self.ask(request, principal, contact, command)
        return (
            pending(done) if isinstance(done, Pending) else await self._shown(principal.tenant, callback_id, response)
        )

    async def _arrange(
        self, request: Request, response: Response, principal: Principal, body: CallbackIn, plan: CallbackPlan
    ) -> CallbackBody:
        """Open the callback, and tell how it begins; the same Idempotency-Key opens the same one."""
        queue = body.queue or ""
        if not body.address:
            raise refused("address-missing", "Say under which number the customer is to be called.", "/address")
        pool = await self.queues.find_pool_of(principal.tenant, queue)
        if pool is None:
            raise refused("queue-unknown", f"There is no queue {queue}.", "/queue")
        now = self.clock()
        if plan.not_after and not await self.hours.are_between(
            principal.tenant, queue, plan.due_at or now, plan.not_after
        ):
            raise refused("never-in-hours", f"Queue {queue} calls nobody at that time.", "/not_after")
        key = request.headers.get(HEADER) or self.new_id()
        identity = derived("cnt_", principal.tenant, principal.credential_id, "callback", key)
        await self._begin(to_be_called(body, principal.tenant, identity, plan, now), pool)
        return await self._made(principal.tenant, identity, response)

    async def _begin(self, new: NewContact, pool: str) -> None:
        """Open a contact and wait a moment for what routing makes of it; one that is there has begun already."""
        before = await self.contacts.find(new.tenant, new.contact_id, fresh=True)
        command = enqueue_command(pool, new.tenant, new.contact_id, 1)
        async with self.ask.commands.expect(command, awaited=CALLBACK_BEGUN) as begun:
            with as_problems():
                await self.open_contact(new)
            if before is None:
                await begun.answer(deadline_seconds=self.patience_seconds)

    async def _to_be_promised(self, tenant: str, contact_id: str, address: str) -> Contact:
        stored = await self.contacts.find(tenant, contact_id, fresh=True)
        if stored is None:
            raise Problem(404, "contact-unknown", f"There is no contact {contact_id}.")
        contact = stored.thing
        if contact.callback is not None:
            raise Problem(409, "already-a-callback", f"{contact_id} is a callback itself; change its time.")
        if contact.state != WAITING:
            raise Problem(409, "contact-not-waiting", f"The contact is {contact.state}.")
        if not (address or contact.callback_address):
            raise refused("address-missing", "No number is known under which the customer can be called.", "/address")
        return contact

    async def _promised(self, tenant: str, contact_id: str) -> str:
        """Name the callback of a contact whose command was done before, so that no event answers it again."""
        for fresh in (False, True):
            stored = await self.contacts.find(tenant, contact_id, fresh=fresh)
            if stored is not None and stored.thing.called_back_by:
                return stored.thing.called_back_by
        raise Problem(409, "contact-not-waiting", "Another request has ended the contact's wait.")

    async def _still_open(self, tenant: str, callback_id: str, expected: int | None) -> Contact:
        stored = await self._stored(tenant, callback_id)
        if expected is not None and stored.version != expected:
            raise stale(stored.version)
        state = calling_back.state_of(stored.thing)
        if state not in _OPEN:
            raise Problem(409, "callback-not-open", f"The callback is {state}.")
        return stored.thing

    async def _stored(self, tenant: str, callback_id: str, *, fresh: bool = True) -> Stored[Contact]:
        stored = await self.contacts.find(tenant, callback_id, fresh=fresh)
        if stored is None or stored.thing.callback is None:
            raise Problem(404, "callback-unknown", f"There is no callback {callback_id}.")
        return stored

    async def _made(self, tenant: str, callback_id: str, response: Response) -> CallbackBody:
        response.headers["Location"] = f"/v1/callbacks/{callback_id}"
        return await self._shown(tenant, callback_id, response)

    async def _shown(self, tenant: str, callback_id: str, response: Response) -> CallbackBody:
        """Show what this replica has just written, or applied from the event that answered its command."""
        stored = await self._stored(tenant, callback_id, fresh=False)
        response.headers["ETag"] = etag(stored.version)
        return callback_body(stored.thing, stored.version)


def _decided(answer: Answer, over: str, detail: str) -> Answered | Pending:
    """Raises Problem where routing refused: the contact was there, so one that its pool no longer has is over."""
    if isinstance(answer, Refused) and answer.code == "contact-unknown":
        raise Problem(409, over, detail)
    return or_problem(answer)
