"""Notify's things as stored bodies, and back. Times are texts that sort, so that cursors carry them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from services.notify.domain.notice import Notice, NoticeState
from services.notify.domain.survey import HandledContact, Survey, SurveyState
from services.notify.domain.survey_setting import SurveySetting
from services.notify.domain.template import Rendered, Template
from switchyard.service.times import from_text, to_text


def template_body(template: Template) -> dict[str, Any]:
    return asdict(template)


def template_from(body: Mapping[str, Any]) -> Template:
    return Template(**body)


def setting_body(setting: SurveySetting) -> dict[str, Any]:
    return asdict(setting) | {"languages": list(setting.languages)}


def setting_from(body: Mapping[str, Any]) -> SurveySetting:
    return SurveySetting(**{**body, "languages": tuple(body["languages"])})


def survey_body(survey: Survey) -> dict[str, Any]:
    """Write a survey; its contact's references lie flat, so that lists filter by them."""
    return {
        "id": survey.id,
        "kind": survey.kind,
        **asdict(survey.contact),
        "notice_id": survey.notice_id,
        "scale_max": survey.scale_max,
        "created_at": to_text(survey.asked_at),
        "expires_at": to_text(survey.expires_at),
        "updated_at": to_text(survey.updated_at),
        "state": survey.state.value,
        "rating": survey.rating,
        "answered_at": to_text(survey.answered_at) if survey.answered_at else None,
        "reason": survey.reason,
    }


def survey_from(body: Mapping[str, Any]) -> Survey:
    """Read what `survey_body` wrote."""
    return Survey(
        id=body["id"],
        kind=body["kind"],
        contact=HandledContact(**{name: body[name] for name in HandledContact.__slots__}),
        notice_id=body["notice_id"],
        scale_max=body["scale_max"],
        asked_at=from_text(body["created_at"]),
        expires_at=from_text(body["expires_at"]),
        updated_at=from_text(body["updated_at"]),
        state=SurveyState(body["state"]),
        rating=body["rating"],
        answered_at=from_text(body["answered_at"]) if body["answered_at"] else None,
        reason=body["reason"],
    )


def notice_body(notice: Notice) -> dict[str, Any]:
    """Write a notice with its text: what was asked of the customer stays as it was."""
    return {
        "id": notice.id,
        "template_id": notice.template_id,
        "template_version": notice.template_version,
        "channel": notice.channel,
        "contact_id": notice.contact_id,
        "survey_id": notice.survey_id,
        "content": asdict(notice.content),
        "created_at": to_text(notice.requested_at),
        "updated_at": to_text(notice.updated_at),
        "state": notice.state.value,
        "failure": notice.failure,
    }


def notice_from(body: Mapping[str, Any]) -> Notice:
    """Read what `notice_body` wrote."""
    return Notice(
        id=body["id"],
        template_id=body["template_id"],
        template_version=body["template_version"],
        channel=body["channel"],
        contact_id=body["contact_id"],
        survey_id=body["survey_id"],
        content=Rendered(**body["content"]),
        requested_at=from_text(body["created_at"]),
        updated_at=from_text(body["updated_at"]),
        state=NoticeState(body["state"]),
        failure=body["failure"],
    )
