"""Values at a price that the engine can pay: the dataclasses that are made anew for each decision.

`dataclass` is that of the standard library, and the type checker takes it for that: whoever assigns to a field of a
frozen value is told so before anything runs. At run time such a value is not guarded a second time. The guard would
set every field by a call of its own: three times the cost of making an event, and a quarter of all that a decision
costs, for the engine hardly does anything but make values.
"""

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - for the type checker it is the same, also by name
else:
    T = TypeVar("T")

    def dataclass(*, frozen: bool = False, slots: bool, kw_only: bool = False) -> Callable[[type[T]], type[T]]:
        """Make a dataclass; a frozen one is equal and hashed by its fields, as ever."""
        return dataclasses.dataclass(slots=slots, kw_only=kw_only, unsafe_hash=frozen)
