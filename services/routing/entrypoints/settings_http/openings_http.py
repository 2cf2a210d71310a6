"""What calendars come to: whether a queue is open and until when, and the dates that a holiday calendar has."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.routing.adapters.calendar_documents import date_document
from services.routing.application.settings.opening import holiday_dates, hours_of
from services.routing.application.settings.ports import Ports
from services.routing.application.settings.reading import find_setting
from services.routing.domain.calendars import Holidays
from services.routing.domain.opening_hours import is_open, next_change
from services.routing.domain.organisation import Queue
from services.routing.entrypoints.settings_http.asking import Anyone
from services.routing.entrypoints.settings_http.calendar_models import HolidayDateModel
from switchyard.service.times import GivenTime

_Year = Annotated[int, Query(ge=1970, le=2100)]


class OpeningModel(BaseModel):
    """`open` says whether a queue lets contacts in, or calls customers back, as was asked.

    `next_change` is when it closes, or opens; null where that never comes.
    """

    open: bool
    at: datetime
    next_change: datetime | None


class HolidayDatesModel(BaseModel):
    items: list[HolidayDateModel]


def openings_router(ports: Ports) -> APIRouter:
    router = APIRouter(prefix="/v1")

    @router.get("/queues/{id}/opening", summary="Read whether a queue is open", tags=["queues"])
    async def opening(
        id: str,  # noqa: A002
        principal: Anyone,
        at: GivenTime | None = None,
        of: Literal["contacts", "callbacks"] = "contacts",
    ) -> OpeningModel:
        queue = await find_setting(ports.store, Queue, principal.tenant, id)
        both = await hours_of(ports, principal.tenant, queue.value)
        hours = both.calling or both.opening if of == "callbacks" else both.opening
        moment = at or ports.clock()
        if hours is None:
            return OpeningModel(open=True, at=moment, next_change=None)
        asked = round(moment.timestamp() * 1000)
        change = next_change(hours, asked)
        return OpeningModel(
            open=is_open(hours, asked),
            at=moment,
            next_change=None if change is None else datetime.fromtimestamp(change / 1000, UTC),
        )

    @router.get("/holidays/{id}/dates", summary="List the dates of a year, public ones included", tags=["holidays"])
    async def dates(id: str, principal: Anyone, year: _Year) -> HolidayDatesModel:  # noqa: A002
        found = await find_setting(ports.store, Holidays, principal.tenant, id)
        joined = holiday_dates(ports, found.value, range(year, year + 1))
        of_year = (date_document(each) for each in joined if each.day.date.startswith(f"{year:04}-"))
        return HolidayDatesModel(items=[HolidayDateModel.model_validate(each) for each in of_year])

    return router
