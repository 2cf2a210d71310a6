"""Supervisors' and agents' own commands to a driven pool."""

from services.routing.domain import desk_commands as c
from services.routing.domain.commands import ConfigureAgent, SetAgentState
from services.routing.domain.engine import Step
from services.routing.domain.settings import AgentProfile
from tests.unit.routing.driver import BLENDED, Driver


class Desk(Driver):
    """A pool with one queue, `billing`, that gives 30 s for wrap-up."""

    def __init__(self) -> None:
        super().__init__()
        self.queue("billing", ring_seconds=20, wrap_up_seconds=30)

    def extend(self, contact_id: str, agent_id: str, seconds: float) -> Step:
        return self.do(
            c.ExtendWrapUp(id=self.id(), issued_at=self.now, contact_id=contact_id, agent_id=agent_id, seconds=seconds)
        )

    def assign(self, contact_id: str, agent_id: str, *, force: bool = False) -> Step:
        return self.do(
            c.AssignContact(
                id=self.id(), issued_at=self.now, contact_id=contact_id, agent_id=agent_id, by="sue", force=force
            )
        )

    def prioritise(self, contact_id: str, priority: int) -> Step:
        return self.do(
            c.ChangePriority(id=self.id(), issued_at=self.now, contact_id=contact_id, priority=priority, by="sue")
        )

    def take_over(self, contact_id: str, agent_id: str, *, force: bool = False) -> Step:
        return self.do(
            c.TakeOver(
                id=self.id(), issued_at=self.now, contact_id=contact_id, agent_id=agent_id, by="sue", force=force
            )
        )

    def report(self, agent_id: str, version: int, *, present: bool, grace_seconds: float = 30) -> Step:
        return self.do(
            c.ReportPresence(
                id=self.id(),
                issued_at=self.now,
                agent_id=agent_id,
                present=present,
                version=version,
                grace_seconds=grace_seconds,
            )
        )

    def force(self, agent_id: str, state: str, reason: str = "", *, force: bool = False) -> Step:
        return self.do(
            SetAgentState(
                id=self.id(),
                issued_at=self.now,
                agent_id=agent_id,
                state=state,
                reason=reason,
                forced_by="sue",
                force=force,
            )
        )

    def sit(self, agent_id: str, *, site: str = "", seat: str = "", state: str = "available") -> Step:
        return self.do(
            SetAgentState(id=self.id(), issued_at=self.now, agent_id=agent_id, state=state, site=site, seat=seat)
        )

    def agent_of_site(self, agent_id: str, site_id: str, *, version: int = 1) -> Step:
        profile = AgentProfile(
            agent_id=agent_id, site_id=site_id, queue_ids=("billing",), channels=BLENDED, version=version
        )
        return self.do(ConfigureAgent(id=self.id(), issued_at=self.now, profile=profile))
