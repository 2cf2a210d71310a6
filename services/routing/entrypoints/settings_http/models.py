"""Settings as they stand at the REST door; unknown fields are refused."""

from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field

from services.routing.domain.organisation import (
    ConfiguredAgent,
    Pool,
    RoutingProfile,
    Site,
    Skill,
    Team,
)
from services.routing.entrypoints.settings_http.queue_model import QueueModel
from services.routing.entrypoints.settings_http.setting_model import Channel, Id, Part, SettingModel, SkillModel

#: So that an attribute is written the same in YAML, JSON and expressions.
AttributeName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")]
AttributeValue = Annotated[str, Field(max_length=256)]


def known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("is not a time zone of the IANA database, such as Asia/Shanghai")
    return name


TimeZone = Annotated[str, AfterValidator(known_zone)]


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


class ChannelCapacityModel(Part):
    """What contacts of one channel take of an agent's capacity."""

    units: Annotated[int, Field(ge=1, le=1_000, description="Capacity units of one contact.")]
    most: Annotated[int, Field(ge=0, le=100, description="The most contacts of the channel at once.")]
    interruptible_by: Annotated[
        list[Channel],
        Field(
            max_length=20,
            description="Work of this channel is set aside while a contact of one of these channels is handled.",
            examples=[["voice"]],
        ),
    ] = Field(default=[])


class RoutingProfileModel(SettingModel):
    kind = RoutingProfile
    prefix = "rpr"
    capacity_units: Annotated[int, Field(ge=1, le=1_000)] = 100
    channels: Annotated[dict[Channel, ChannelCapacityModel], Field(max_length=20)]


class AgentModel(SettingModel):
    kind = ConfiguredAgent
    prefix = "agt"
    filters = ("pool", "team", "queue")
    team: Id | None = None
    pool: Id = "default"
    queues: Annotated[list[Id], Field(max_length=100)] = Field(default=[])
    skills: Annotated[list[SkillModel], Field(max_length=100)] = Field(default=[])
    routing_profile: Id = "default"
    address: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    queue_ranks: Annotated[
        dict[Id, Annotated[int, Field(ge=1, le=100)]],
        Field(
            max_length=100,
            description="The agent's own order of queues: rank 1 before rank 2; a queue without one has rank 1.",
            examples=[{"billing": 1, "support": 2}],
        ),
    ] = Field(default={})
    attributes: Annotated[
        dict[AttributeName, AttributeValue],
        Field(
            max_length=20,
            description="Facts that expressions may ask for as `agent.attributes`.",
            examples=[{"language": "cmn"}],
        ),
    ] = Field(default={})


MODELS: tuple[type[SettingModel], ...] = (
    SiteModel,
    TeamModel,
    SkillSettingModel,
    PoolModel,
    RoutingProfileModel,
    QueueModel,
    AgentModel,
)
