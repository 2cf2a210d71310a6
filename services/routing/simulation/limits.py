"""What numbers, texts and lists in plain data must keep to."""

import re
from dataclasses import dataclass
from typing import Any

_DAYS_31 = 31 * 86_400.0
_LONGEST_TEXT = 200
#: Moments are counted from 1970 on, and a simulated span must end in a year that has a date.
FIRST_YEAR, LAST_YEAR = 1970, 2999


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a number, or each of a list, must keep to; `longest` bounds a list, `pattern` a text."""

    least: float | None = None
    above: float | None = None
    most: float | None = None
    longest: int | None = None
    shortest: int = 0
    pattern: str = ""
    says: str = ""


#: What classes that bound nothing themselves mean by the names of their fields; rules as at the settings' door.
_BY_NAME = (
    (re.compile(r"^target_seconds$"), Limits(least=0.001, most=_DAYS_31)),
    (re.compile(r"^ring_seconds$"), Limits(least=0.001, most=3_600)),
    (re.compile(r"^(wrap_up|sticky)_seconds$"), Limits(least=0, most=86_400)),
    (re.compile(r"^(retry|give_up)_after_seconds$"), Limits(least=1, most=_DAYS_31)),
    (re.compile(r"(^|_)seconds$"), Limits(least=0, most=_DAYS_31)),
    (re.compile(r"(^|_)level$"), Limits(least=1, most=10)),
    (re.compile(r"^capacity_units$|^units$"), Limits(least=1, most=1_000)),
    (re.compile(r"^most$"), Limits(least=0, most=100)),
    (re.compile(r"^most_attempts$"), Limits(least=1, most=20)),
    (re.compile(r"^priority$"), Limits(least=-1_000, most=1_000)),
    (re.compile(r"^raise_priority$"), Limits(least=0, most=1_000)),
    (re.compile(r"^relax_levels$"), Limits(least=0, most=10)),
    (re.compile(r"^rank$"), Limits(least=1, most=100)),
    (re.compile(r"^at_once$"), Limits(least=1, most=50)),
    (re.compile(r"^limit$"), Limits(least=0, most=100_000)),
    (re.compile(r"^(opens|closes)$"), Limits(least=0, most=2 * 24 * 60)),
    (re.compile(r"^days$"), Limits(least=1, most=7)),
    (re.compile(r"^like_weekday$"), Limits(least=0, most=7)),
)
ANY = Limits()


def limits_of(name: str) -> Limits:
    """Give what a field's name says that it keeps to."""
    return next((limits for pattern, limits in _BY_NAME if pattern.search(name)), ANY)


def broken(limits: Limits, value: Any) -> str:
    """Say which limit a value breaks; nothing where it keeps them all."""
    if isinstance(value, str):
        if len(value) > _LONGEST_TEXT:
            return f"must have at most {_LONGEST_TEXT} characters"
        return f"must be {limits.says}" if limits.pattern and not re.fullmatch(limits.pattern, value) else ""
    if limits.least is not None and value < limits.least:
        return f"must be at least {limits.least:g}"
    if limits.above is not None and value <= limits.above:
        return f"must be more than {limits.above:g}"
    if limits.most is not None and value > limits.most:
        return f"must be at most {limits.most:g}"
    return ""
