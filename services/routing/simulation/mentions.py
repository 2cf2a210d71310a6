"""Which queues, agents or sites a queue's rules name, whatever rules there are: found by the fields' names."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

QUEUE, AGENT, SITE = (re.compile(rf"(^|_){kind}s?(_ids?)?$") for kind in ("queue", "agent", "site"))


def mentioned(kind: re.Pattern[str], rules: object, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Give each name of a kind that stands within a dataclass, after a JSON pointer to where; empty ones are none."""
    if not is_dataclass(rules):
        return
    for each in fields(rules):
        value, where = getattr(rules, each.name), f"{pointer}/{each.name}"
        named = kind.search(each.name) is not None
        if named and isinstance(value, str) and value:
            yield where, value
        elif isinstance(value, tuple):
            yield from _mentioned_in(kind, value, where, named=named)
        else:
            yield from mentioned(kind, value, where)


def _mentioned_in(
    kind: re.Pattern[str], values: tuple[object, ...], pointer: str, *, named: bool
) -> Iterator[tuple[str, str]]:
    for number, value in enumerate(values):
        if named and isinstance(value, str):
            yield f"{pointer}/{number}", value
        else:
            yield from mentioned(kind, value, f"{pointer}/{number}")
