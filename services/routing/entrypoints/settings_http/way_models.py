"""A way out of a queue as it stands at the REST door."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

from services.routing.adapters.way_out_documents import WAIT

_Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class WayOutModel(BaseModel):
    """Another queue of the pool, or a last step; one of the two."""

    model_config = ConfigDict(extra="forbid")
    to_queue: _Id | None = None
    last_step: Literal["voicemail", "callback", "message"] | None = None
    announcement: Annotated[str, Field(max_length=1_000)] = ""

    @model_validator(mode="after")
    def _leads_to_one_place(self) -> Self:
        if (self.to_queue is None) is (self.last_step is None):
            raise ValueError("names one of to_queue and last_step")
        return self


def _wait_is_none(given: Any) -> Any:
    return None if given == WAIT else given


def _none_is_wait(way: WayOutModel | None) -> dict[str, Any] | str:
    return WAIT if way is None else way.model_dump()


WayOrWait = Annotated[
    WayOutModel | None,
    BeforeValidator(_wait_is_none),
    PlainSerializer(_none_is_wait),
    Field(description="The word `wait`, or where a contact goes at once."),
]
