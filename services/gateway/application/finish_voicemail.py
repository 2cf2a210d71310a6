"""The end of a contact whose caller could leave a message: the message becomes its last line."""

from datetime import datetime
from functools import partial

from services.gateway.application.append_line import AppendLine
from services.gateway.application.apply_routing_event import ApplyRoutingEvent
from services.gateway.application.changing import change
from services.gateway.application.ports import Cause, Contacts
from services.gateway.domain.contact import RECORDING, Contact, leave_message
from services.gateway.domain.errors import TranscriptClosed
from services.gateway.domain.line import CUSTOMER, NewLine
from services.gateway.domain.voice_call import Recording


class FinishVoicemail:
    def __init__(self, contacts: Contacts, append: AppendLine, apply: ApplyRoutingEvent) -> None:
        self._contacts = contacts
        self._append = append
        self._apply = apply

    async def __call__(self, *, tenant: str, contact_id: str, recording: Recording | None, at: datetime) -> bool:
        """Close the contact, the recording in its transcript; False where it is closed, or not so far.

        Raises StoreUnavailable.
        """
        stored = await self._contacts.find(tenant, contact_id, fresh=True)
        if stored is None or stored.thing.state != RECORDING:
            return False
        if recording is not None:
            await self._keep(stored.thing, recording, at)
        await self._apply.close_transcript(tenant, contact_id, stored.thing.channel, at)
        left = partial(leave_message, left=recording is not None, at=at)
        cause = Cause(id=recording.sid if recording is not None else f"{contact_id}/no-message", at=at)
        contact, written = await change(self._contacts, tenant, contact_id, left, cause, missing="contact-unknown")
        if written:
            self._apply.tell_final(contact)
        return written

    async def _keep(self, contact: Contact, recording: Recording, at: datetime) -> None:
        line = NewLine(
            tenant=contact.tenant,
            contact_id=contact.id,
            channel=contact.channel,
            author=CUSTOMER,
            client_id=recording.sid,
            text=f"Voicemail, {recording.seconds} s: {recording.url}",
            provider_message_id=recording.sid,
            at=at,
        )
        try:
            await self._append(line)
        except TranscriptClosed:
            return
