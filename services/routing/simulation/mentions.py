"""Which queues a queue's rules name, whatever rules there are: found by the fields' names."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

_OF_QUEUES = re.compile(r"(^|_)queues?(_ids?)?$")


def queues_mentioned(rules: object, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Give each queue that is named within a dataclass, after a JSON pointer to where; empty names are none."""
    if not is_dataclass(rules):
        return
    for each in fields(rules):
        value, where = getattr(rules, each.name), f"{pointer}/{each.name}"
        of_queues = _OF_QUEUES.search(each.name) is not None
        if of_queues and isinstance(value, str) and value:
            yield where, value
        elif isinstance(value, tuple):
            yield from _mentioned_in(value, where, of_queues=of_queues)
        else:
            yield from queues_mentioned(value, where)


def _mentioned_in(values: tuple[object, ...], pointer: str, *, of_queues: bool) -> Iterator[tuple[str, str]]:
    for number, value in enumerate(values):
        if of_queues and isinstance(value, str):
            yield f"{pointer}/{number}", value
        else:
            yield from queues_mentioned(value, f"{pointer}/{number}")
