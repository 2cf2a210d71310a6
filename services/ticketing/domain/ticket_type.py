"""What kinds of tickets there are: eight every tenant has from the start, and the tenant's own."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

#: More than any list of a screen shows at once; it bounds what one request for all types reads.
MOST_OWN_TYPES = 190
#: What an unknown type falls back to where refusing would lose a customer's matter.
FALLBACK_TYPE = "enquiry"


class Priority(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """A name in the languages of the screens."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketType:
    """`prefix` begins the numbers of its tickets; a type that is not `active` opens no new ones."""

    id: str
    name: Names
    prefix: str
    default_priority: Priority = Priority.NORMAL
    active: bool = True
    built_in: bool = False


def _built_in(id: str, en: str, zh: str, prefix: str, priority: Priority = Priority.NORMAL) -> TicketType:  # noqa: A002
    name = Names(en=en, zh=zh)
    return TicketType(id=id, name=name, prefix=prefix, default_priority=priority, built_in=True)


#: The types of a utility's or telecom's hotline (domain T1); every tenant has them without set-up.
BUILT_IN_TYPES = MappingProxyType(
    {
        known.id: known
        for known in (
            _built_in("fault_report", "Fault report", "故障报修", "FR", Priority.HIGH),
            _built_in("enquiry", "Enquiry", "咨询", "EN"),
            _built_in("complaint", "Complaint", "投诉", "CP", Priority.HIGH),
            _built_in("misconduct_report", "Report of misconduct", "举报", "MR", Priority.HIGH),
            _built_in("suggestion", "Suggestion", "建议", "SG", Priority.LOW),
            _built_in("opinion", "Opinion", "意见", "OP", Priority.LOW),
            _built_in("praise", "Praise", "表扬", "PR", Priority.LOW),
            _built_in("business_request", "Business request", "业务办理", "BR"),
        )
    }
)
