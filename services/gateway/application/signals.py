"""Typing and read marks: rate-limited at their source, so that a held key does not fill a topic."""

import time
from collections import OrderedDict
from collections.abc import Callable

import structlog

from services.gateway.application.ports import SignalSender
from switchyard.eventing.ports import BrokerUnavailable

#: The same typing state is passed on this often at most; the other side forgets it after some five seconds.
TYPING_SECONDS = 2.0
_MOST_KNOWN = 10_000

log = structlog.get_logger(__name__)


class Signals:
    """A signal that cannot be passed on now is dropped."""

    def __init__(self, sender: SignalSender, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._sender = sender
        self._monotonic = monotonic
        self._last: OrderedDict[tuple[str, str, str], tuple[bool, float]] = OrderedDict()

    async def typing(self, tenant: str, contact_id: str, author: str, typing: bool) -> None:
        """Tell the other side that `author` (customer or agent) types, or stopped."""
        key = (tenant, contact_id, author)
        state, at = self._last.get(key, (False, float("-inf")))
        now = self._monotonic()
        if state == typing and (not typing or now - at < TYPING_SECONDS):
            return
        self._last.pop(key, None)
        self._last[key] = (typing, now)
        if len(self._last) > _MOST_KNOWN:
            self._last.popitem(last=False)
        try:
            await self._sender.typing(tenant, contact_id, author, typing)
        except BrokerUnavailable:
            log.debug("signal-dropped", contact=contact_id)

    async def read(self, tenant: str, contact_id: str, author: str, through_line: int) -> None:
        """Tell the other side that `author` has seen the lines up to this one."""
        try:
            await self._sender.read(tenant, contact_id, author, through_line)
        except BrokerUnavailable:
            log.debug("signal-dropped", contact=contact_id)
