"""What the models of all kinds share: the forms of names, channels and times, and reading and showing a setting."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

from services.routing.adapters.settings_documents import from_document, to_document
from services.routing.domain.organisation import Setting
from services.routing.domain.setting_fault import Fault

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Channel = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
#: A day and more: nothing in a contact centre rings or wraps up that long, and a mail's target may be days.
Seconds = Annotated[float, Field(ge=0, le=3_600 * 24 * 31, allow_inf_nan=False)]
#: What is shown with a setting and is no part of it; accepted so that what was read can be put back.
_READ_ONLY = {"id", "version", "warnings"}


class Part(BaseModel):
    """Unknown fields are refused, and so is what is of another type: "3" and true are no numbers."""

    model_config = ConfigDict(extra="forbid", strict=True)


class SettingModel(Part):
    """`version` is read-only: it is accepted so that what was read can be put back, and not looked at."""

    kind: ClassVar[type[Setting]]
    prefix: ClassVar[str]
    filters: ClassVar[tuple[str, ...]] = ()

    id: Id | None = None
    name: Name
    version: int | None = None

    def setting(self, id: str) -> Setting:  # noqa: A002 - the field's own name
        """The setting under this id."""
        document = self.model_dump(exclude=_READ_ONLY)
        return from_document(self.kind, {**document, "id": id})

    @classmethod
    def shown(cls, setting: Setting, version: int, warnings: Sequence[Fault] = ()) -> Self:
        """Show a setting; a kind that has warnings shows these."""
        document = _without_internals(to_document(setting)) | {"version": version}
        if "warnings" in cls.model_fields:
            document["warnings"] = [{"pointer": each.pointer, "detail": each.detail} for each in warnings]
        return cls.model_validate(document)


def _without_internals(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "leaving_pool"}


class SkillModel(Part):
    skill: Id
    level: Annotated[int, Field(ge=1, le=10)]
