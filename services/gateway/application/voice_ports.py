"""What calls need of the world: a memory, and whatever moves the caller's leg: Twilio now, Asterisk later."""

from datetime import datetime
from typing import Protocol

from services.gateway.application.open_contact import NewContact
from services.gateway.domain.contact import Contact
from services.gateway.domain.voice_call import Call, Instruction, Recording


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

    async def unchanged_since(self, moment: datetime, limit: int) -> list[Call]:
        """Live calls of all tenants that nothing was heard of since the moment, longest first."""


class CallControl(Protocol):
    """Every method raises SendUnavailable, SendRefused where there is no account, and CallGone."""

    async def instruct(self, call: Call, instruction: Instruction) -> None:
        """Make the caller's leg do this now, whatever it does."""

    async def rings_agent(self, call: Call) -> bool:
        """Whether the agent's leg is up or rings: asked where it is unknown if an instruction arrived."""

    async def is_up(self, call: Call) -> bool:
        """Whether the caller's leg still exists."""


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

    def waiting(self, call: Call) -> str:
        """What is heard on hold; the provider asks again when it has ended."""

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


class AnswerDelivery(Protocol):
    async def __call__(
        self, *, tenant: str, delivery_id: str, rating: int, at: datetime, message_id: str = ""
    ) -> bool: ...
