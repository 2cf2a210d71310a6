"""Expressions over a contact and an agent, as queues use them in `agent_rule` and in the `when` of a step.

Which language they are written in is the adapter's matter; what they may ask for, and how they are limited, is said
here. An expression has no effects, sees nothing but the facts given, and gives the same answer to the same facts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

#: Characters; an expression's cost grows with its length and nothing else.
LONGEST_EXPRESSION = 1_000


class Scope(Enum):
    """What an expression may ask for."""

    CONTACT = "contact"
    CONTACT_AND_AGENT = "contact and agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """A waiting contact: the levels it requires now, and whole seconds since it was queued.

    Steps alone may ask how long it has waited; whether an agent suits a contact does not change by itself.
    """

    channel: str
    queue: str
    priority: int = 0
    waited_seconds: int = 0
    attributes: Mapping[str, str] = field(default_factory=dict)
    skills: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFacts:
    """An agent as configured; `team` and `site` are empty for none."""

    id: str
    team: str = ""
    site: str = ""
    skills: Mapping[str, int] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)


class ExpressionInvalid(Exception):
    """The text is no expression, asks for what there is not, or does not answer yes or no."""


class ExpressionFailed(Exception):
    """The expression cannot be worked out for these facts, such as a division by zero or a text that is no number."""


class Expressions(Protocol):
    """The language of expressions."""

    def check(self, text: str, scope: Scope) -> None:
        """Raises ExpressionInvalid, whose text says what is wrong and where."""

    def holds(self, text: str, contact: ContactFacts, agent: AgentFacts | None = None) -> bool:
        """Whether the expression is true; one that asks for an attribute that is not there is not.

        Raises ExpressionFailed.
        """


class NoExpressions:
    """Where no language is at hand: nothing is an expression, and none is true."""

    def check(self, text: str, scope: Scope) -> None:
        raise ExpressionInvalid(f"No language is at hand for {text!r} over {scope.value}.")

    def holds(self, text: str, contact: ContactFacts, agent: AgentFacts | None = None) -> bool:  # noqa: ARG002
        return False


NO_EXPRESSIONS = NoExpressions()
