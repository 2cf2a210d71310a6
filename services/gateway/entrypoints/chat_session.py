"""One customer's chat over one socket: what they do becomes commands, what happens becomes frames.

The socket shows a contact's lines in their order, each once: `_seen` is the number of the last one shown. A line that
does not follow it is fetched with those before it, so that nothing is lost between the feed and the store.
"""

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any, Protocol

import structlog

from services.gateway.application.chat.parts import ChatParts
from services.gateway.application.chat.tokens import Ticket
from services.gateway.application.feed_items import (
    ContactFinal,
    FeedItem,
    LineAdded,
    LinesMissing,
    LinesRead,
    RoutingHappened,
    SocketTaken,
    TypingChanged,
)
from services.gateway.application.live_feed import FeedSubscription
from services.gateway.application.ports import Content, Waiting
from services.gateway.application.retrying import Attempt, TryAgain
from services.gateway.domain.contact import CLOSED, TALKING, WAITING, WRAP_UP, Contact
from services.gateway.domain.delivery import PENDING, SENT, Delivery
from services.gateway.domain.errors import GatewayError, Invalid, TranscriptClosed
from services.gateway.domain.line import CLOSING, CUSTOMER, Line, NewLine
from services.gateway.entrypoints import chat_frames as frames
from switchyard.eventing.aggregates import StoreUnavailable

#: Close codes: the process ends; another socket took over; the chat is done.
RESTARTING, TAKEN_OVER, DONE = 1012, 4409, 1000
_PAGE = 200

log = structlog.get_logger(__name__)


class Connection(Protocol):
    """The socket, as far as a session needs it; both do nothing once it is closed."""

    async def send(self, frame: Mapping[str, Any]) -> bool:
        """Return whether the frame went out."""

    async def close(self, code: int, reason: str) -> None: ...


class ChatSession:
    """Lives from a start or a resume until the socket closes."""

    def __init__(self, parts: ChatParts, connection: Connection, contact: Contact, *, seen: int) -> None:
        self._parts = parts
        self._connection = connection
        self._tenant = contact.tenant
        self._contact_id = contact.id
        self._seen = seen
        self._id = secrets.token_hex(8)
        self._ended = False
        self._surveyed: dict[str, Delivery] = {}

    async def open(self, contact: Contact) -> None:
        """Greet the socket with where the contact stands, then everything it has not seen."""
        token = self._parts.tokens.sign(Ticket(tenant=self._tenant, contact_id=self._contact_id))
        await self._connection.send(frames.started(contact, token))
        self._publish(SocketTaken(contact_id=self._contact_id, socket_id=self._id))
        self._parts.presence.arrived(self._tenant, self._contact_id, self)
        await self._catch_up()
        await self._show_state(contact)

    async def follow(self, items: FeedSubscription[FeedItem]) -> None:
        """Show what happens until the socket closes."""
        while True:
            try:
                item = await asyncio.wait_for(items.next(), self._parts.rules.linger if self._ended else None)
            except TimeoutError:
                await self._connection.close(DONE, "the conversation is over")
                return
            try:
                if items.lost:
                    items.lost = 0
                    await self._show_anew()
                await self._show(item)
            except StoreUnavailable:
                # What is missing is fetched with the next item, at the latest when the customer resumes.
                log.warning("chat-not-shown", contact=self._contact_id)

    def close(self) -> None:
        """The socket has closed."""
        self._parts.places.forget(self._contact_id)
        if self._ended:
            self._parts.presence.gone(self._tenant, self._contact_id, self)
        else:
            self._parts.presence.left(self._tenant, self._contact_id, self)

    # What the customer does

    async def take(self, frame: frames.InFrame) -> None:
        """Carry out what the customer asks; a refusal is an error frame, and the chat goes on."""
        try:
            await self._take(frame)
        except TranscriptClosed:
            await self._connection.send(frames.error("contact-ended", "This conversation has ended; start a new one."))
            await self._show_ended("system")
        except GatewayError as refused:
            await self._connection.send(frames.error(refused.code, refused.detail, pointer=refused.pointer))
        except StoreUnavailable:
            await self._connection.send(frames.error("try-again", "This could not be stored now; send it again."))

    async def _take(self, frame: frames.InFrame) -> None:
        match frame:
            case frames.Message():
                await self._say(frame)
            case frames.Typing():
                await self._parts.signals.typing(self._tenant, self._contact_id, CUSTOMER, frame.typing)
            case frames.Read():
                await self._parts.signals.read(self._tenant, self._contact_id, CUSTOMER, frame.seq)
            case frames.End():
                await self._parts.end(
                    tenant=self._tenant, contact_id=self._contact_id, ended_by=CUSTOMER, at=self._parts.clock()
                )
            case frames.SurveyAnswer():
                await self._rate(frame)
            case frames.Start() | frames.Resume():
                raise Invalid("already-started", "This socket has its chat already.", pointer="/type")

    async def _say(self, frame: frames.Message) -> None:
        if len(frame.text) > self._parts.rules.most_text:
            detail = f"A message has at most {self._parts.rules.most_text} characters."
            raise Invalid("text-too-long", detail, pointer="/text")
        appended = await self._parts.append(
            NewLine(
                tenant=self._tenant,
                contact_id=self._contact_id,
                channel="chat",
                author=CUSTOMER,
                client_id=frame.client_id,
                text=frame.text,
                at=self._parts.clock(),
            )
        )
        if appended.duplicate and appended.line.number <= self._seen:
            await self._connection.send(frames.delivered(appended.line))

    async def _rate(self, frame: frames.SurveyAnswer) -> None:
        delivery = self._asked(frame.survey)
        await self._parts.answer(
            tenant=self._tenant, delivery_id=delivery.id, rating=frame.rating, at=self._parts.clock()
        )
        stored = await self._parts.deliveries.find(self._tenant, delivery.id)
        await self._connection.send(frames.survey_delivered(stored.thing if stored else delivery))

    def _asked(self, survey: str | None) -> Delivery:
        for delivery in reversed(self._surveyed.values()):
            expects = delivery.expects
            if expects is not None and survey in {None, expects.survey_id, delivery.id}:
                return delivery
        raise Invalid("survey-unknown", "No such survey was asked in this chat.", pointer="/survey")

    # What the customer is shown

    async def survey(self, delivery: Delivery, content: Content) -> bool:
        """Show another service's message."""
        self._surveyed[delivery.id] = delivery
        return await self._connection.send(frames.survey(delivery, content))

    async def go_away(self) -> None:
        """Send the customer to another replica, or to this one once it is back."""
        token = self._parts.tokens.sign(Ticket(tenant=self._tenant, contact_id=self._contact_id))
        await self._connection.send(
            frames.error("service-restarting", "Come back with the resume token.", resume_token=token)
        )
        await self._connection.close(RESTARTING, "service restarting, resume")

    async def _show(self, item: FeedItem) -> None:
        match item:
            case LineAdded():
                await self._show_through(item.line.number, item.line)
            case LinesMissing():
                await self._show_through(item.through_line, None)
            case RoutingHappened():
                await self._show_routing(item)
            case ContactFinal():
                await self._show_ended("system")
            case TypingChanged() if item.author != CUSTOMER:
                await self._connection.send(frames.typing(item.author, on=item.typing))
            case LinesRead() if item.author != CUSTOMER:
                await self._connection.send(frames.read_mark(item.author, item.through_line))
            case SocketTaken() if item.socket_id != self._id:
                await self._connection.close(TAKEN_OVER, "resumed elsewhere")

    async def _show_through(self, number: int, line: Line | None) -> None:
        if number <= self._seen:
            return
        if line is not None and number == self._seen + 1:
            await self._show_line(line, fresh=True)
        else:
            await self._catch_up(fresh=True)

    async def _catch_up(self, *, fresh: bool = False) -> None:
        """Show all lines after the last seen; `fresh` are those that came while this socket was open."""
        while lines := await self._parts.lines.read(self._tenant, self._contact_id, after=self._seen, limit=_PAGE):
            for line in lines:
                if line.number > self._seen:
                    await self._show_line(line, fresh=fresh)
            if len(lines) < _PAGE:
                return

    async def _show_line(self, line: Line, *, fresh: bool) -> None:
        self._seen = line.number
        if line.kind == CLOSING:
            return
        own = fresh and line.author == CUSTOMER
        await self._connection.send(frames.delivered(line) if own else frames.message(line))

    async def _show_routing(self, item: RoutingHappened) -> None:
        event = item.event
        if event.name == "ContactQueued":
            await self._show_queued(event.queue_id)
        elif event.name == "OfferAccepted":
            self._parts.places.forget(self._contact_id)
            await self._show_agent(event.agent_id)
        elif event.name in {"ContactEnded", "ContactAbandoned"}:
            await self._show_ended(event.ended_by)

    async def _show_queued(self, queue_id: str) -> None:
        await self._connection.send(frames.queued(queue_id, None))

        async def tell(waiting: Waiting) -> None:
            await self._connection.send(frames.queued(queue_id, waiting))

        self._parts.places.watch(self._tenant, queue_id, self._contact_id, tell)

    async def _show_agent(self, agent_id: str) -> None:
        name = self._parts.name_of_agent(self._tenant, agent_id)
        await self._connection.send(frames.agent_joined(agent_id, name))

    async def _show_ended(self, by: str) -> None:
        self._parts.places.forget(self._contact_id)
        if not self._ended:
            self._ended = True
            await self._connection.send(frames.ended(by))

    async def _show_anew(self) -> None:
        """Too much happened at once: show where the contact stands."""
        stored = await self._parts.contacts.find(self._tenant, self._contact_id, fresh=True)
        if stored is not None:
            await self._catch_up(fresh=True)
            await self._show_state(stored.thing)

    async def _show_state(self, contact: Contact) -> None:
        if contact.state == WAITING:
            await self._show_queued(contact.entry.queue_id)
        elif contact.state == TALKING and contact.holder is not None:
            await self._show_agent(contact.holder.agent_id)
        elif contact.state in {WRAP_UP, CLOSED}:
            await self._show_ended(contact.ended_by)
            await self._show_surveys()

    async def _show_surveys(self) -> None:
        """After the end, show the surveys that the customer missed, and those that still wait for an answer."""
        for stored in await self._parts.deliveries.of_contact(self._tenant, self._contact_id):
            delivery = stored.thing
            if delivery.state == PENDING or (delivery.state == SENT and delivery.answer_place):
                await self._show_again(delivery)

    async def _show_again(self, delivery: Delivery) -> None:
        try:
            if delivery.state == PENDING:
                once = Attempt(number=1, last=False)
                await self._parts.deliver.attempt(self._tenant, delivery.id, once, unsure=True)
            else:
                await self._parts.deliver.show_again(delivery)
        except TryAgain:
            return

    def _publish(self, item: FeedItem) -> None:
        self._parts.feed.publish(self._tenant, f"contact:{self._contact_id}", item)
