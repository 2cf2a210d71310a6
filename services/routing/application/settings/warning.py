"""What a setting says that cannot work yet, though it may be saved."""

from collections.abc import Sequence

from services.routing.application.settings.agents_follow import every_agent
from services.routing.application.settings.ports import Ports
from services.routing.domain.organisation import Queue, Setting
from services.routing.domain.setting_fault import Fault
from services.routing.domain.unstaffed_skills import SkillAsked, skills_asked, warning


class Warnings:
    """Judges settings of one answer together, so that a list asks for each skill of a pool once."""

    def __init__(self, ports: Ports, tenant: str) -> None:
        self._ports = ports
        self._tenant = tenant
        self._known: dict[tuple[str, str, int], bool] = {}

    async def of(self, setting: Setting) -> Sequence[Fault]:
        """Raises StoreUnavailable."""
        if not isinstance(setting, Queue):
            return ()
        asked = skills_asked(setting)
        return [warning(each, setting.pool) for each in asked if not await self._is_had(each, setting.pool)]

    async def _is_had(self, asked: SkillAsked, pool: str) -> bool:
        key = (pool, asked.skill.skill_id, asked.skill.level)
        if key not in self._known:
            self._known[key] = await self._find(asked, pool)
        return self._known[key]

    async def _find(self, asked: SkillAsked, pool: str) -> bool:
        where = {"pool": pool, "skills.skill": asked.skill.skill_id}
        async for agent in every_agent(self._ports, self._tenant, where):
            if asked.had_by(agent.value):
                return True
        return False
