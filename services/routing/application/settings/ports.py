"""What settings need of a store."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from services.routing.domain.calendars import PublicDay
from services.routing.domain.expressions import Expressions
from services.routing.domain.organisation import Setting
from services.routing.domain.organisation_rules import Effect
from switchyard.eventing.turns import Turns

SettingT = TypeVar("SettingT", bound=Setting)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded(Generic[SettingT]):
    """A setting as stored. `revision` counts what people changed; `mark` is the store's own, for compare-and-set."""

    value: SettingT
    revision: int
    removed: bool = False
    mark: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Generic[SettingT]):
    """One write: the setting as it is from now on, and what follows from it."""

    value: SettingT
    revision: int
    effects: tuple[Effect, ...]
    cause: str
    at: datetime
    removed: bool = False


class SettingsStore(Protocol):
    """One for all kinds; a removed setting is still found, so that its version is never used again.

    Every method raises StoreUnavailable.
    """

    async def find(self, kind: type[SettingT], tenant: str, id: str) -> Recorded[SettingT] | None: ...  # noqa: A002

    async def page(
        self,
        kind: type[SettingT],
        tenant: str,
        *,
        where: Mapping[str, str],
        limit: int,
        after: Sequence[Any] | None = None,
    ) -> list[Recorded[SettingT]]:
        """List what is not removed, by id; `where` compares fields, and finds members of lists."""

    async def save(
        self, tenant: str, previous: Recorded[SettingT] | None, change: Change[SettingT]
    ) -> Recorded[SettingT]:
        """Raises AggregateConflict, AggregateExists."""

    async def tenants(self, kind: type[Setting]) -> list[str]:
        """List the tenants that have ever had a setting of the kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks for a change: `cause` names the request, `expected` the revision insisted on.

    `allows_unstaffed` says that a queue may require what nobody has yet.
    """

    tenant: str
    cause: str
    expected: int | None = None
    allows_unstaffed: bool = False


class PublicHolidays(Protocol):
    """What is known of countries' public holidays."""

    def unknown(self, country: str | None, subdivision: str | None) -> str | None:
        """Point at what nobody knows: /country or /subdivision; None where both are known or not given."""

    def days(self, country: str, subdivision: str | None, years: range) -> tuple[PublicDay, ...]:
        """List holidays, and weekend days worked in exchange, by date."""


class NoPublicHolidays:
    """Knows no country."""

    def unknown(self, country: str | None, subdivision: str | None) -> str | None:
        return "/country" if country is not None else "/subdivision" if subdivision is not None else None

    def days(self, country: str, subdivision: str | None, years: range) -> tuple[PublicDay, ...]:  # noqa: ARG002
        return ()


class LiveQueues(Protocol):
    """What only the engine of a pool knows of its queues."""

    async def contacts_in(self, tenant: str, pool: str, queue_id: str) -> int:
        """Count who is in a queue and has nobody yet. Raises PoolMoving, StoreUnavailable."""


class NoEngines:
    """Nobody is in any queue."""

    async def contacts_in(self, tenant: str, pool: str, queue_id: str) -> int:  # noqa: ARG002
        return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """`turns` keep changes apart that are checked against each other."""

    store: SettingsStore
    expressions: Expressions
    clock: Callable[[], datetime]
    public_holidays: PublicHolidays = field(default_factory=NoPublicHolidays)
    live: LiveQueues = field(default_factory=NoEngines)
    turns: Turns = field(default_factory=Turns)
