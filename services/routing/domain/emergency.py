"""One switch for a whole pool: where new contacts go, who helps, and whose site is given up."""

from dataclasses import dataclass

from services.routing.domain.queue_steps import WayOut
from services.routing.domain.settings import AgentProfile

#: What becomes of who waits already as an emergency is declared.
STAY, LEAVE = "stay", "leave"
WAITING_CHOICES = (STAY, LEAVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """What holds in a pool until it is lifted.

    New contacts take `then`; where it leads to a queue, that one takes them whatever its hours, and without it
    everything goes on as ever. Agents of `extra_sites`, and those who serve one of `extra_queues`, are asked for
    contacts of every queue for which they have skills and capacity. Agents of `closed_sites` get no more offers.
    """

    then: WayOut | None = None
    waiting: str = STAY
    extra_sites: tuple[str, ...] = ()
    extra_queues: tuple[str, ...] = ()
    closed_sites: tuple[str, ...] = ()

    def way_from(self, queue_id: str) -> WayOut | None:
        """Give the way out of a queue; the queue that takes all has none."""
        return None if self.takes_all(queue_id) else self.then

    def takes_all(self, queue_id: str) -> bool:
        return self.then is not None and self.then.to_queue == queue_id

    def adds(self, profile: AgentProfile) -> bool:
        """Say whether an agent helps in every queue."""
        return profile.site_id in self.extra_sites or not set(profile.queue_ids).isdisjoint(self.extra_queues)

    def bars(self, site_id: str) -> bool:
        """Say whether the site that an agent sits at is given up."""
        return site_id in self.closed_sites
