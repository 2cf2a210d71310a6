"""A way out of a queue as it stands at the REST door."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from services.routing.adapters.way_out_documents import WAIT
from services.routing.entrypoints.settings_http.setting_model import Id, Part


class WayOutModel(Part):
    """Where a contact goes that leaves the queue unanswered: exactly one of `to_queue` and `last_step`."""

    to_queue: Annotated[Id | None, Field(description="A queue of the same pool.")] = None
    last_step: Literal["voicemail", "callback", "message"] | None = None
    announcement: Annotated[str, Field(max_length=1_000, description="What the customer is told.")] = ""


class OneWayOut(WayOutModel):
    """The same, refused as it comes where it names both or neither."""

    @model_validator(mode="after")
    def _leads_to_one_place(self) -> Self:
        if (self.to_queue is None) is (self.last_step is None):
            raise ValueError("names one of to_queue and last_step")
        return self


def _wait_is_none(given: Any) -> Any:
    return None if given == WAIT else given


def _none_is_wait(way: OneWayOut | None) -> dict[str, Any] | str:
    return WAIT if way is None else way.model_dump()


WayOrWait = Annotated[
    OneWayOut | None,
    BeforeValidator(_wait_is_none),
    PlainSerializer(_none_is_wait),
    Field(description="The word `wait`, or where a contact goes at once."),
]
