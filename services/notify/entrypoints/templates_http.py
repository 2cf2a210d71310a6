"""Routes of templates."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field, StringConstraints

from services.notify.application.ports import Ports
from services.notify.application.templates import (
    add_template,
    find_template,
    find_version,
    list_templates,
    preview,
    put_template,
)
from services.notify.domain.template import Rendered, Template
from services.notify.entrypoints.requests import Channel, Id, Keeper, Language, Reader, Strict, check_id
from switchyard.service.etags import IfMatch, etag
from switchyard.service.pages import Page

#: Rendering time grows with the source; see the renderer's bounds.
Source = Annotated[str, StringConstraints(max_length=5_000)]
Value = Annotated[str, StringConstraints(max_length=500)]
Version = Annotated[int, Path(ge=1, le=1_000_000_000)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")]
Number = Annotated[int, Field(ge=-1_000_000_000, le=1_000_000_000)]
Variable = bool | Number | Value | Annotated[list[Value], Field(max_length=100)]


class TemplateBody(Strict):
    channel: Channel
    language: Language
    text: Annotated[Source, Field(min_length=1)] = Field(description="Liquid: variables, if, case, for, assign.")
    subject: Annotated[str, StringConstraints(max_length=300)] = ""
    html: Source = ""


class TemplateIn(TemplateBody):
    id: Id | None = Field(default=None, description="csat-<channel>-<language> is what a survey is asked with.")


class TemplateOut(TemplateBody):
    id: str
    version: int


class PreviewIn(Strict):
    variables: Annotated[dict[Name, Variable], Field(max_length=50)] = Field(default_factory=dict)


class PreviewOut(BaseModel):
    text: str
    subject: str | None
    html: str | None


def templates_router(ports: Ports) -> APIRouter:
    """Return the routes below /v1/templates."""
    router = APIRouter(prefix="/v1/templates", tags=["templates"])
    _add_reads(router, ports)
    _add_writes(router, ports)
    return router


def _add_reads(router: APIRouter, ports: Ports) -> None:
    @router.get("", summary="List templates in their current versions, the built-in ones first")
    async def list_(principal: Reader) -> Page[TemplateOut]:
        found = await list_templates(ports.templates, principal.tenant)
        return Page(items=[_out(template) for template in found])

    @router.get("/{template_id}", summary="Read a template's current version")
    async def get(template_id: str, principal: Reader, response: Response) -> TemplateOut:
        return _shown((await find_template(ports.templates, principal.tenant, template_id)).value, response)

    @router.get("/{template_id}/versions/{version}", summary="Read a version, which never changes")
    async def get_version(template_id: str, version: Version, principal: Reader) -> TemplateOut:
        return _out(await find_version(ports.templates, principal.tenant, template_id, version))

    @router.post("/{template_id}/preview", summary="Show what a template makes of given variables")
    async def post_preview(template_id: str, body: PreviewIn, principal: Reader) -> PreviewOut:
        template = (await find_template(ports.templates, principal.tenant, template_id)).value
        return rendered_out(preview(ports.renderer, template, body.variables))


def _add_writes(router: APIRouter, ports: Ports) -> None:
    @router.post("", status_code=201, summary="Add a template")
    async def post(body: TemplateIn, principal: Keeper, response: Response) -> TemplateOut:
        template = _template(body.id or f"tpl_{uuid4().hex}", body)
        added = await add_template(ports.templates, ports.renderer, principal.tenant, template)
        response.headers["Location"] = f"/v1/templates/{added.id}"
        return _shown(added, response)

    @router.put("/{template_id}", summary="Make a template be so: a change becomes its next version")
    async def put(
        template_id: Id, body: TemplateIn, principal: Keeper, response: Response, expected: IfMatch
    ) -> TemplateOut:
        check_id(template_id, body.id)
        wanted = _template(template_id, body)
        template, new = await put_template(ports.templates, ports.renderer, principal.tenant, wanted, expected)
        response.status_code = 201 if new else 200
        return _shown(template, response)


def rendered_out(rendered: Rendered) -> PreviewOut:
    return PreviewOut(text=rendered.text, subject=rendered.subject or None, html=rendered.html or None)


def _template(id: str, body: TemplateBody) -> Template:  # noqa: A002
    return Template(
        id=id,
        version=1,
        channel=body.channel,
        language=body.language,
        text=body.text,
        subject=body.subject,
        html=body.html,
    )


def _out(template: Template) -> TemplateOut:
    return TemplateOut(
        id=template.id,
        version=template.version,
        channel=template.channel,
        language=template.language,
        text=template.text,
        subject=template.subject,
        html=template.html,
    )


def _shown(template: Template, response: Response) -> TemplateOut:
    response.headers["ETag"] = etag(template.version)
    return _out(template)
