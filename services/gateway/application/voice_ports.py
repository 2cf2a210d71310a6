"""What calls need of the world: a memory, and whatever moves the caller's leg: Twilio now, Asterisk later."""

from datetime import datetime
from typing import Protocol

from services.gateway.application.open_contact import NewContact
from services.gateway.domain.contact import Contact
from services.gateway.domain.voice_call import Call, Instruction, Recording, Stage


class CallGone(Exception):
    """The provider says that the caller has left."""


class Calls(Protocol):
    """Calls by contact. Every method raises StoreUnavailable."""

    async def find(self, tenant: str, contact_id: str) -> tuple[Call, int] | None:
        """The call and its version."""

    async def add(self, call: Call, at: datetime) -> bool:
        """Return False where the contact has a call already."""

    async def change(self, call: Call, version: int, at: datetime) -> bool:
        """Store the call over the version that was read; False where somebody was faster."""

    async def unchanged_since(self, moment: datetime, limit: int, *, stage: Stage | None = None) -> list[Call]:
        """Live calls of all tenants, or those in a stage, that nothing was heard of since the moment, longest first."""


class CallControl(Protocol):
    """Every method raises SendUnavailable, SendRefused where there is no account, and CallGone."""

    async def instruct(self, call: Call, instruction: Instruction) -> None:
        """Make the caller's leg do this now, whatever it does."""

    async def rings_agent(self, call: Call) -> bool:
        """Whether the agent's leg is up or rings: asked where it is unknown if an instruction arrived."""

    async def ended_as(self, call: Call) -> str | None:
        """How the caller's leg ended, such as busy or completed; None while it is up."""

    async def hang_up(self, call: Call) -> None:
        """End the caller's leg, whether it rings or talks; harmless where it has ended."""


class CallOut(Protocol):
    async def ring(self, call: Call) -> str:
        """Call the customer from our number; returns the leg's name. The same ring again rings nobody twice.

        Raises SendUnavailable; SendRefused, with provider-account-missing where the tenant has no telephone of ours.
        """


class RoomControl(Protocol):
    """Rooms in which others follow a talk, one for each offer; `leg` is the agent's.

    Every method raises SendUnavailable, SendRefused where there is no account, and CallGone.
    """

    async def agent_leg(self, call: Call) -> str:
        """Name the leg on which the agent talks; empty for none."""

    async def move_agent(self, call: Call, leg: str) -> None:
        """Move the agent's leg into the room; the caller's follows when the provider asks what it does next."""

    async def change_mode(self, call: Call, supervisor_id: str, mode: str) -> bool:
        """Let somebody in the room hear and speak as the mode says; False where they are not in it."""

    async def ring_in(self, call: Call, supervisor_id: str, mode: str) -> None:
        """Ring the supervisor's telephone and bring it into the room."""

    async def let_go(self, call: Call, supervisor_id: str) -> None:
        """End the supervisor's leg; harmless where it has ended."""


class CallDocuments(Protocol):
    """Instructions in the provider's own language, for answers to its webhooks."""

    def render(self, call: Call, instruction: Instruction) -> str: ...

    def waiting(self, call: Call, *, offers_callback: bool = False) -> str:
        """What is heard on hold; the provider asks again when it has ended."""

    def one_moment(self, call: Call) -> str:
        """What is heard on hold while a wish is passed on."""

    def leave_queue(self) -> str:
        """Stop waiting, for there is something else to do."""

    def queue_again(self, call: Call, *, after_seconds: int) -> str:
        """Wait again later: the provider's queue was full, or failed."""


class OpenContact(Protocol):
    async def __call__(self, new: NewContact) -> Contact: ...


class EndContact(Protocol):
    async def __call__(
        self, *, tenant: str, contact_id: str, ended_by: str, at: datetime, agent_id: str = ""
    ) -> Contact: ...


class FinishVoicemail(Protocol):
    async def __call__(self, *, tenant: str, contact_id: str, recording: Recording | None, at: datetime) -> bool: ...


class CallbackOffers(Protocol):
    """Whether callers on hold may be called back instead, and what their key does."""

    async def is_offered(self, *, tenant: str, contact_id: str) -> bool: ...

    async def take(self, *, tenant: str, contact_id: str, at: datetime) -> bool:
        """Ask routing for it; False where there is nothing to ask."""


class ReportReaching(Protocol):
    """What the telephone says of the customer of a callback."""

    async def reached(self, *, tenant: str, contact_id: str, at: datetime) -> None: ...

    async def not_reached(self, *, tenant: str, contact_id: str, reason: str, at: datetime) -> None: ...


class AnswerDelivery(Protocol):
    async def __call__(
        self, *, tenant: str, delivery_id: str, rating: int, at: datetime, message_id: str = ""
    ) -> bool: ...
