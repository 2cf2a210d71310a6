"""What runs behind the gateway's doors: finding what has to leave, and ending in order."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from services.gateway.application.ask_again import AskAgain
from services.gateway.wiring.contacts import Contacts
from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.eventing.ports import BrokerUnavailable

#: What a crash left behind is found at start; this often it is looked for again, for what found no place in memory.
SCAN_SECONDS = 30.0
#: Sending may end in this time; what does not is found at the next start.
_FINISH_SECONDS = 3.0

log = structlog.get_logger(__name__)


class Leaving:
    """Brings what the store says has not left to the senders; `ask_again` is for a broker that forgets."""

    def __init__(self, contacts: Contacts, ask_again: AskAgain | None) -> None:
        self._contacts = contacts
        self._ask_again = ask_again

    async def run(self, stop: asyncio.Event) -> None:
        """Look at once and then on a timer until told to stop; then let what is under way end."""
        if self._ask_again is not None:
            await self._recovered(self._ask_again)
        while not stop.is_set():
            await self._recovered(self._contacts.send_lines.recover)
            await self._recovered(self._contacts.deliver.recover)
            try:
                await asyncio.wait_for(stop.wait(), SCAN_SECONDS)
            except TimeoutError:
                continue
        await asyncio.gather(
            self._contacts.line_sending.finish(within_seconds=_FINISH_SECONDS),
            self._contacts.delivering.finish(within_seconds=_FINISH_SECONDS),
        )

    async def _recovered(self, recover: Callable[[], Awaitable[int]]) -> None:
        try:
            await recover()
        except (StoreUnavailable, BrokerUnavailable) as error:
            log.warning("leaving-not-recovered", error=str(error))

    def waiting(self) -> int:
        return self._contacts.line_sending.waiting + self._contacts.delivering.waiting
