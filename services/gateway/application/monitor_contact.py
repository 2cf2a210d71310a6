"""A supervisor follows a conversation: written down first, then done, so that nobody listens unrecorded."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol

from services.gateway.application.changing import change
from services.gateway.application.messages import SendRefused
from services.gateway.application.ports import Cause, Contacts
from services.gateway.domain.contact import Change, Contact
from services.gateway.domain.monitoring import FAILED, STOPPED, monitor, stop

_VOICE: Final = "voice"
#: The refusal of a telephone whose agent has just hung up.
AGENT_GONE: Final = "agent-gone"


class VoiceMonitor(Protocol):
    """Moves supervisors' telephones. Raises SendRefused, SendUnavailable."""

    async def follow(self, *, tenant: str, contact_id: str, supervisor_id: str, mode: str) -> None: ...

    async def leave(self, *, tenant: str, contact_id: str, supervisor_id: str) -> None: ...


class EndContact(Protocol):
    async def __call__(
        self, *, tenant: str, contact_id: str, ended_by: str, at: datetime, agent_id: str = ""
    ) -> Contact: ...


class MonitorContact:
    """Every method raises StoreUnavailable, NotThere(contact-unknown) and what the domain refuses."""

    def __init__(
        self, contacts: Contacts, voice: VoiceMonitor, end_contact: EndContact, clock: Callable[[], datetime]
    ) -> None:
        self._contacts = contacts
        self._end_contact = end_contact
        self._voice = voice
        self._clock = clock

    async def begin(self, *, tenant: str, contact_id: str, supervisor_id: str, mode: str) -> Contact:
        """Follow the conversation in this mode; a repeat repairs what the telephone missed.

        Raises SendRefused where the telephone cannot follow, which is written down as failed, and SendUnavailable where
        nobody knows whether it does: then it counts as following until it is ended.
        """
        at = self._clock()

        def decide(contact: Contact) -> Change:
            return monitor(contact, supervisor_id=supervisor_id, mode=mode, at=at)

        contact = await self._change(tenant, contact_id, supervisor_id, decide)
        if contact.channel == _VOICE:
            try:
                await self._voice.follow(tenant=tenant, contact_id=contact_id, supervisor_id=supervisor_id, mode=mode)
            except SendRefused as refused:
                await self._stop(tenant, contact_id, supervisor_id, FAILED)
                await self._after(refused, contact)
                raise
        return contact

    async def end(self, *, tenant: str, contact_id: str, supervisor_id: str) -> None:
        """Follow it no longer; the telephone first, so that nobody still listens when it is written down.

        Raises SendRefused, SendUnavailable, NotThere(monitoring-unknown).
        """
        stored = await self._contacts.find(tenant, contact_id, fresh=True)
        if stored is not None and stored.thing.channel == _VOICE:
            await self._voice.leave(tenant=tenant, contact_id=contact_id, supervisor_id=supervisor_id)
        await self._stop(tenant, contact_id, supervisor_id, STOPPED)

    async def _after(self, refused: SendRefused, contact: Contact) -> None:
        """A caller who is alone on the line is not left there: the agent has ended the contact by hanging up."""
        if refused.code == AGENT_GONE and contact.holder is not None:
            await self._end_contact(
                tenant=contact.tenant,
                contact_id=contact.id,
                ended_by="agent",
                at=self._clock(),
                agent_id=contact.holder.agent_id,
            )

    async def _stop(self, tenant: str, contact_id: str, supervisor_id: str, reason: str) -> None:
        def decide(contact: Contact) -> Change:
            return stop(contact, supervisor_id=supervisor_id, reason=reason)

        await self._change(tenant, contact_id, supervisor_id, decide)

    async def _change(
        self, tenant: str, contact_id: str, supervisor_id: str, decide: Callable[[Contact], Change]
    ) -> Contact:
        cause = Cause(id=f"{contact_id}/monitor/{supervisor_id}", at=self._clock())
        contact, _ = await change(self._contacts, tenant, contact_id, decide, cause, missing="contact-unknown")
        return contact
