"""A tenant's ticket types: the built-in ones, unless it changed them, and its own."""

from collections.abc import Sequence

from services.ticketing.application.ports import Recorded, TicketTypes
from services.ticketing.domain.errors import TicketTypeExists, TicketTypeUnknown, TooManyTicketTypes, VersionStale
from services.ticketing.domain.ticket_type import BUILT_IN_TYPES, MOST_OWN_TYPES, TicketType
from switchyard.eventing.aggregates import AggregateExists

#: A built-in type that the tenant never changed.
UNCHANGED = 0


async def find_type(types: TicketTypes, tenant: str, type_id: str) -> Recorded[TicketType]:
    """Raises TicketTypeUnknown."""
    stored = await types.find(tenant, type_id)
    if stored is not None:
        return stored
    if type_id in BUILT_IN_TYPES:
        return Recorded(value=BUILT_IN_TYPES[type_id], version=UNCHANGED)
    raise TicketTypeUnknown(type_id)


async def list_types(types: TicketTypes, tenant: str) -> Sequence[Recorded[TicketType]]:
    """Return the built-in types in their order, then the tenant's own by id."""
    stored = {recorded.value.id: recorded for recorded in await types.all(tenant)}
    built_in = [stored.pop(known.id, Recorded(value=known, version=UNCHANGED)) for known in BUILT_IN_TYPES.values()]
    return [*built_in, *(stored[id_] for id_ in sorted(stored))]


async def add_type(types: TicketTypes, tenant: str, type: TicketType) -> Recorded[TicketType]:  # noqa: A002
    """Raises TicketTypeExists, TooManyTicketTypes."""
    if type.id in BUILT_IN_TYPES:
        raise TicketTypeExists(type.id)
    if len(await types.all(tenant)) >= MOST_OWN_TYPES:
        raise TooManyTicketTypes(MOST_OWN_TYPES)
    try:
        return await types.add(tenant, type)
    except AggregateExists as error:
        raise TicketTypeExists(type.id) from error


async def put_type(
    types: TicketTypes,
    tenant: str,
    type: TicketType,  # noqa: A002
    expected: int | None,
) -> tuple[Recorded[TicketType], bool]:
    """Make the type be so; says whether it is new. Raises VersionStale, TooManyTicketTypes, AggregateConflict."""
    try:
        current = await find_type(types, tenant, type.id)
    except TicketTypeUnknown:
        if expected is not None:
            raise
        return await add_type(types, tenant, type), True
    if expected is not None and expected != current.version:
        raise VersionStale(current.version)
    if current.value == type:
        return current, False
    if current.version == UNCHANGED:
        return await types.add(tenant, type), False
    return await types.save(tenant, current, type), False
