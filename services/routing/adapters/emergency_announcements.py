"""What everybody is told of an emergency."""

from services.routing.domain.organisation_rules import AnnounceEmergency
from services.routing.domain.queue_steps import WayOut
from switchyard.events.routing.v1 import emergency_events_pb2 as announcements


def emergency_announcement(
    effect: AnnounceEmergency,
) -> announcements.EmergencyDeclared | announcements.EmergencyLifted:
    declared = effect.setting
    if not declared.on:
        return announcements.EmergencyLifted(pool_ids=effect.pools)
    holds = ((pool, declared.in_pool(pool)) for pool in effect.pools)
    return announcements.EmergencyDeclared(
        pools=[_pool(pool, emergency.then) for pool, emergency in holds if emergency is not None],
        message=declared.message,
        waiting=declared.waiting,
        extra_sites=declared.extra_sites,
        extra_queues=declared.extra_queues,
        closed_sites=declared.closed_sites,
    )


def _pool(pool: str, way: WayOut | None) -> announcements.EmergencyPool:
    if way is None:
        return announcements.EmergencyPool(pool_id=pool)
    return announcements.EmergencyPool(pool_id=pool, to_queue=way.to_queue, last_step=way.last_step)
