"""A tenant's templates: the built-in ones, unless it changed them, and its own. Versions never change.

The version that is current is kept aside before the next takes its place, so that a crash in between loses none.
"""

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

from services.notify.application.ports import Recorded, Renderer, Templates, Variables
from services.notify.domain.built_in import BUILT_IN_TEMPLATES
from services.notify.domain.errors import TemplateExists, TemplateNotFound, TooManyTemplates, VersionStale
from services.notify.domain.template import MOST_TEMPLATES, Rendered, Template
from switchyard.eventing.aggregates import AggregateExists

#: What a survey's template may name, with values as a preview shows them.
SAMPLE_VARIABLES: Variables = MappingProxyType(
    {
        "scale_max": 5,
        "scale": ("1", "2", "3", "4", "5"),
        "channel": "chat",
        "queue": "billing",
        "agent": "agent-1",
        "contact": "cnt_0",
        "language": "en",
    }
)


async def find_template(templates: Templates, tenant: str, id: str) -> Recorded[Template]:  # noqa: A002
    """Return the current version. Raises TemplateNotFound."""
    stored = await templates.find(tenant, id)
    if stored is not None:
        return stored
    if id in BUILT_IN_TEMPLATES:
        return Recorded(value=BUILT_IN_TEMPLATES[id], version=BUILT_IN_TEMPLATES[id].version)
    raise TemplateNotFound(id)


async def find_version(templates: Templates, tenant: str, id: str, version: int) -> Template:  # noqa: A002
    """Raises TemplateNotFound."""
    current = (await find_template(templates, tenant, id)).value
    found = current if current.version == version else await templates.find_former(tenant, id, version)
    if found is None:
        raise TemplateNotFound(f"{id} version {version}")
    return found


async def list_templates(templates: Templates, tenant: str) -> Sequence[Template]:
    """Return the current versions, the built-in ones first, then by id."""
    stored = {recorded.value.id: recorded.value for recorded in await templates.all(tenant)}
    built_in = [stored.pop(id_, known) for id_, known in BUILT_IN_TEMPLATES.items()]
    return [*built_in, *(stored[id_] for id_ in sorted(stored))]


async def add_template(templates: Templates, renderer: Renderer, tenant: str, template: Template) -> Template:
    """Raises TemplateInvalid, TemplateExists, TooManyTemplates."""
    renderer.render(template, SAMPLE_VARIABLES)
    if template.id in BUILT_IN_TEMPLATES:
        raise TemplateExists(template.id)
    if len(await templates.all(tenant)) >= MOST_TEMPLATES:
        raise TooManyTemplates(MOST_TEMPLATES)
    try:
        return (await templates.add(tenant, template)).value
    except AggregateExists as error:
        raise TemplateExists(template.id) from error


async def put_template(
    templates: Templates, renderer: Renderer, tenant: str, wanted: Template, expected: int | None
) -> tuple[Template, bool]:
    """Make the template be so, as its next version where it differs; says whether it is new.

    Raises TemplateInvalid, TemplateNotFound, VersionStale, TooManyTemplates, AggregateConflict.
    """
    renderer.render(wanted, SAMPLE_VARIABLES)
    try:
        current = await find_template(templates, tenant, wanted.id)
    except TemplateNotFound:
        if expected is not None:
            raise
        return await add_template(templates, renderer, tenant, replace(wanted, version=1)), True
    if expected is not None and expected != current.value.version:
        raise VersionStale(current.value.version)
    following = replace(wanted, version=current.value.version + 1)
    if replace(following, version=current.value.version) == current.value:
        return current.value, False
    await templates.keep_former(tenant, current.value)
    if current.mark is None:
        return (await templates.add(tenant, following)).value, False
    return (await templates.save(tenant, current, following)).value, False


def preview(renderer: Renderer, template: Template, variables: Variables) -> Rendered:
    """Show what a template makes of these variables, over the sample ones. Raises TemplateInvalid."""
    return renderer.render(template, {**SAMPLE_VARIABLES, **variables})
