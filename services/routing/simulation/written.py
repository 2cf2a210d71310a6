"""How the fields of a dataclass are written: under which names, and which classes' fields stand beside its own."""

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints


@dataclass(frozen=True, slots=True, kw_only=True)
class Inline:
    """A dataclass whose fields are written beside the others; `hidden` ones are filled in, `defaults` replaced."""

    hidden: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)


def inline_of(hint: Any) -> Inline | None:
    notes = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return next((note for note in notes if isinstance(note, Inline)), None)


def writable(kind: type) -> list[str]:
    """Name the fields of a class as they are written, those of inlined classes too."""
    names: list[str] = []
    for each in fields_of(kind):
        hint = hints(kind)[each.name]
        inline = inline_of(hint)
        if inline is None:
            names.append(spellings(each.name)[0])
        else:
            names += (name for name in writable(get_args(hint)[0]) if name not in hidden(inline))
    return names


def hidden(inline: Inline) -> set[str]:
    return {spelling for name in inline.hidden for spelling in spellings(name)}


@cache
def hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


@cache
def fields_of(kind: type) -> "tuple[Field[Any], ...]":
    """Give a class's fields, inlined ones last: a name that both have is the class's own."""
    written = [each for each in fields(kind) if each.init]
    return tuple(sorted(written, key=lambda each: inline_of(hints(kind)[each.name]) is not None))


def spellings(name: str) -> tuple[str, ...]:
    if name.endswith("_id"):
        return name.removesuffix("_id"), name
    return (name.removesuffix("_ids") + "s", name) if name.endswith("_ids") else (name,)
