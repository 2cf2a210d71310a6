"""/v1/customers and /v1/service-requests: who the customers are, and what they have wanted so far."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from services.gateway.application.changing import change
from services.gateway.application.ports import Cause, Contacts, Customers, Exists, Stored
from services.gateway.domain.contact import Contact
from services.gateway.domain.customer import Customer, CustomerFact, address_key
from services.gateway.domain.identifiers import derived
from services.gateway.entrypoints.contact_bodies import ContactBody, CustomerBody, contact_body, customer_body
from services.gateway.entrypoints.lists import page_of
from switchyard.service.etags import IfMatch, etag, stale
from switchyard.service.identity import Principal, require
from switchyard.service.pages import Page, Paging
from switchyard.service.problems import FieldError, Problem
from switchyard.service.times import Timestamp

_WORKERS: Final = ("agent", "senior_agent", "team_leader", "supervisor", "manager", "admin")
Reader = Annotated[Principal, Depends(require(*_WORKERS, "qa", "planner", "partner"))]
Writer = Annotated[Principal, Depends(require(*_WORKERS, "partner"))]
_KINDS: Final = r"^(phone|email|chat|[a-z][a-z0-9_-]{0,31}):\S{1,320}$"
Address = Annotated[str, Field(pattern=_KINDS)]
Tag = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CustomerIn(_In):
    """Addresses are written with their kind: `phone:+8613800000000`, `email:li@example.cn`."""

    name: Annotated[str, Field(max_length=200)] = ""
    addresses: Annotated[list[Address], Field(min_length=1, max_length=20)]
    tags: Annotated[list[Tag], Field(max_length=50)] = []


class CustomerPatch(_In):
    name: Annotated[str, Field(max_length=200)] | None = None
    addresses: Annotated[list[Address], Field(min_length=1, max_length=20)] | None = None
    tags: Annotated[list[Tag], Field(max_length=50)] | None = None


class ServiceRequestBody(BaseModel):
    """What a customer wants, across the contacts about it; named after the first."""

    id: str
    customer: str
    subject: str
    opened_at: Timestamp
    contacts: list[ContactBody] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerDesk:
    """What the routes stand on."""

    customers: Customers
    contacts: Contacts
    clock: Callable[[], datetime]

    def router(self) -> APIRouter:
        """Return the routes of customers and service requests."""
        router = APIRouter(tags=["customers"])
        every, one = "/v1/customers", "/v1/customers/{customer_id}"
        router.add_api_route(every, self.list_customers, methods=["GET"], response_model=Page[CustomerBody])
        router.add_api_route(every, self.post, methods=["POST"], status_code=201, response_model=CustomerBody)
        router.add_api_route(one, self.get, methods=["GET"], response_model=CustomerBody)
        router.add_api_route(one, self.patch, methods=["PATCH"], response_model=CustomerBody)
        router.add_api_route(f"{one}/history", self.history, methods=["GET"], response_model=Page[ContactBody])
        requests = "/v1/service-requests"
        router.add_api_route(requests, self.list_requests, methods=["GET"], response_model=Page[ServiceRequestBody])
        router.add_api_route(
            f"{requests}/{{request_id}}", self.get_request, methods=["GET"], response_model=ServiceRequestBody
        )
        return router

    async def list_customers(
        self,
        principal: Reader,
        paging: Paging,
        address: Annotated[str | None, Query(max_length=400)] = None,
        tag: Annotated[str | None, Query(max_length=64)] = None,
    ) -> Page[CustomerBody]:
        """List customers, the newest first; `address` is written with its kind, or as a plain number or mail."""
        filters: dict[str, object] = {}
        if address is not None:
            filters["addresses"] = _key(address)
        if tag is not None:
            filters["tags"] = tag
        return await page_of(
            self.customers, principal.tenant, filters, paging, sorts=("created_at",), body=customer_body
        )

    async def post(self, principal: Writer, response: Response, body: CustomerIn) -> CustomerBody:
        """Make a customer; 409 where one of the addresses leads to another already."""
        keys = tuple(dict.fromkeys(_key(each) for each in body.addresses))
        await self._check_free(principal.tenant, keys, owner=None)
        customer = Customer(
            tenant=principal.tenant,
            id=derived("cus_", principal.tenant, keys[0]),
            name=body.name,
            addresses=keys,
            tags=tuple(dict.fromkeys(body.tags)),
            created_at=self.clock(),
        )
        try:
            stored = await self.customers.add(customer, (), Cause(id=customer.id, at=customer.created_at))
        except Exists as error:
            raise Problem(409, "customer-exists", "There is a customer of this address already.") from error
        response.headers["ETag"] = etag(stored.version)
        return customer_body(stored.thing, stored.version)

    async def get(self, customer_id: str, principal: Reader, response: Response) -> CustomerBody:
        """Show a customer."""
        stored = await self._stored(principal.tenant, customer_id)
        response.headers["ETag"] = etag(stored.version)
        return customer_body(stored.thing, stored.version)

    async def patch(
        self, customer_id: str, principal: Writer, response: Response, body: CustomerPatch, version: IfMatch
    ) -> CustomerBody:
        """Change what is named; the rest stays."""
        stored = await self._stored(principal.tenant, customer_id)
        if version is not None and version != stored.version:
            raise stale(stored.version)
        if body.addresses is not None:
            await self._check_free(principal.tenant, tuple(map(_key, body.addresses)), owner=customer_id)

        def decide(current: Customer) -> tuple[Customer, tuple[CustomerFact, ...]]:
            return _patched(current, body), ()

        cause = Cause(id=f"{customer_id}/patch", at=self.clock())
        await change(self.customers, principal.tenant, customer_id, decide, cause, missing="customer-unknown")
        return await self.get(customer_id, principal, response)

    async def history(self, customer_id: str, principal: Reader, paging: Paging) -> Page[ContactBody]:
        """List all contacts of a customer over every channel, the newest first."""
        await self._stored(principal.tenant, customer_id)
        filters = {"customer_id": customer_id}
        return await page_of(self.contacts, principal.tenant, filters, paging, sorts=("opened_at",), body=contact_body)

    async def list_requests(
        self, principal: Reader, paging: Paging, customer: Annotated[str | None, Query(max_length=128)] = None
    ) -> Page[ServiceRequestBody]:
        """List service requests, the newest first; each is told by the contact that began it."""
        filters: dict[str, object] = {"previous_contact_id": ""}
        if customer is not None:
            filters["customer_id"] = customer
        return await page_of(self.contacts, principal.tenant, filters, paging, sorts=("opened_at",), body=_request_body)

    async def get_request(self, request_id: str, principal: Reader) -> ServiceRequestBody:
        """Show a service request with its contacts, the oldest first."""
        filters = {"service_request_id": request_id}
        found = await self.contacts.page(principal.tenant, filters, sort=[("opened_at", 1)], limit=200)
        if not found:
            raise Problem(404, "service-request-unknown", f"There is no service request {request_id}.")
        body = _request_body(found[0].thing, found[0].version)
        return body.model_copy(update={"contacts": [contact_body(each.thing, each.version) for each in found]})

    async def _stored(self, tenant: str, customer_id: str) -> Stored[Customer]:
        stored = await self.customers.find(tenant, customer_id, fresh=True)
        if stored is None:
            raise Problem(404, "customer-unknown", f"There is no customer {customer_id}.")
        return stored

    async def _check_free(self, tenant: str, keys: tuple[str, ...], *, owner: str | None) -> None:
        for index, key in enumerate(keys):
            found = await self.customers.of_address(tenant, key)
            if found is not None and found.thing.id != owner:
                detail = f"{key} leads to another customer."
                raise Problem(409, "address-taken", detail, errors=(FieldError(f"/addresses/{index}", detail),))


def _patched(current: Customer, body: CustomerPatch) -> Customer:
    given = body.model_dump(exclude_unset=True, exclude_none=True)
    if "addresses" in given:
        given["addresses"] = tuple(dict.fromkeys(_key(each) for each in given["addresses"]))
    if "tags" in given:
        given["tags"] = tuple(dict.fromkeys(given["tags"]))
    return replace(current, **given)


def _key(address: str) -> str:
    """Name an address the way messages do: its kind, and mail in lower case."""
    kind, colon, plain = address.partition(":")
    if colon:
        return f"{kind}:{plain.lower() if kind == 'email' else plain}"
    return address_key("email" if "@" in address else "sms", address)


def _request_body(contact: Contact, _version: int) -> ServiceRequestBody:
    return ServiceRequestBody(
        id=contact.service_request_id,
        customer=contact.customer_id,
        subject=contact.subject,
        opened_at=contact.opened_at,
    )
