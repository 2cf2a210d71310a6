"""The limits on what a command's fields may say; beyond them it is none, so that the engine meets nothing absurd."""

from collections.abc import Collection, Iterable

from services.routing.application.ports import NotACommand
from services.routing.domain.settings import Attribute, SkillLevel
from switchyard.internal.routing.v1 import commands_pb2 as wire

LONGEST_NAME = 256
#: Announcements, expressions and values of attributes.
LONGEST_TEXT = 4_096
#: Items of one list; settings and the gateway's door allow fewer.
MOST_ITEMS = 1_000
_MOST_SECONDS = 366 * 86_400.0
_HIGHEST = 1_000_000


def name(text: str, field: str) -> str:
    if not 0 < len(text) <= LONGEST_NAME:
        raise NotACommand(f"{field} is missing or too long")
    return text


def text(value: str, field: str) -> str:
    if len(value) > LONGEST_TEXT:
        raise NotACommand(f"{field} is too long")
    return value


def names(texts: Collection[str], field: str) -> tuple[str, ...]:
    few(texts, field)
    return tuple(name(each, field) for each in texts)


def few(items: Collection[object], field: str) -> None:
    if len(items) > MOST_ITEMS:
        raise NotACommand(f"{field} has more than {MOST_ITEMS} items")


def seconds(value: float) -> float:
    if not 0 <= value <= _MOST_SECONDS:
        raise NotACommand(f"{value} seconds are out of range")
    return value


def count(value: int, field: str) -> int:
    if not 0 <= value <= _HIGHEST:
        raise NotACommand(f"{field} is out of range")
    return value


def one_of(value: str, known: Collection[str], field: str) -> str:
    if value not in known:
        raise NotACommand(f"{field} is none of {', '.join(known)}")
    return value


def skills(messages: Iterable[wire.SkillLevel]) -> tuple[SkillLevel, ...]:
    return tuple(SkillLevel(skill_id=name(m.skill_id, "skill_id"), level=m.level) for m in messages)


def attributes(messages: Collection[wire.Attribute]) -> tuple[Attribute, ...]:
    few(messages, "attributes")
    return tuple(Attribute(name=name(m.name, "attribute"), value=text(m.value, "attribute")) for m in messages)
