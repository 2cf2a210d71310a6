"""Changing a thing that others change too: decide on what is at hand, and again on what is there if that was stale."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from services.gateway.application.ports import Cause, Conflict, Things
from services.gateway.domain.errors import GatewayError, NotThere
from switchyard.eventing.aggregates import StoreUnavailable

ThingT = TypeVar("ThingT")
FactT = TypeVar("FactT")

#: More conflicts in a row than replicas and agents could cause by chance.
_ATTEMPTS = 10


async def change(
    things: Things[ThingT, FactT],
    tenant: str,
    id: str,  # noqa: A002
    decide: Callable[[ThingT], tuple[ThingT, Sequence[FactT]]],
    cause: Cause,
    *,
    missing: str,
) -> tuple[ThingT, bool]:
    """Apply `decide` and store what it returns; tells whether that was a change.

    A refusal counts only when made on what is really stored. Raises NotThere with code `missing`, StoreUnavailable.
    """
    fresh = False
    for _ in range(_ATTEMPTS):
        stored = await things.find(tenant, id, fresh=fresh)
        if stored is None:
            raise NotThere(missing, f"There is no {id}.")
        try:
            after, facts = decide(stored.thing)
        except GatewayError:
            if fresh:
                raise
            fresh = True
            continue
        if after == stored.thing:
            return after, False
        try:
            await things.change(stored, after, facts, cause)
        except Conflict:
            fresh = True
            continue
        return after, True
    raise StoreUnavailable(f"{id} is being changed by too many at once")
