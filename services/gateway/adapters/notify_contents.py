"""The words of deliveries, fetched from the notify service."""

from services.gateway.adapters.inside import Inside, InsideGone, InsideUnavailable
from services.gateway.application.ports import Content, ContentGone, ContentUnavailable


class NotifyContents:
    """The port Contents."""

    def __init__(self, notify: Inside) -> None:
        self._notify = notify

    async def fetch(self, tenant: str, path: str) -> Content:
        try:
            body = await self._notify.get(tenant, path)
            text = body["text"]
        except InsideGone as error:
            raise ContentGone(path) from error
        except (InsideUnavailable, KeyError) as error:
            raise ContentUnavailable(str(error)) from error
        return Content(text=str(text), html=str(body.get("html") or ""), subject=str(body.get("subject") or ""))
