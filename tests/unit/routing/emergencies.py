"""A pool with sites, and the switch for emergencies."""

from services.routing.domain import commands as c
from services.routing.domain.emergency import Emergency
from services.routing.domain.engine import Step
from services.routing.domain.settings import AgentProfile, SkillLevel
from tests.unit.routing.driver import BLENDED, Driver


def declare(pool: Driver, emergency: Emergency | None, version: int | None = None) -> Step:
    """Declare an emergency, or lift it by None."""
    known = pool.state.versions.get("emergency", 0)
    return pool.do(
        c.ConfigureEmergency(
            id=pool.id(), issued_at=pool.now, version=known + 1 if version is None else version, emergency=emergency
        )
    )


def agent_at(pool: Driver, agent_id: str, site: str, *queues: str, skills: tuple[SkillLevel, ...] = ()) -> Step:
    """Let an agent of a site be available."""
    profile = AgentProfile(
        agent_id=agent_id,
        site_id=site,
        queue_ids=queues,
        skills=skills,
        channels=BLENDED,
        version=pool.state.versions.get(f"agent/{agent_id}", 0) + 1,
    )
    pool.do(c.ConfigureAgent(id=pool.id(), issued_at=pool.now, profile=profile))
    return pool.set(agent_id, "available")
