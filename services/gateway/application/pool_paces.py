"""Whether routing keeps up with each pool, by how long this replica's own commands wait to be answered.

Every command to routing is answered by what it causes, in the order in which a pool's log has them; so the oldest
command without an answer tells how far the pool is behind, also when nobody runs it at all. A pool behind by more than
the bound takes no new contacts: whoever comes is asked to come again, while there is still time to say so. What is
already inside goes on, for agents and customers alike.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog

log = structlog.get_logger(__name__)

#: When whoever is turned away may come again; and how often one is let in all the same, to find out.
RETRY_SECONDS = 5
#: So many commands of a pool are watched at once: its oldest is among them.
_MOST_WATCHED = 10_000
#: Routing does nothing that is older, so an answer that has not come by then was missed.
_FORGOTTEN_SECONDS = 600.0


class PoolBehind(Exception):
    """Routing is too far behind with this pool to let more contacts wait in it."""

    def __init__(self, pool_id: str) -> None:
        super().__init__(f"Routing is behind with pool {pool_id}; new contacts are taken again in a moment.")
        self.retry_after_seconds = RETRY_SECONDS


@dataclass(slots=True)
class _Pace:
    """One pool's commands without an answer, each with the instant at which it was sent, the oldest first."""

    unanswered: OrderedDict[str, float] = field(default_factory=OrderedDict)
    behind: bool = False
    let_in_at: float = 0.0

    def behind_seconds(self, now: float) -> float:
        while self.unanswered and now - next(iter(self.unanswered.values())) > _FORGOTTEN_SECONDS:
            self.unanswered.popitem(last=False)
        return now - next(iter(self.unanswered.values()), now)


class PoolPaces:
    """`bound_seconds` is how far a pool may be behind; it has caught up when it is behind by half of that."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        bound_seconds: float,
        count: Callable[[], None] = lambda: None,
    ) -> None:
        self._clock = clock
        self._bound = bound_seconds
        self._count = count
        self._paces: dict[str, _Pace] = {}

    def sent(self, pool: str, command_id: str) -> None:
        """Note a command that goes to a pool, named as the key of its messages is: tenant/pool."""
        unanswered = self._paces.setdefault(pool, _Pace()).unanswered
        if len(unanswered) < _MOST_WATCHED:
            unanswered.setdefault(command_id, self._now())

    def answered(self, pool: str, command_id: str) -> None:
        """Note what routing has got to: this command, and so all that were sent to the pool before it."""
        pace = self._paces.get(pool)
        if pace is None or command_id not in pace.unanswered:
            return
        passed = ""
        while passed != command_id:
            passed, _ = pace.unanswered.popitem(last=False)

    def admit(self, tenant: str, pool_id: str) -> None:
        """Let a new contact in. Raises PoolBehind."""
        pool = f"{tenant}/{pool_id}"
        pace = self._paces.get(pool)
        if pace is None or not self._is_behind(pool, pace):
            return
        if self._now() - pace.let_in_at < RETRY_SECONDS:
            self._count()
            raise PoolBehind(pool_id)
        # With nobody let in, nothing would be answered, and the pool would be behind for ever.
        pace.let_in_at = self._now()

    def most_behind_seconds(self) -> float:
        """Say how far the pool is behind that is behind most; 0 where every command is answered."""
        now = self._now()
        return max((pace.behind_seconds(now) for pace in self._paces.values()), default=0.0)

    def _is_behind(self, pool: str, pace: _Pace) -> bool:
        seconds = pace.behind_seconds(self._now())
        behind = seconds > (self._bound / 2 if pace.behind else self._bound)
        if behind is not pace.behind:
            pace.behind = behind
            tell = partial(log.warning, "pool-falling-behind") if behind else partial(log.info, "pool-caught-up")
            tell(pool=pool, behind_seconds=round(seconds, 1))
        return behind

    def _now(self) -> float:
        return self._clock().timestamp()
