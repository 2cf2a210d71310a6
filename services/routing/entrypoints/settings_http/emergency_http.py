"""One call that puts a tenant's pools under an emergency, and one that lifts it."""

from typing import Annotated, ClassVar, Literal, Self

from fastapi import APIRouter, Response
from pydantic import Field

from services.routing.adapters.emergency_documents import emergency_document, read_emergency
from services.routing.application.settings.errors import SettingNotFound
from services.routing.application.settings.ports import Ports, Recorded
from services.routing.application.settings.put_setting import put_setting
from services.routing.application.settings.reading import find_setting
from services.routing.domain.declared_emergency import THE_EMERGENCY, DeclaredEmergency
from services.routing.entrypoints.settings_http.asking import Anyone, Asks
from services.routing.entrypoints.settings_http.setting_model import Id, Part
from services.routing.entrypoints.settings_http.way_models import OneWayOut
from switchyard.service.etags import etag

_Ids = Annotated[list[Id], Field(max_length=100)]
_UNTOLD = DeclaredEmergency(id=THE_EMERGENCY, name="Emergency")


class ExtraStaffModel(Part):
    """Agents of these sites, and those who serve one of these queues, help in every queue of their pool."""

    sites: _Ids = Field(default=[])
    queues: _Ids = Field(default=[])


class EmergencyModel(Part):
    """`pools` names those concerned and may give each its own way out; without it all are.

    `version` is read-only, as with every setting.
    """

    named: ClassVar[dict[str, str]] = {"id": THE_EMERGENCY, "name": "Emergency"}

    on: bool
    message: Annotated[str, Field(max_length=1_000)] = ""
    then: OneWayOut | None = None
    pools: Annotated[dict[Id, OneWayOut | None], Field(max_length=100)] | None = None
    waiting: Literal["stay", "leave"] = "stay"
    extra_staff: ExtraStaffModel = ExtraStaffModel()
    sites_closed: _Ids = Field(default=[])
    version: int | None = None

    def declared(self) -> DeclaredEmergency:
        return read_emergency(self.model_dump(exclude={"version"}) | self.named)

    @classmethod
    def shown(cls, found: Recorded[DeclaredEmergency]) -> Self:
        document = emergency_document(found.value)
        fields = {name: value for name, value in document.items() if name not in cls.named}
        return cls.model_validate(fields | {"pools": fields["pools"] or None, "version": found.revision})


def emergency_router(ports: Ports) -> APIRouter:
    router = APIRouter(prefix="/v1/emergency", tags=["emergency"])

    @router.get("", summary="Read whether an emergency holds", response_model=EmergencyModel)
    async def get(principal: Anyone, response: Response) -> EmergencyModel:
        try:
            found = await find_setting(ports.store, DeclaredEmergency, principal.tenant, THE_EMERGENCY)
        except SettingNotFound:
            found = Recorded(value=_UNTOLD, revision=0)
        return _shown(found, response)

    @router.put("", summary="Declare an emergency, or lift it", response_model=EmergencyModel)
    async def put(body: EmergencyModel, asked: Asks, response: Response) -> EmergencyModel:
        saved, _ = await put_setting(ports, asked, body.declared())
        return _shown(saved, response)

    return router


def _shown(found: Recorded[DeclaredEmergency], response: Response) -> EmergencyModel:
    response.headers["ETag"] = etag(found.revision)
    return EmergencyModel.shown(found)
