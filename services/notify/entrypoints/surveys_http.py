"""Routes of survey settings: whom a tenant asks, and how."""

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from services.notify.application.ports import Ports, Recorded
from services.notify.application.survey_settings import add_setting, find_setting, list_settings, put_setting
from services.notify.domain.survey_setting import ALL_QUEUES, SurveySetting, setting_id
from services.notify.entrypoints.requests import Id, Keeper, Language, Reader, Strict
from switchyard.service.etags import IfMatch, etag
from switchyard.service.pages import Page
from switchyard.service.problems import FieldError, Problem

_MONTH_SECONDS = 2_678_400


class SurveyBody(Strict):
    kind: Literal["csat"] = "csat"
    enabled: bool = Field(default=True, description="Whether customers are asked at all.")
    scale_max: int = Field(default=5, ge=2, le=9, description="Answers are 1 to this; one key of a telephone.")
    until_seconds: float = Field(default=86_400, ge=10, le=_MONTH_SECONDS, allow_inf_nan=False)
    languages: Annotated[list[Language], Field(min_length=1, max_length=5)] = Field(
        default=["en"], description="Asked in this order, in one message; a call takes the first."
    )


class SurveyIn(SurveyBody):
    queue: Id | None = Field(default=None, description="null for all queues that have no setting of their own.")


class SurveyPut(SurveyIn):
    id: str | None = Field(default=None, max_length=80, description="Where given, the id in the path.")


class SurveyPatch(Strict):
    enabled: bool | None = None
    scale_max: int | None = Field(default=None, ge=2, le=9)
    until_seconds: float | None = Field(default=None, ge=10, le=_MONTH_SECONDS, allow_inf_nan=False)
    languages: Annotated[list[Language], Field(min_length=1, max_length=5)] | None = None


class SurveyOut(SurveyIn):
    id: str
    version: int


def surveys_router(ports: Ports) -> APIRouter:
    """Return the routes below /v1/surveys."""
    router = APIRouter(prefix="/v1/surveys", tags=["surveys"])
    _add_reads(router, ports)
    _add_writes(router, ports)
    return router


def _add_reads(router: APIRouter, ports: Ports) -> None:
    @router.get("", summary="List survey settings, the one for all queues first")
    async def list_(principal: Reader) -> Page[SurveyOut]:
        found = await list_settings(ports.settings, principal.tenant)
        return Page(items=[_out(recorded) for recorded in found])

    @router.get("/{survey_id}", summary="Read a survey setting")
    async def get(survey_id: str, principal: Reader, response: Response) -> SurveyOut:
        return _shown(await find_setting(ports.settings, principal.tenant, survey_id), response)


def _add_writes(router: APIRouter, ports: Ports) -> None:
    @router.post("", status_code=201, summary="Set how a queue, or all, are surveyed")
    async def post(body: SurveyIn, principal: Keeper, response: Response) -> SurveyOut:
        added = await add_setting(ports.settings, principal.tenant, _setting(body.queue or "", body))
        response.headers["Location"] = f"/v1/surveys/{added.value.id}"
        return _shown(added, response)

    @router.put("/{survey_id}", summary="Make a survey setting be so")
    async def put(
        survey_id: str, body: SurveyPut, principal: Keeper, response: Response, expected: IfMatch
    ) -> SurveyOut:
        if survey_id != setting_id(body.queue or "") or body.id not in {None, survey_id}:
            detail = f"The path is {ALL_QUEUES!r} without a queue, else 'queue-' and the queue."
            raise Problem(422, "invalid-request", detail, errors=(FieldError("/queue", detail),))
        wanted = _setting(body.queue or "", body)
        recorded, new = await put_setting(ports.settings, principal.tenant, wanted, expected)
        response.status_code = 201 if new else 200
        return _shown(recorded, response)

    @router.patch("/{survey_id}", summary="Change a survey setting")
    async def patch(
        survey_id: str, body: SurveyPatch, principal: Keeper, response: Response, expected: IfMatch
    ) -> SurveyOut:
        current = await find_setting(ports.settings, principal.tenant, survey_id)
        merged = SurveyBody.model_validate(
            _out(current).model_dump(include=set(SurveyBody.model_fields)) | body.model_dump(exclude_none=True)
        )
        # Decided on what was read: a change in between must not be lost, so its version is insisted on.
        insisted = current.version if expected is None else expected
        wanted = _setting(current.value.queue_id, merged)
        recorded, _ = await put_setting(ports.settings, principal.tenant, wanted, insisted)
        return _shown(recorded, response)


def _setting(queue_id: str, body: SurveyBody) -> SurveySetting:
    return SurveySetting(
        queue_id=queue_id,
        kind=body.kind,
        enabled=body.enabled,
        scale_max=body.scale_max,
        until_seconds=body.until_seconds,
        languages=tuple(body.languages),
    )


def _out(recorded: Recorded[SurveySetting]) -> SurveyOut:
    setting = recorded.value
    return SurveyOut(
        id=setting.id,
        queue=setting.queue_id or None,
        kind="csat",
        enabled=setting.enabled,
        scale_max=setting.scale_max,
        until_seconds=setting.until_seconds,
        languages=list(setting.languages),
        version=recorded.version,
    )


def _shown(recorded: Recorded[SurveySetting], response: Response) -> SurveyOut:
    response.headers["ETag"] = etag(recorded.version)
    return _out(recorded)
