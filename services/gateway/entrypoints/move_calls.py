"""What routing's decisions mean for the telephone: who is rung, joined, held or let go."""

from collections.abc import Awaitable, Callable, Mapping

import structlog

from services.gateway.application.call_back import CallBack
from services.gateway.application.door.routing_events import RoutingEvent
from services.gateway.application.finish_voicemail import FinishVoicemail
from services.gateway.application.messages import SendRefused
from services.gateway.application.ports import VoiceProvider
from services.gateway.domain.last_steps import CALLBACK, VOICEMAIL

log = structlog.get_logger(__name__)


class MoveCalls:
    """Told of every decision about a call at every repeat; what is done already is not done again."""

    def __init__(self, voice: VoiceProvider, finish: FinishVoicemail | None, call_back: CallBack | None) -> None:
        self._voice = voice
        self._finish = finish
        self._call_back = call_back
        self._moves: Mapping[str, Callable[[RoutingEvent], Awaitable[None]]] = {
            "OfferAccepted": self._connect,
            "ContactTransferred": self._hold,
            "ContactEnded": self._release,
            "ContactFlowedOut": self._flowed_out,
            "CallbackRequested": self._promise,
            "CallbackNotReached": self._hang_up,
            "CallbackGivenUp": self._hang_up,
        }

    async def __call__(self, event: RoutingEvent) -> None:
        """Raises SendUnavailable, StoreUnavailable."""
        move = self._moves.get(event.name)
        if move is None:
            return
        try:
            await move(event)
        except SendRefused as refused:
            log.warning("call-not-moved", contact=event.contact_id, code=refused.code, event_name=event.name)

    async def _connect(self, event: RoutingEvent) -> None:
        if self._call_back is not None and await self._call_back(event):
            return
        await self._voice.connect(
            tenant=event.tenant,
            contact_id=event.contact_id,
            offer_id=event.offer_id,
            agent_id=event.agent_id,
            agent_address=None,
        )

    async def _hold(self, event: RoutingEvent) -> None:
        await self._voice.hold(tenant=event.tenant, contact_id=event.contact_id, offer_id=event.offer_id)

    async def _release(self, event: RoutingEvent) -> None:
        await self._voice.release(tenant=event.tenant, contact_id=event.contact_id)

    async def _hang_up(self, event: RoutingEvent) -> None:
        await self._voice.hang_up(tenant=event.tenant, contact_id=event.contact_id, offer_id=event.offer_id)

    async def _promise(self, event: RoutingEvent) -> None:
        await self._voice.let_go(
            tenant=event.tenant, contact_id=event.contact_id, last_step=CALLBACK, announcement=event.announcement
        )

    async def _flowed_out(self, event: RoutingEvent) -> None:
        if not event.to_queue:
            await self._let_go(event)
        elif event.announcement:
            await self._voice.announce(
                tenant=event.tenant,
                contact_id=event.contact_id,
                entry=event.entry,
                announcement=event.announcement,
            )

    async def _let_go(self, event: RoutingEvent) -> None:
        """A caller who has left already cannot leave a message: the contact does not wait for one."""
        try:
            there = await self._voice.let_go(
                tenant=event.tenant,
                contact_id=event.contact_id,
                last_step=event.last_step,
                announcement=event.announcement,
            )
        except SendRefused:
            await self._without_message(event)
            raise
        if not there:
            await self._without_message(event)

    async def _without_message(self, event: RoutingEvent) -> None:
        if self._finish is not None and event.last_step == VOICEMAIL:
            await self._finish(tenant=event.tenant, contact_id=event.contact_id, recording=None, at=event.time)
