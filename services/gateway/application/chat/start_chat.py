"""Starting a chat: the customer's own id for it makes the contact's, so that a repeated start is one contact."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.gateway.application.entry_points import EntryPoints, Queues
from services.gateway.application.open_contact import NewContact, OpenContact
from services.gateway.domain.contact import Contact, FormAnswer
from services.gateway.domain.entry_point import EntryPoint
from services.gateway.domain.errors import NotThere
from services.gateway.domain.identifiers import contact_of_chat


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatStart:
    """`queue_id` or `flow` (an entry point's id) lead elsewhere than the site key does."""

    client_id: str
    name: str = ""
    address: str = ""
    queue_id: str = ""
    flow: str = ""
    form: tuple[FormAnswer, ...] = ()


class StartChat:
    def __init__(
        self,
        *,
        open_contact: OpenContact,
        entry_points: EntryPoints,
        queues: Queues,
        replica: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._open = open_contact
        self._entry_points = entry_points
        self._queues = queues
        self._replica = replica
        self._clock = clock

    def contact_id(self, entry_point: EntryPoint, start: ChatStart) -> str:
        """Name the contact before it is there, so that nothing said about it is missed."""
        return contact_of_chat(entry_point.tenant, entry_point.id, start.client_id)

    async def __call__(self, entry_point: EntryPoint, start: ChatStart) -> Contact:
        """Raises NotThere (queue-unknown, flow-unknown), StoreUnavailable."""
        flow = await self._flow(entry_point, start)
        queue_id = start.queue_id or flow.queue_id
        if await self._queues.find_pool_of(entry_point.tenant, queue_id) is None:
            raise NotThere("queue-unknown", f"There is no queue {queue_id}.", pointer="/queue")
        new = NewContact(
            tenant=entry_point.tenant,
            contact_id=self.contact_id(entry_point, start),
            channel="chat",
            customer_address=start.address,
            customer_name=start.name,
            entry_address=entry_point.address,
            entry_point=flow,
            queue_id=queue_id,
            client_id=start.client_id,
            form=start.form,
            replica=self._replica,
            at=self._clock(),
        )
        return await self._open(new)

    async def _flow(self, entry_point: EntryPoint, start: ChatStart) -> EntryPoint:
        if not start.flow:
            return entry_point
        flow = await self._entry_points.by_id(entry_point.tenant, start.flow)
        if flow is None or flow.channel != "chat":
            raise NotThere("flow-unknown", f"There is no chat flow {start.flow}.", pointer="/flow")
        return flow
