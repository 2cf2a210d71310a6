"""A queue at the REST door: what it requires, how it chooses, what it does about a contact that nobody takes."""

from typing import Annotated, Literal

from pydantic import Field

from services.routing.domain.callback_rules import GIVE_UP_AFTER_SECONDS, MOST_ATTEMPTS, RETRY_AFTER_SECONDS
from services.routing.domain.expressions import LONGEST_EXPRESSION
from services.routing.domain.organisation import Queue
from services.routing.entrypoints.settings_http.setting_model import (
    Channel,
    Id,
    Part,
    Seconds,
    SettingModel,
    SkillModel,
)
from services.routing.entrypoints.settings_http.way_models import WayOrWait, WayOutModel

Expression = Annotated[str, Field(max_length=LONGEST_EXPRESSION)]
Ids = Annotated[list[Id], Field(max_length=50)]


class ChannelOffersModel(Part):
    """How contacts of one channel are offered."""

    ring_seconds: Annotated[
        float | None,
        Field(gt=0, le=3_600, allow_inf_nan=False, description="How long an offer rings; the queue's if null."),
    ] = None
    at_once: Annotated[int, Field(ge=1, le=50, description="How many agents are asked at once; the first has it.")] = 1
    auto_accept: Annotated[bool, Field(description="Offers are accepted as they are made, without asking.")] = False


class StepModel(Part):
    """What changes for a contact that still waits after a time; it changes something."""

    after_seconds: Annotated[Seconds, Field(description="After the contact was queued; later than the step before.")]
    relax_levels: Annotated[
        int, Field(ge=0, le=10, description="Taken off every required level; one that falls to zero is dropped.")
    ] = 0
    raise_priority: Annotated[int, Field(ge=0, le=1_000)] = 0
    add_queues: Annotated[Ids, Field(description="Queues of the same pool whose agents are asked too.")] = Field(
        default=[]
    )
    add_sites: Annotated[Ids, Field(description="Sites whose agents are asked too.")] = Field(default=[])
    add_agents: Annotated[Ids, Field(description="Agents of the same pool who are asked too.")] = Field(default=[])
    when: Annotated[
        Expression,
        Field(
            description="A CEL expression over the contact, with the names of `agent_rule`; empty for always.",
            examples=['contact.attributes["tier"] == "gold"'],
        ),
    ] = ""
    then: Annotated[WayOutModel | None, Field(description="The contact leaves the queue.")] = None


class OverflowModel(Part):
    """A way out taken as a contact arrives."""

    on: Annotated[
        Literal["length", "no-staff"],
        Field(description="length: `limit` contacts wait already; no-staff: nobody is signed in for the queue."),
    ]
    limit: Annotated[int, Field(ge=0, le=100_000, description="At least 1 with length, 0 with no-staff.")] = 0
    then: WayOutModel


class CallbacksModel(Part):
    """How customers of the queue are called back who ask for it, or whom a last step promises it."""

    offered: Annotated[bool, Field(description="Callers on hold are asked whether they would rather be called.")] = (
        False
    )
    most_attempts: Annotated[int, Field(ge=1, le=20, description="How often a customer is tried.")] = MOST_ATTEMPTS
    retry_after_seconds: Annotated[Seconds, Field(ge=1, description="From one attempt to the next.")] = (
        RETRY_AFTER_SECONDS
    )
    give_up_after_seconds: Annotated[
        Seconds, Field(ge=1, description="Given up so long after it was asked for, or was due.")
    ] = GIVE_UP_AFTER_SECONDS
    business_hours: Annotated[
        Id | None, Field(description="When customers may be called; the queue's own hours if null.")
    ] = None


class WarningModel(Part):
    """Something that a setting says and that cannot work yet."""

    pointer: Annotated[str, Field(description="A JSON pointer to the field.", examples=["/required_skills/0"])]
    detail: str


_STEPS_EXAMPLE = [
    {"after_seconds": 20, "relax_levels": 2},
    {"after_seconds": 45, "add_queues": ["support"], "raise_priority": 10},
    {"after_seconds": 180, "then": {"last_step": "callback", "announcement": "We call you back today."}},
]


class QueueModel(SettingModel):
    kind = Queue
    prefix = "que"
    filters = ("pool",)
    pool: Id = "default"
    channels: Annotated[
        list[Channel] | None,
        Field(
            max_length=20,
            description="What the queue is meant for, told to whoever chooses among queues; contacts of other channels "
            "are taken too, where an agent takes them.",
        ),
    ] = None
    required_skills: Annotated[list[SkillModel], Field(max_length=20)] = Field(default=[])
    priority: Annotated[int, Field(ge=-1_000, le=1_000)] = 0
    target_seconds: Annotated[Seconds, Field(gt=0)] | None = None
    channel_targets: Annotated[dict[Channel, Annotated[Seconds, Field(gt=0)]], Field(max_length=20)] = Field(default={})
    short_abandon_seconds: Seconds = 5.0
    ring_seconds: Annotated[Seconds, Field(gt=0, le=3_600)] = 20.0
    wrap_up_seconds: Annotated[Seconds, Field(le=86_400)] = 60.0
    greeting: Annotated[str, Field(max_length=1_000)] | None = None
    choice: Annotated[
        Literal["longest-idle", "most-skilled", "least-occupied", "round-robin"],
        Field(description="How the queue chooses among agents who may have a contact."),
    ] = "longest-idle"
    preferred_skills: Annotated[
        list[SkillModel], Field(max_length=20, description="Rank agents for the queue and rule nobody out.")
    ] = Field(default=[])
    sites: Annotated[Ids, Field(description="Whose agents are asked at first; empty for everybody.")] = Field(
        default=[]
    )
    sticky_seconds: Annotated[
        Seconds, Field(le=86_400, description="So long a contact is kept for the agent who served its customer last.")
    ] = 0.0
    agent_rule: Annotated[
        Expression,
        Field(
            description=(
                "A CEL expression that must hold for contact and agent; empty for none. It may ask for "
                "`contact.channel`, `.queue`, `.priority`, `.attributes` and `.skills`, and for `agent.id`, `.team`, "
                "`.site`, `.skills` and `.attributes`; attributes are texts, skills levels. One that asks for an "
                "attribute that is not there does not hold. A contact on which it fails for everybody, such as by a "
                "text that is no number, is parked."
            ),
            examples=['contact.attributes["language"] == agent.attributes["language"]'],
        ),
    ] = ""
    channel_offers: Annotated[
        dict[Channel, ChannelOffersModel],
        Field(
            max_length=20,
            description="How contacts of single channels are offered.",
            examples=[{"chat": {"ring_seconds": 15, "at_once": 3}, "voice": {"auto_accept": True}}],
        ),
    ] = Field(default={})
    steps: Annotated[
        list[StepModel],
        Field(
            max_length=20,
            description="What widens the search, in the order of time, and what ends the wait.",
            examples=[_STEPS_EXAMPLE],
        ),
    ] = Field(default=[])
    overflows: Annotated[
        list[OverflowModel],
        Field(
            max_length=10,
            description="Ways out taken as a contact arrives; ways out never lead back to the queue.",
            examples=[[{"on": "length", "limit": 50, "then": {"to_queue": "support"}}]],
        ),
    ] = Field(default=[])
    business_hours: Id | None = None
    holidays: Id | None = None
    when_closed: WayOrWait = None
    callbacks: CallbacksModel = CallbacksModel()
    warnings: Annotated[
        list[WarningModel] | None,
        Field(description="Read-only: what cannot work yet, such as a required skill that nobody has."),
    ] = None
