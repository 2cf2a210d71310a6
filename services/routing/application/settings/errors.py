"""Why a change of a setting is refused.

SettingError
├── SettingNotFound       404
├── SettingExists         409
├── VersionStale          412
├── StillUsed             409
├── QueueNotEmpty         409
├── PoolMoving            503
├── AgentMoving           409
├── BuiltIn               409
├── PoolFixed             422
├── CrossesPools          422
├── ReferenceUnknown      422
├── ShiftsOverlap         422
├── HoursOverlap          422
├── DateRepeated          422
├── CountryUnknown        422
├── HolidaysWithoutHours  422
├── AnnouncementMissing   422
├── EmergencyUnclear      422
└── SettingImpossible     422
    ├── CycleOfOverflows
    ├── SkillUnstaffed
    └── ExpressionRefused
"""

from collections.abc import Sequence
from typing import Self

from services.routing.domain.setting_fault import Fault


class SettingError(Exception):
    """`faults` name the fields."""

    code = "setting-refused"

    def __init__(self, detail: str, pointers: Sequence[str] = ()) -> None:
        super().__init__(detail)
        self.faults = tuple(Fault(pointer, detail) for pointer in pointers)


class SettingNotFound(SettingError):
    code = "not-found"


class SettingExists(SettingError):
    code = "already-exists"


class VersionStale(SettingError):
    code = "version-stale"

    def __init__(self, current: int) -> None:
        super().__init__(f"The current version is {current}.")
        self.current = current


class StillUsed(SettingError):
    code = "still-used"


class QueueNotEmpty(SettingError):
    code = "queue-not-empty"


class PoolMoving(SettingError):
    """What the engine knows is needed, and it cannot be asked just now."""

    code = "pool-moving"

    def __init__(self, pool: str) -> None:
        super().__init__(f"The engine of pool {pool} is being taken over; ask again.")


class AgentMoving(SettingError):
    code = "agent-moving"


class BuiltIn(SettingError):
    code = "built-in"


class PoolFixed(SettingError):
    code = "pool-fixed"


class CrossesPools(SettingError):
    code = "crosses-pools"


class ReferenceUnknown(SettingError):
    code = "reference-unknown"


class SettingImpossible(SettingError):
    code = "setting-impossible"

    @classmethod
    def of(cls, faults: Sequence[Fault]) -> Self:
        """Say what is wrong with each field."""
        error = cls(" ".join(dict.fromkeys(fault.detail for fault in faults)))
        error.faults = tuple(faults)
        return error


class CycleOfOverflows(SettingImpossible):
    code = "cycle-of-overflows"


class SkillUnstaffed(SettingImpossible):
    code = "skill-unstaffed"


class ExpressionRefused(SettingImpossible):
    code = "expression-invalid"


class ShiftsOverlap(SettingError):
    code = "shifts-overlap"


class HoursOverlap(SettingError):
    code = "intervals-overlap"


class DateRepeated(SettingError):
    code = "date-repeated"


class CountryUnknown(SettingError):
    code = "country-unknown"


class HolidaysWithoutHours(SettingError):
    code = "holidays-without-hours"


class AnnouncementMissing(SettingError):
    code = "announcement-missing"


class EmergencyUnclear(SettingError):
    code = "emergency-unclear"
