"""/v1/entry-points: addresses, numbers and site keys, and the flows they lead to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from services.gateway.application.configure_entry_point import ConfigureEntryPoint, EntryPointSettings, StaleVersion
from services.gateway.application.ports import EntryPointStore, Stored
from services.gateway.domain.entry_point import EntryPoint, Flow
from services.gateway.entrypoints.lists import page_of
from services.gateway.entrypoints.problems import as_problems
from switchyard.service.etags import IfMatch, etag, stale
from switchyard.service.identity import Principal, require
from switchyard.service.pages import Page, Paging
from switchyard.service.problems import FieldError, Problem
from switchyard.service.times import Timestamp

_WRITERS: Final = ("admin", "manager", "supervisor")
_READERS: Final = (*_WRITERS, "agent", "senior_agent", "team_leader", "qa", "planner", "partner")
Reader = Annotated[Principal, Depends(require(*_READERS))]
Writer = Annotated[Principal, Depends(require(*_WRITERS))]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EntryPointIn(_In):
    """`address` is a phone number, a mail address, or the site key of a chat."""

    id: Name | None = None
    channel: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
    address: Annotated[str, Field(pattern=r"^\S{1,320}$")]
    queue: Name
    greeting: Annotated[str, Field(max_length=2_000)] = ""
    name: Annotated[str, Field(max_length=200)] = ""


class EntryPointPatch(_In):
    address: Annotated[str, Field(pattern=r"^\S{1,320}$")] | None = None
    queue: Name | None = None
    greeting: Annotated[str, Field(max_length=2_000)] | None = None
    name: Annotated[str, Field(max_length=200)] | None = None


class FlowBody(BaseModel):
    version: int
    greeting: str
    queue: str
    made_at: Timestamp


class EntryPointBody(BaseModel):
    """`version` counts changes of the entry point, `flow.version` those of what it does."""

    id: str
    channel: str
    address: str
    name: str
    queue: str
    greeting: str
    flow: FlowBody
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPointDesk:
    """What the routes stand on."""

    store: EntryPointStore
    configure: ConfigureEntryPoint

    def router(self) -> APIRouter:
        """Return the routes of entry points."""
        router = APIRouter(prefix="/v1/entry-points", tags=["entry points"])
        one = "/{entry_point_id}"
        body = EntryPointBody
        router.add_api_route("", self.list_all, methods=["GET"], response_model=Page[body])  # type: ignore[valid-type]
        router.add_api_route("", self.post, methods=["POST"], status_code=201, response_model=body)
        router.add_api_route(one, self.get, methods=["GET"], response_model=body)
        router.add_api_route(one, self.put, methods=["PUT"], response_model=body)
        router.add_api_route(one, self.patch, methods=["PATCH"], response_model=body)
        router.add_api_route(one, self.delete, methods=["DELETE"], status_code=204)
        router.add_api_route(f"{one}/versions", self.versions, methods=["GET"], response_model=Page[FlowBody])
        return router

    async def list_all(
        self, principal: Reader, paging: Paging, channel: Annotated[str | None, Query(max_length=64)] = None
    ) -> Page[EntryPointBody]:
        """List entry points in use, by name."""
        filters: dict[str, object] = {"removed": False}
        if channel is not None:
            filters["channel"] = channel
        return await page_of(self.store, principal.tenant, filters, paging, sorts=("name",), body=_thing_body)

    async def post(self, principal: Writer, response: Response, body: EntryPointIn) -> EntryPointBody:
        """Make an entry point."""
        if body.id is None:
            detail = "Name the entry point."
            raise Problem(422, "invalid-request", detail, errors=(FieldError("/id", detail),))
        with _told():
            stored = await self.configure.make(principal.tenant, body.id, _settings(body))
        return _shown(stored, response)

    async def get(self, entry_point_id: str, principal: Reader, response: Response) -> EntryPointBody:
        """Show an entry point."""
        return _shown(await self._stored(principal.tenant, entry_point_id), response)

    async def put(
        self, entry_point_id: Name, principal: Writer, response: Response, body: EntryPointIn, version: IfMatch
    ) -> EntryPointBody:
        """Make or replace an entry point: 201 where it was made."""
        if body.id not in {None, entry_point_id}:
            detail = "The body names another entry point than the path."
            raise Problem(422, "id-mismatch", detail, errors=(FieldError("/id", detail),))
        with _told():
            stored, made = await self.configure.put(principal.tenant, entry_point_id, _settings(body), version=version)
        response.status_code = 201 if made else 200
        return _shown(stored, response)

    async def patch(
        self, entry_point_id: str, principal: Writer, response: Response, body: EntryPointPatch, version: IfMatch
    ) -> EntryPointBody:
        """Change what is named; a changed greeting or queue is the flow's next version."""
        before = (await self._stored(principal.tenant, entry_point_id)).thing
        settings = EntryPointSettings(
            channel=before.channel,
            address=body.address if body.address is not None else before.address,
            queue_id=body.queue if body.queue is not None else before.queue_id,
            greeting=body.greeting if body.greeting is not None else before.greeting,
            name=body.name if body.name is not None else before.name,
        )
        with _told():
            stored, _ = await self.configure.put(principal.tenant, entry_point_id, settings, version=version)
        return _shown(stored, response)

    async def delete(self, entry_point_id: str, principal: Writer, version: IfMatch) -> None:
        """Take an entry point out of use; its address is free again."""
        with _told():
            await self.configure.remove(principal.tenant, entry_point_id, version=version)

    async def versions(self, entry_point_id: str, principal: Reader) -> Page[FlowBody]:
        """List the versions of the flow, the newest first."""
        thing = (await self._stored(principal.tenant, entry_point_id)).thing
        return Page(items=[_flow_body(flow) for flow in (thing.flow, *reversed(thing.earlier))])

    async def _stored(self, tenant: str, entry_point_id: str) -> Stored[EntryPoint]:
        stored = await self.store.find(tenant, entry_point_id, fresh=True)
        if stored is None or stored.thing.removed:
            raise Problem(404, "entry-point-unknown", f"There is no entry point {entry_point_id}.")
        return stored


@contextmanager
def _told() -> Iterator[None]:
    with as_problems():
        try:
            yield
        except StaleVersion as error:
            raise stale(error.current) from error


def _settings(body: EntryPointIn) -> EntryPointSettings:
    return EntryPointSettings(
        channel=body.channel, address=body.address, queue_id=body.queue, greeting=body.greeting, name=body.name
    )


def _shown(stored: Stored[EntryPoint], response: Response) -> EntryPointBody:
    response.headers["ETag"] = etag(stored.version)
    return _thing_body(stored.thing, stored.version)


def _thing_body(thing: EntryPoint, version: int) -> EntryPointBody:
    return EntryPointBody(
        id=thing.id,
        channel=thing.channel,
        address=thing.address,
        name=thing.name,
        queue=thing.queue_id,
        greeting=thing.greeting,
        flow=_flow_body(thing.flow),
        version=version,
    )


def _flow_body(flow: Flow) -> FlowBody:
    return FlowBody(version=flow.version, greeting=flow.greeting, queue=flow.queue_id, made_at=flow.made_at)
