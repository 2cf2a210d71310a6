"""What every event about a contact repeats: the entry, who holds it, and why the engine chose so."""

from services.routing.domain.moments import Moment
from services.routing.domain.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One stay of a contact in a queue; target and short-abandon bound are the queue's when it was entered."""

    contact_id: str
    number: int
    queue_id: str
    channel: str
    pool_id: str
    queued_at: Moment
    target_seconds: float
    short_abandon_seconds: float
    #: Which attempt to call the customer back this is, from 1; 0 for everybody else.
    callback_attempt: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The agent who holds, or is offered, a contact."""

    agent_id: str
    team_id: str
    site_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsideredAgent:
    """An agent that was looked at: `verdict` is `chosen`, why later (`domain.choices`), or the policy's why not.

    `rank` is the agent's own for the queue; `measure` what the strategy compares, lowest first: the levels of the
    wanted skills below zero, milliseconds of handling since sign-in, or the number of the last offer.
    """

    agent_id: str
    verdict: str
    idle_seconds: float
    rank: int = 1
    measure: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Why the engine chose as it did: the rule, who was looked at, of how many, and the last rule step in force."""

    rule: str
    considered: tuple[ConsideredAgent, ...]
    candidates: int
    rule_step: int = 0
