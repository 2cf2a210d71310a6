"""Queues take their hours from calendars: when one changes, the pools are told anew."""

from services.routing.application.settings.opening import hours_of
from services.routing.application.settings.ports import Asked, Change, Ports, Recorded
from services.routing.application.settings.reading import every
from services.routing.domain.calendars import BusinessHours, Holidays
from services.routing.domain.organisation import Queue, Setting
from services.routing.domain.organisation_rules import effects_on_queue
from switchyard.eventing.aggregates import AggregateConflict

#: Where queues name a calendar.
_FIELDS: dict[type[Setting], tuple[str, ...]] = {
    BusinessHours: ("business_hours", "callbacks.business_hours"),
    Holidays: ("holidays",),
}


async def configure_queues(ports: Ports, asked: Asked, changed: Setting) -> None:
    """Configure every queue that names this calendar.

    What a crash leaves undone here, the announcing at the next start does. Raises StoreUnavailable.
    """
    for field in _FIELDS.get(type(changed), ()):
        async for queue in every(ports.store, Queue, asked.tenant, {field: changed.id}):
            await configure_queue_again(ports, asked, queue)


async def configure_queue_again(ports: Ports, asked: Asked, queue: Recorded[Queue]) -> None:
    """Send a queue's rules once more, under the revision it has. Raises StoreUnavailable."""
    effects = effects_on_queue(queue.value, await hours_of(ports, asked.tenant, queue.value))
    change = Change(value=queue.value, revision=queue.revision, effects=effects, cause=asked.cause, at=ports.clock())
    try:
        await ports.store.save(asked.tenant, queue, change)
    except AggregateConflict:
        # Whoever changed it in between has sent it with what the calendars say now.
        return
