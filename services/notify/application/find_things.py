"""Read one survey response or notice."""

from services.notify.application.ports import Notices, Recorded, Surveys
from services.notify.domain.errors import NoticeNotFound, ResponseNotFound
from services.notify.domain.notice import Notice
from services.notify.domain.survey import Survey


async def find_response(surveys: Surveys, tenant: str, response_id: str) -> Recorded[Survey]:
    """Raises ResponseNotFound, for another tenant's too."""
    found = await surveys.find(tenant, response_id)
    if found is None:
        raise ResponseNotFound(response_id)
    return found


async def find_notice(notices: Notices, tenant: str, notice_id: str) -> Recorded[Notice]:
    """Raises NoticeNotFound, for another tenant's too."""
    found = await notices.find(tenant, notice_id)
    if found is None:
        raise NoticeNotFound(notice_id)
    return found
