"""Domain values as plain dicts, lists and scalars, for the journal and the snapshots; and back.

A value says its class under `_`. A field that a stored value lacks takes its default, one that the class no
longer has is ignored: so an old journal is read by a new version, as long as new fields have defaults.
"""

from dataclasses import fields
from typing import Any

from services.routing.domain import (
    agent_events,
    callback_commands,
    callback_events,
    callback_rules,
    commands,
    contact_events,
    desk_commands,
    desk_events,
    emergency,
    entry,
    forecasts,
    internal_events,
    opening_hours,
    queue_steps,
    settings,
    stays,
    widening,
)
from services.routing.domain.agent import Shown
from services.routing.domain.engine import Step
from services.routing.domain.floor import breaches as floor_breaches
from services.routing.domain.floor import events as floor_events
from services.routing.domain.floor import rules as floor_rules
from services.routing.domain.floor import shifts as floor_shifts
from services.routing.domain.pool import Kept
from services.routing.domain.refusals import Refusal

_MODULES = (
    commands,
    desk_commands,
    desk_events,
    emergency,
    entry,
    agent_events,
    callback_commands,
    callback_events,
    callback_rules,
    contact_events,
    internal_events,
    forecasts,
    opening_hours,
    queue_steps,
    settings,
    stays,
    widening,
    floor_breaches,
    floor_events,
    floor_rules,
    floor_shifts,
)
_CLASSES: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        *(
            value
            for module in _MODULES
            for value in vars(module).values()
            if isinstance(value, type) and value.__module__ == module.__name__
        ),
        Shown,
        Step,
        Kept,
        Refusal,
    )
}
_FIELDS: dict[type, tuple[str, ...]] = {kind: tuple(f.name for f in fields(kind)) for kind in _CLASSES.values()}
_SCALARS = frozenset((str, int, float, bool, type(None)))


def to_plain(value: Any) -> Any:
    """Take a domain value, or a tuple of them, apart."""
    kind = type(value)
    if kind in _SCALARS:
        return value
    if kind is tuple:
        return [item if type(item) in _SCALARS else to_plain(item) for item in value]
    plain = {"_": kind.__name__}
    for name in _FIELDS[kind]:
        field = getattr(value, name)
        plain[name] = field if type(field) in _SCALARS else to_plain(field)
    return plain


def from_plain(plain: Any) -> Any:
    """Make the domain value of a plain one. Raises KeyError where its class is not known."""
    if isinstance(plain, list):
        return tuple(from_plain(item) for item in plain)
    if not isinstance(plain, dict):
        # The driver gives long integers as a class of its own, which nothing here should meet.
        return int(plain) if type(plain) not in _SCALARS else plain
    kind = _CLASSES[plain["_"]]
    return kind(
        **{
            name: field if type(field := plain[name]) in _SCALARS else from_plain(field)
            for name in _FIELDS[kind]
            if name in plain
        }
    )


def register(kind: type) -> type:
    """Let instances of a frozen dataclass be stored; for the records of other modules of this package."""
    _CLASSES[kind.__name__] = kind
    _FIELDS[kind] = tuple(f.name for f in fields(kind))
    return kind
