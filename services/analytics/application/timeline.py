"""Everything that was announced about one contact."""

from collections.abc import Sequence

from services.analytics.application.ports import Archive
from switchyard.eventing.envelope import Received


async def contact_timeline(
    archive: Archive, tenant: str, contact_id: str, *, after: tuple[int, str, int] | None, limit: int
) -> tuple[Sequence[Received], bool]:
    """List the contact's events in the order they happened, and whether more follow. Raises StoreUnavailable."""
    found = await archive.of_contact(tenant, contact_id, after=after, limit=limit + 1)
    return found[:limit], len(found) > limit
