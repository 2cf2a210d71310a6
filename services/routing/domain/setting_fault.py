"""A field of a setting that cannot be as it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """`pointer` is a JSON pointer into the setting, `detail` says in a sentence what is wrong."""

    pointer: str
    detail: str


def repeated(names: Sequence[str], pointer: str) -> Iterator[Fault]:
    """Point at every name that stands in the list before."""
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Fault(f"{pointer}/{index}", f"{name!r} is named twice.")
