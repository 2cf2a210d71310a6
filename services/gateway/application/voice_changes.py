"""Changing a stored call by compare-and-set, as often as it takes."""

from collections.abc import Callable
from datetime import datetime

from services.gateway.application.voice_ports import Calls
from services.gateway.domain.voice_call import Call
from switchyard.eventing.aggregates import StoreUnavailable

_MOST_TRIES = 20


async def change_call(
    calls: Calls, tenant: str, contact_id: str, transition: Callable[[Call], Call], at: datetime
) -> tuple[Call, Call] | None:
    """Return the call before and after, or None where there is none; what changes nothing writes nothing.

    Raises StoreUnavailable.
    """
    for _ in range(_MOST_TRIES):
        found = await calls.find(tenant, contact_id)
        if found is None:
            return None
        before, version = found
        after = transition(before)
        if after == before or await calls.change(after, version, at):
            return before, after
    raise StoreUnavailable(f"The call of {contact_id} changes too often.")
