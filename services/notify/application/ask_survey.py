"""Ask a customer how content they were, once a contact, when an agent has handled it.

Two aggregates are written, the survey first: whoever answers the notice must find the survey there. A crash in
between is mended by the event's redelivery, which finds the one and adds the other.
"""

import hashlib
from dataclasses import dataclass

from services.notify.application.ports import Ports, Recorded, Variables
from services.notify.application.templates import find_template
from services.notify.domain.built_in import csat_template_id
from services.notify.domain.errors import TemplateNotFound
from services.notify.domain.notice import request_survey_notice
from services.notify.domain.survey import HandledContact, Survey, SurveyState, ask
from services.notify.domain.survey_setting import SurveySetting, setting_for
from services.notify.domain.template import Rendered, Template, joined
from switchyard.eventing.aggregates import AggregateExists

HANDLED = "handled"
#: One voice speaks one language.
_ONE_LANGUAGE = frozenset({"voice"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactClosed:
    """The gateway's event, as far as notify cares."""

    tenant: str
    event_id: str
    outcome: str
    contact: HandledContact


async def ask_survey(event: ContactClosed, ports: Ports) -> bool:
    """Return whether this call asked. Raises TemplateInvalid."""
    if event.outcome != HANDLED:
        return False
    setting = await _setting(event, ports)
    templates = await _templates(event, setting, ports) if setting.enabled else ()
    if not templates:
        return False
    content = _content(event, setting, templates, ports)
    survey = await _survey(event, setting, ports)
    if survey.value.state is not SurveyState.ASKED:
        return False
    requested = request_survey_notice(survey.value, templates[0], content)
    try:
        await ports.notices.add(event.tenant, requested, event.event_id)
    except AggregateExists:
        return False
    return True


def derived_id(prefix: str, tenant: str, contact_id: str) -> str:
    """Name the one survey, or notice of a survey, of a contact."""
    return f"{prefix}_" + hashlib.sha256(f"{tenant}/{contact_id}/csat".encode()).hexdigest()[:32]


async def _setting(event: ContactClosed, ports: Ports) -> SurveySetting:
    stored = await ports.settings.all(event.tenant)
    return setting_for((recorded.value for recorded in stored), event.contact.queue_id)


async def _templates(event: ContactClosed, setting: SurveySetting, ports: Ports) -> tuple[Template, ...]:
    """Return the channel's templates; a channel or language without one is not asked."""
    found = []
    for language in setting.languages:
        try:
            id_ = csat_template_id(event.contact.channel, language)
            found.append((await find_template(ports.templates, event.tenant, id_)).value)
        except TemplateNotFound:
            continue
    return tuple(found[:1] if event.contact.channel in _ONE_LANGUAGE else found)


def _content(event: ContactClosed, setting: SurveySetting, templates: tuple[Template, ...], ports: Ports) -> Rendered:
    variables: Variables = {
        "scale_max": setting.scale_max,
        "scale": tuple(str(rating) for rating in range(1, setting.scale_max + 1)),
        "channel": event.contact.channel,
        "queue": event.contact.queue_id,
        "agent": event.contact.agent_id,
        "contact": event.contact.contact_id,
    }
    return joined(
        tuple(ports.renderer.render(template, {**variables, "language": template.language}) for template in templates)
    )


async def _survey(event: ContactClosed, setting: SurveySetting, ports: Ports) -> Recorded[Survey]:
    """Store the survey, or find it stored by an earlier delivery of the same event."""
    contact_id = event.contact.contact_id
    id_ = derived_id("sur", event.tenant, contact_id)
    found = await ports.surveys.find(event.tenant, id_)
    if found is not None:
        return found
    asked = ask(id_, derived_id("ntc", event.tenant, contact_id), event.contact, setting, ports.clock())
    try:
        return await ports.surveys.add(event.tenant, asked, event.event_id)
    except AggregateExists:
        found = await ports.surveys.find(event.tenant, id_)
        if found is None:
            raise
        return found
