"""What a setting says that cannot work yet, though it may be saved."""

from collections.abc import Sequence

from services.routing.application.settings.ports import Ports
from services.routing.application.settings.skill_holders import SkillHolders
from services.routing.domain.organisation import Queue, Setting
from services.routing.domain.setting_fault import Fault
from services.routing.domain.unstaffed_skills import skills_asked, unstaffed


class Warnings:
    """Judges settings of one answer together, so that a list asks for each skill of a pool once."""

    def __init__(self, ports: Ports, tenant: str) -> None:
        self._holders = SkillHolders(ports, tenant)

    async def of(self, setting: Setting) -> Sequence[Fault]:
        """Raises StoreUnavailable."""
        if not isinstance(setting, Queue):
            return ()
        asked = skills_asked(setting)
        return [unstaffed(each, setting.pool) for each in asked if await self._holders.lacking(each, setting.pool)]
