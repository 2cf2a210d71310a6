"""Whom a tenant asks how content they are: one setting for all queues, and one for each queue that differs."""

from collections.abc import Iterable
from dataclasses import dataclass

ALL_QUEUES = "all"
CSAT = "csat"
#: One list shows them all.
MOST_SURVEYS = 190


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveySetting:
    """`queue_id` is empty for all queues. An answer counts for `until_seconds`; `languages` are asked in order."""

    queue_id: str = ""
    kind: str = CSAT
    enabled: bool = True
    scale_max: int = 5
    until_seconds: float = 86_400.0
    languages: tuple[str, ...] = ("en",)

    @property
    def id(self) -> str:
        return setting_id(self.queue_id)


#: What holds for a tenant that set up nothing.
BUILT_IN_SETTING = SurveySetting()


def setting_id(queue_id: str) -> str:
    """Name the one setting of a queue, or of all."""
    return f"queue-{queue_id}" if queue_id else ALL_QUEUES


def setting_for(settings: Iterable[SurveySetting], queue_id: str) -> SurveySetting:
    """Return the queue's own setting, else the tenant's, else the built-in one."""
    by_queue = {setting.queue_id: setting for setting in settings}
    return by_queue.get(queue_id) or by_queue.get("") or BUILT_IN_SETTING
