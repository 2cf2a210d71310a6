"""Plain GET, POST, PUT, PATCH and DELETE of one kind of setting."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from uuid_utils import uuid7

from services.routing.application.settings.listing import list_settings
from services.routing.application.settings.ports import Ports, Recorded
from services.routing.application.settings.put_setting import add_setting, put_setting
from services.routing.application.settings.reading import find_setting
from services.routing.application.settings.remove_setting import remove_setting
from services.routing.application.settings.warning import Warnings
from services.routing.domain.organisation import KINDS, Setting
from services.routing.entrypoints.settings_http.asking import Anyone, Asks
from services.routing.entrypoints.settings_http.calendar_models import CALENDAR_MODELS
from services.routing.entrypoints.settings_http.emergency_http import emergency_router
from services.routing.entrypoints.settings_http.floor_models import FLOOR_MODELS
from services.routing.entrypoints.settings_http.models import MODELS
from services.routing.entrypoints.settings_http.openings_http import openings_router
from services.routing.entrypoints.settings_http.setting_model import SettingModel
from switchyard.service.etags import etag
from switchyard.service.pages import Page, Paging, encode_cursor
from switchyard.service.problems import FieldError, Problem

SettingPath = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


#: A filter's name at the door and the stored field it compares, where they differ.
_FIELDS: Mapping[str, str] = {"queue": "queues"}
_PAGING = ("limit", "cursor")


def settings_routers(ports: Ports) -> list[APIRouter]:
    """One router for each kind of setting, one for the emergency, and one for what calendars come to."""
    plain = [_Routes(ports, model).router() for model in (*MODELS, *CALENDAR_MODELS, *FLOOR_MODELS)]
    return [*plain, emergency_router(ports), openings_router(ports)]


class _Routes:
    def __init__(self, ports: Ports, model: type[SettingModel]) -> None:
        self._ports = ports
        self._model = model
        self._name = KINDS[model.kind]
        self._word = self._name.removesuffix("s").replace("-", " ")

    def router(self) -> APIRouter:
        router = APIRouter(prefix=f"/v1/{self._name}", tags=[self._name])
        self._add_reads(router)
        self._add_puts(router)
        self._add_changes(router)
        return router

    def _add_reads(self, router: APIRouter) -> None:
        model = self._model

        @router.get("", summary=f"List {self._name}", response_model=Page[model])  # type: ignore[valid-type]
        async def list_(request: Request, principal: Anyone, paging: Paging) -> Page[Any]:
            where = _where(model, request)
            found = await list_settings(
                self._ports.store, model.kind, principal.tenant, where=where, limit=paging.limit + 1, after=paging.after
            )
            warnings = Warnings(self._ports, principal.tenant)
            items = [
                model.shown(each.value, each.revision, await warnings.of(each.value)) for each in found[: paging.limit]
            ]
            more = len(found) > paging.limit
            return Page(items=items, next=encode_cursor((found[paging.limit - 1].value.id,)) if more else None)

        @router.get("/{id}", summary=f"Read a {self._word}", response_model=model)
        async def get(id: str, principal: Anyone, response: Response) -> SettingModel:  # noqa: A002
            found = await find_setting(self._ports.store, model.kind, principal.tenant, id)
            return await self._shown(principal.tenant, found, response)

    def _add_puts(self, router: APIRouter) -> None:
        model = self._model

        @router.post("", status_code=201, summary=f"Add a {self._word}", response_model=model)
        async def post(body: model, asked: Asks, response: Response) -> SettingModel:  # type: ignore[valid-type]
            id_ = body.id or f"{model.prefix}_{uuid7().hex}"  # type: ignore[attr-defined]
            added = await add_setting(self._ports, asked, body.setting(id_))  # type: ignore[attr-defined]
            response.headers["Location"] = f"/v1/{self._name}/{id_}"
            return await self._shown(asked.tenant, added, response)

        @router.put("/{id}", summary=f"Make a {self._word} be so", response_model=model)
        async def put(id: SettingPath, body: model, asked: Asks, response: Response) -> SettingModel:  # type: ignore[valid-type]  # noqa: A002
            _same_id(id, body.id)  # type: ignore[attr-defined]
            wanted = body.setting(id)  # type: ignore[attr-defined]
            saved, new = await put_setting(self._ports, asked, wanted)
            response.status_code = 201 if new else 200
            return await self._shown(asked.tenant, saved, response)

    def _add_changes(self, router: APIRouter) -> None:
        model = self._model

        @router.patch("/{id}", summary=f"Change a {self._word}", response_model=model)
        async def patch(
            id: str,  # noqa: A002
            body: Annotated[dict[str, Any], Body()],
            asked: Asks,
            response: Response,
        ) -> SettingModel:
            found = await find_setting(self._ports.store, model.kind, asked.tenant, id)
            merged = model.shown(found.value, found.revision).model_dump() | body
            _same_id(id, merged["id"])
            # Decided on what was read: a change in between must not be lost, so its version is insisted on.
            insisted = found.revision if asked.expected is None else asked.expected
            wanted = _validated(model, merged).setting(id)
            saved, _ = await put_setting(self._ports, replace(asked, expected=insisted), wanted)
            return await self._shown(asked.tenant, saved, response)

        @router.delete("/{id}", status_code=204, summary=f"Remove a {self._word}")
        async def delete(id: str, asked: Asks) -> None:  # noqa: A002
            await remove_setting(self._ports, asked, model.kind, id)

    async def _shown(self, tenant: str, found: Recorded[Setting], response: Response) -> SettingModel:
        response.headers["ETag"] = etag(found.revision)
        warnings = await Warnings(self._ports, tenant).of(found.value)
        return self._model.shown(found.value, found.revision, warnings)


def _where(model: type[SettingModel], request: Request) -> dict[str, str]:
    """Give the stored fields that a list is filtered by. Raises Problem for a parameter that the list does not know."""
    asked = request.query_params
    if "sort" in asked:
        raise _not_known("sort-unknown", "sort", "This list is sorted by id, and by nothing else.")
    for name in asked:
        if name not in {*model.filters, *_PAGING}:
            raise _not_known("parameter-unknown", name, f"This list knows {', '.join((*model.filters, *_PAGING))}.")
    return {_FIELDS.get(name, name): asked[name] for name in model.filters if name in asked}


def _not_known(code: str, name: str, detail: str) -> Problem:
    return Problem(422, code, detail, errors=(FieldError(f"?{name}", detail),))


def _same_id(path: str, body: str | None) -> None:
    if body not in {None, path}:
        detail = "The id is the one in the path."
        raise Problem(422, "invalid-request", detail, errors=(FieldError("/id", detail),))


def _validated(model: type[SettingModel], merged: dict[str, Any]) -> SettingModel:
    """Raises RequestValidationError, which the frame answers as for any other body."""
    try:
        return model.model_validate(merged)
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors(include_url=False)]
        raise RequestValidationError(faults) from error
