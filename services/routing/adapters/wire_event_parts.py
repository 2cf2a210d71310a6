"""The parts that public events share, as protobuf."""

from services.routing.adapters.wire_times import timestamp
from services.routing.domain import entry as d
from switchyard.events.routing.v1 import contact_routing_events_pb2 as contacts


def entry_of(entry: d.Entry) -> contacts.Entry:
    return contacts.Entry(
        contact_id=entry.contact_id,
        number=entry.number,
        queue_id=entry.queue_id,
        channel=entry.channel,
        pool_id=entry.pool_id,
        queued_at=timestamp(entry.queued_at),
        target_seconds=entry.target_seconds,
        short_abandon_seconds=entry.short_abandon_seconds,
        callback_attempt=entry.callback_attempt,
    )


def holder_of(holder: d.Holder) -> contacts.Holder:
    return contacts.Holder(agent_id=holder.agent_id, team_id=holder.team_id, site_id=holder.site_id)
