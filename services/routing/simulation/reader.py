"""Plain data, as YAML and JSON give it, read into dataclasses by their type hints; every fault names its field.

Knows no scenario: a class gets a new field, and the field can be written. A field `queue_id` may be written `queue`,
`queue_ids` as `queues`; a tuple of dataclasses as a list, or as a mapping from their first field to the rest.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from services.routing.simulation.limits import ANY, FIRST_YEAR, LAST_YEAR, Limits, broken, limits_of
from services.routing.simulation.written import Inline, fields_of, hints, inline_of, spellings, writable


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a field; `pointer` is a JSON pointer into the data."""

    pointer: str
    detail: str


class Reader:
    """Reads values and notes what is wrong with them; a value with a fault comes back as None."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def read(self, hint: Any, value: Any, pointer: str, limits: Limits = ANY) -> Any:
        """Give the value that a hint asks for."""
        if get_origin(hint) is Annotated:
            base, *notes = get_args(hint)
            return self.read(base, value, pointer, next((n for n in notes if isinstance(n, Limits)), limits))
        if hint in _SCALARS:
            return self._scalar(hint, value, pointer, limits)
        if is_dataclass(hint) and isinstance(hint, type):
            return value if type(value) is hint else self._record(hint, value, pointer)
        return self._generic(hint, value, pointer, limits)

    def fault(self, pointer: str, detail: str) -> None:
        self.faults.append(Fault(pointer, detail))

    def _generic(self, hint: Any, value: Any, pointer: str, limits: Limits) -> Any:
        origin, given = get_origin(hint), get_args(hint)
        if origin in {Union, UnionType}:
            return self._either(given, value, pointer, limits)
        if origin is Literal:
            return self._one_of(given, value, pointer)
        if origin is tuple:
            return self._many(given, value, pointer, limits)
        if origin in {Mapping, dict}:
            return self._mapping(given[1], value, pointer)
        return self.fault(pointer, "cannot be written in a scenario")

    def _scalar(self, hint: type, value: Any, pointer: str, limits: Limits) -> Any:
        expected, accepts = _SCALARS[hint]
        if isinstance(value, bool) is not (hint is bool) or not accepts(value):
            return self.fault(pointer, f"must be {expected}, not {_shown(value)}")
        if hint is datetime:
            return self._instant(value, pointer)
        limit = broken(limits, value)
        if limit:
            return self.fault(pointer, f"{limit}, not {_shown(value)}")
        return float(value) if hint is float else value

    def _instant(self, value: Any, pointer: str) -> Any:
        try:
            instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except ValueError:
            return self.fault(pointer, f"must be a date and time such as 2026-01-05T08:00:00, not {_shown(value)}")
        if FIRST_YEAR <= instant.year <= LAST_YEAR:
            return instant
        return self.fault(pointer, f"must be of the years {FIRST_YEAR} to {LAST_YEAR}, not {_shown(value)}")

    def _one_of(self, words: tuple[Any, ...], value: Any, pointer: str) -> Any:
        return value if value in words else self.fault(pointer, f"must be one of {', '.join(map(str, words))}")

    def _many(self, given: tuple[Any, ...], value: Any, pointer: str, limits: Limits) -> Any:
        item = given[0]
        if isinstance(value, Mapping) and is_dataclass(item):
            value = _spelled_out(item, value)
        if not isinstance(value, list | tuple):
            return self.fault(pointer, f"must be a list, not {_shown(value)}")
        if len(value) < limits.shortest or (limits.longest is not None and len(value) > limits.longest):
            return self.fault(pointer, f"must have {limits.shortest} to {limits.longest or 'any number of'} items")
        return tuple(self.read(item, each, f"{pointer}/{number}", limits) for number, each in enumerate(value))

    def _mapping(self, item: Any, value: Any, pointer: str) -> Any:
        if not isinstance(value, Mapping):
            return self.fault(pointer, f"must be a mapping, not {_shown(value)}")
        return {str(name): self.read(item, each, f"{pointer}/{_escaped(str(name))}") for name, each in value.items()}

    def _either(self, kinds: tuple[Any, ...], value: Any, pointer: str, limits: Limits) -> Any:
        if (value is None and NoneType in kinds) or (type(value) in kinds and is_dataclass(value)):
            return value
        chosen = _chosen([kind for kind in kinds if kind is not NoneType], value)
        if isinstance(chosen, str):
            return self.fault(pointer, chosen)
        kind, plain = chosen
        return self.read(kind, plain, pointer, limits)

    def _record(self, kind: type, value: Any, pointer: str) -> Any:
        if not isinstance(value, Mapping):
            return self.fault(pointer, f"must be a mapping of fields, not {_shown(value)}")
        before, written = len(self.faults), dict(value)
        read = {each.name: self._field(kind, each, written, pointer) for each in fields_of(kind)}
        for name in written:
            known = ", ".join(sorted(writable(kind)))
            self.fault(f"{pointer}/{_escaped(str(name))}", f"is unknown here; known are {known}")
        if len(self.faults) > before:
            return None
        return kind(**{name: each for name, each in read.items() if each is not MISSING})

    def _field(self, kind: type, each: "Field[Any]", written: dict[str, Any], pointer: str) -> Any:
        hint = hints(kind)[each.name]
        inline = inline_of(hint)
        if inline is not None:
            return self._inlined(get_args(hint)[0], inline, written, pointer)
        name = next((name for name in spellings(each.name) if name in written), None)
        if name is None:
            if each.default is MISSING and each.default_factory is MISSING:
                self.fault(f"{pointer}/{each.name}", "is missing")
            return MISSING
        return self.read(hint, written.pop(name), f"{pointer}/{name}", limits_of(each.name))

    def _inlined(self, kind: type, inline: Inline, written: dict[str, Any], pointer: str) -> Any:
        read = dict(inline.defaults) | dict(inline.hidden)
        for each in fields_of(kind):
            if each.name not in inline.hidden:
                value = self._field(kind, each, written, pointer)
                if value is not MISSING:
                    read[each.name] = value
        return kind(**read)


def _chosen(kinds: list[Any], value: Any) -> tuple[Any, Any] | str:
    """Tell which of several kinds a value is written as, and what of it to read; or what is wrong."""
    if len(kinds) == 1:
        return kinds[0], value
    if isinstance(value, Mapping):
        return _chosen_record([kind for kind in kinds if is_dataclass(kind)], value)
    short = next((kind for kind in kinds if hasattr(kind, "short")), None)
    if short is not None and isinstance(value, int | float):
        return short, {short.short: value}
    scalar = next((kind for kind in kinds if kind in _SCALARS and _SCALARS[kind][1](value)), None)
    return (scalar, value) if scalar is not None else f"cannot be {_shown(value)}"


def _chosen_record(kinds: list[Any], value: Mapping[Any, Any]) -> tuple[Any, Any] | str:
    tags = {kind.tag[1]: kind for kind in kinds if hasattr(kind, "tag")}
    if not tags:
        fitting = [kind for kind in kinds if set(value) <= set(writable(kind))]
        return (
            (fitting[0], value) if fitting else f"has fields that do not belong together: {', '.join(map(str, value))}"
        )
    key = next(iter(tags.values())).tag[0]
    kind = tags.get(str(value.get(key)))
    if kind is None:
        return f"must name in `{key}` one of {', '.join(tags)}"
    return kind, {name: each for name, each in value.items() if name != key}


def _spelled_out(kind: Any, value: Mapping[Any, Any]) -> list[Any]:
    first, *rest = (each.name for each in fields(kind))
    return [
        {first: name, **each} if isinstance(each, Mapping) else {first: name, rest[0] if rest else "": each}
        for name, each in value.items()
    ]


def _shown(value: Any) -> str:
    try:
        text = repr(value)
    except ValueError:
        return "a number of thousands of digits"
    return text if len(text) <= 40 else text[:37] + "..."


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _is_number(value: Any) -> bool:
    """A whole number that no float holds is none either."""
    try:
        return isinstance(value, int | float) and math.isfinite(value)
    except OverflowError:
        return False


_SCALARS: dict[Any, tuple[str, Callable[[Any], bool]]] = {
    float: ("a finite number", _is_number),
    int: ("a whole number", lambda value: isinstance(value, int)),
    str: ("a text", lambda value: isinstance(value, str)),
    bool: ("true or false", lambda value: isinstance(value, bool)),
    datetime: ("a date and time", lambda value: isinstance(value, str | datetime)),
}
