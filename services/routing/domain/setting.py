"""What every kind of setting has."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What every kind has; `id` is unique within tenant and kind."""

    id: str
    name: str
