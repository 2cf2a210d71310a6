"""What a queue does about a contact that nobody takes: steps that widen the search, and ways out of the queue."""

from dataclasses import dataclass

#: What becomes of a contact that leaves its queue for no other.
VOICEMAIL, CALLBACK, MESSAGE = "voicemail", "callback", "message"
LAST_STEPS = (VOICEMAIL, CALLBACK, MESSAGE)
#: When a queue is overflowing: as many wait as its limit, or nobody is signed in for it.
ON_LENGTH, ON_NO_STAFF = "length", "no-staff"
OVERFLOW_CAUSES = (ON_LENGTH, ON_NO_STAFF)


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """Where a contact goes that leaves its queue unanswered: another queue of the pool, or a last step.

    `announcement` is told to the customer.
    """

    to_queue: str = ""
    last_step: str = ""
    announcement: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStep:
    """What changes for a contact that still waits `after_seconds` after it was queued.

    `relax_levels` is taken off every required level; a requirement that falls to zero is dropped. Agents of
    `add_queues` and `add_sites`, and the single `add_agents`, are asked from then on. `when` is an expression over
    the contact, empty for always. With `then` the contact leaves the queue.
    """

    after_seconds: float
    relax_levels: int = 0
    raise_priority: int = 0
    add_queues: tuple[str, ...] = ()
    add_sites: tuple[str, ...] = ()
    add_agents: tuple[str, ...] = ()
    when: str = ""
    then: WayOut | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overflow:
    """A way out taken as a contact arrives: with `on` length when `limit` contacts wait already."""

    on: str
    then: WayOut
    limit: int = 0
