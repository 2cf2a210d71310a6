"""Whether a pool has anybody for the skills that its queues ask for."""

from services.routing.application.settings.errors import SkillUnstaffed
from services.routing.application.settings.ports import Ports
from services.routing.application.settings.reading import every
from services.routing.domain.organisation import ConfiguredAgent, Queue, Setting
from services.routing.domain.unstaffed_skills import SkillAsked, skills_never_waived, unstaffed


class SkillHolders:
    """Asks the store once for each skill and level of a pool."""

    def __init__(self, ports: Ports, tenant: str) -> None:
        self._ports = ports
        self._tenant = tenant
        self._known: dict[tuple[str, str, int], bool] = {}

    async def lacking(self, asked: SkillAsked, pool: str) -> bool:
        """Say that nobody of the pool has it. Raises StoreUnavailable."""
        key = (pool, asked.skill.skill_id, asked.skill.level)
        if key not in self._known:
            self._known[key] = not await self._found(asked, pool)
        return self._known[key]

    async def _found(self, asked: SkillAsked, pool: str) -> bool:
        where = {"pool": pool, "skills.skill": asked.skill.skill_id}
        async for agent in every(self._ports.store, ConfiguredAgent, self._tenant, where):
            if asked.had_by(agent.value):
                return True
        return False


async def check_skills(ports: Ports, tenant: str, before: Setting | None, wanted: Setting) -> None:
    """Refuse that a queue which is served asks for what nobody has; one that nobody serves yet is being set up.

    What it asked for already stays: an agent who leaves must not keep a queue from being changed.

    Raises SkillUnstaffed, StoreUnavailable.
    """
    if not isinstance(wanted, Queue):
        return
    known = {each.skill for each in skills_never_waived(before)} if isinstance(before, Queue) else set()
    new = [each for each in skills_never_waived(wanted) if each.skill not in known]
    if not new or not await ports.store.page(ConfiguredAgent, tenant, where={"queues": wanted.id}, limit=1):
        return
    holders = SkillHolders(ports, tenant)
    lacking = [unstaffed(each, wanted.pool) for each in new if await holders.lacking(each, wanted.pool)]
    if lacking:
        raise SkillUnstaffed.of(lacking)
