"""Settings as they stand at the REST door; unknown fields are refused."""

from typing import Annotated, Any, ClassVar, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.routing.adapters.settings_documents import from_document, to_document
from services.routing.domain.organisation import (
    ConfiguredAgent,
    Pool,
    Queue,
    RoutingProfile,
    Setting,
    Site,
    Skill,
    Team,
)
from services.routing.entrypoints.settings_http.way_models import WayOrWait

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Channel = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
#: A day and more: nothing in a contact centre rings or wraps up that long, and a mail's target may be days.
Seconds = Annotated[float, Field(ge=0, le=3_600 * 24 * 31, allow_inf_nan=False)]


def known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("is not a time zone of the IANA database, such as Asia/Shanghai")
    return name


TimeZone = Annotated[str, AfterValidator(known_zone)]


class SettingModel(BaseModel):
    """`version` is read-only: it is accepted so that what was read can be put back, and not looked at."""

    model_config = ConfigDict(extra="forbid")
    kind: ClassVar[type[Setting]]
    prefix: ClassVar[str]
    filters: ClassVar[tuple[str, ...]] = ()

    id: Id | None = None
    name: Name
    version: int | None = None

    def setting(self, id: str) -> Setting:  # noqa: A002 - the field's own name
        """The setting under this id."""
        document = self.model_dump(exclude={"id", "version"})
        return from_document(self.kind, {**document, "id": id})

    @classmethod
    def shown(cls, setting: Setting, version: int) -> Self:
        return cls.model_validate(_without_internals(to_document(setting)) | {"version": version})


def _without_internals(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "leaving_pool"}


class SkillModel(BaseModel):
    model_config = ConfigDict(extra="forbid")
    skill: Id
    level: Annotated[int, Field(ge=1, le=10)]


class SiteModel(SettingModel):
    kind = Site
    prefix = "sit"
    time_zone: TimeZone = "UTC"


class TeamModel(SettingModel):
    kind = Team
    prefix = "tea"
    filters = ("site",)
    site: Id | None = None


class SkillSettingModel(SettingModel):
    kind = Skill
    prefix = "skl"


class PoolModel(SettingModel):
    kind = Pool
    prefix = "pol"


class ChannelCapacityModel(BaseModel):
    model_config = ConfigDict(extra="forbid")
    units: Annotated[int, Field(ge=1, le=1_000)]
    most: Annotated[int, Field(ge=0, le=100)]


class RoutingProfileModel(SettingModel):
    kind = RoutingProfile
    prefix = "rpr"
    capacity_units: Annotated[int, Field(ge=1, le=1_000)] = 100
    channels: Annotated[dict[Channel, ChannelCapacityModel], Field(max_length=20)]


class QueueModel(SettingModel):
    kind = Queue
    prefix = "que"
    filters = ("pool",)
    pool: Id = "default"
    channels: Annotated[list[Channel], Field(max_length=20)] | None = None
    required_skills: Annotated[list[SkillModel], Field(max_length=20)] = []
    priority: Annotated[int, Field(ge=-1_000, le=1_000)] = 0
    target_seconds: Annotated[Seconds, Field(gt=0)] | None = None
    channel_targets: Annotated[dict[Channel, Annotated[Seconds, Field(gt=0)]], Field(max_length=20)] = {}
    short_abandon_seconds: Seconds = 5.0
    ring_seconds: Annotated[Seconds, Field(gt=0, le=3_600)] = 20.0
    wrap_up_seconds: Annotated[Seconds, Field(le=86_400)] = 60.0
    greeting: Annotated[str, Field(max_length=1_000)] | None = None
    business_hours: Id | None = None
    holidays: Id | None = None
    when_closed: WayOrWait = None


class AgentModel(SettingModel):
    kind = ConfiguredAgent
    prefix = "agt"
    filters = ("pool", "team", "queue")
    team: Id | None = None
    pool: Id = "default"
    queues: Annotated[list[Id], Field(max_length=100)] = []
    skills: Annotated[list[SkillModel], Field(max_length=100)] = []
    routing_profile: Id = "default"
    address: Annotated[str, Field(min_length=1, max_length=200)] | None = None


MODELS: tuple[type[SettingModel], ...] = (
    SiteModel,
    TeamModel,
    SkillSettingModel,
    PoolModel,
    RoutingProfileModel,
    QueueModel,
    AgentModel,
)
