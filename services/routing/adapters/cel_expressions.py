"""Expressions in CEL, the Common Expression Language, by the library that Google's C++ implementation comes in.

Whatever could cost more than the length of the text is left out of the language: macros but `has`, regular expressions,
and conversions to types of which there are no facts. So an expression always ends, in time that grows with its length
and with that of the facts; the parser refuses more than 32 levels of nesting.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cel_expr_python import cel

from services.routing.domain.expressions import (
    LONGEST_EXPRESSION,
    AgentFacts,
    ContactFacts,
    ExpressionFailed,
    ExpressionInvalid,
    Scope,
)

_OPERATORS = (
    *("_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "_&&_", "_||_", "!_", "_?_:_", "_[_]", "@in"),
    *("_+_", "_-_", "-_", "_*_", "_/_", "_%_"),
)
FUNCTIONS = ("size", "contains", "startsWith", "endsWith", "int", "double", "string")
_NAMES = "".join(f'    - name: "{name}"\n' for name in (*_OPERATORS, *FUNCTIONS))
_LANGUAGE = f"stdlib:\n  include_macros:\n    - has\n  include_functions:\n{_NAMES}"
_TEXTS = cel.Type.Map(cel.Type.STRING, cel.Type.STRING)
_LEVELS = cel.Type.Map(cel.Type.STRING, cel.Type.INT)
_CONTACT = {
    "contact.channel": cel.Type.STRING,
    "contact.queue": cel.Type.STRING,
    "contact.priority": cel.Type.INT,
    "contact.attributes": _TEXTS,
    "contact.skills": _LEVELS,
}
_WAITED = {"contact.waited_seconds": cel.Type.INT}
_AGENT = {
    "agent.id": cel.Type.STRING,
    "agent.team": cel.Type.STRING,
    "agent.site": cel.Type.STRING,
    "agent.skills": _LEVELS,
    "agent.attributes": _TEXTS,
}
#: More than a tenant has rules; one that was thrown out is compiled again, in about 0.2 ms.
_MOST_COMPILED = 4_096
#: How the library's error begins where a name is not there; every other error is a failure.
_MISSING = "NOT_FOUND:"
#: The compiler's own words for a fault, without the picture of the line that it draws below.
_FAULT = re.compile(r"ERROR: <input>:(?P<line>-?\d+):(?P<column>-?\d+): (?P<what>[^\n]*)")


class CelExpressions:
    """Expressions; compiled ones are kept, so that each text is compiled once."""

    def __init__(self) -> None:
        config = cel.NewEnvConfigFromYaml(_LANGUAGE)
        self._environments = {
            Scope.CONTACT: cel.NewEnv(config=config, variables=_CONTACT | _WAITED),
            Scope.CONTACT_AND_AGENT: cel.NewEnv(config=config, variables=_CONTACT | _AGENT),
        }
        self._kept = lru_cache(_MOST_COMPILED)(self._compiled_or_none)

    def check(self, text: str, scope: Scope) -> None:
        self._compiled(text, scope)

    def holds(self, text: str, contact: ContactFacts, agent: AgentFacts | None = None) -> bool:
        scope = Scope.CONTACT if agent is None else Scope.CONTACT_AND_AGENT
        compiled = self._kept(text, scope)
        if compiled is None:
            return False
        return _answered(compiled, _stepping(contact) if agent is None else _contact(contact) | _agent(agent))

    def _compiled_or_none(self, text: str, scope: Scope) -> "cel.Expression | None":
        try:
            return self._compiled(text, scope)
        except ExpressionInvalid:
            return None

    def _compiled(self, text: str, scope: Scope) -> "cel.Expression":
        if len(text) > LONGEST_EXPRESSION:
            raise ExpressionInvalid(f"An expression has at most {LONGEST_EXPRESSION} characters.")
        try:
            compiled = self._environments[scope].compile(text)
        except (RuntimeError, TypeError) as error:
            raise ExpressionInvalid(_told(error)) from error
        if compiled.return_type() != cel.Type.BOOL:
            kind = compiled.return_type().name().lower()
            raise ExpressionInvalid(f"The expression must be true or false; this one is of type {kind}.")
        return compiled


def _answered(compiled: "cel.Expression", facts: dict[str, Any]) -> bool:
    try:
        answer = compiled.eval(data=facts)
    except RuntimeError as error:
        raise ExpressionFailed("facts that the language cannot take, such as half of a surrogate pair") from error
    if answer.type() == cel.Type.ERROR and not str(answer.value()).startswith(_MISSING):
        raise ExpressionFailed(str(answer.value()))
    return answer.value() is True


def _stepping(contact: ContactFacts) -> dict[str, Any]:
    return _contact(contact) | {"contact.waited_seconds": contact.waited_seconds}


def _contact(contact: ContactFacts) -> dict[str, Any]:
    return {
        "contact.channel": contact.channel,
        "contact.queue": contact.queue,
        "contact.priority": contact.priority,
        "contact.attributes": _plain(contact.attributes),
        "contact.skills": _plain(contact.skills),
    }


def _agent(agent: AgentFacts) -> dict[str, Any]:
    return {
        "agent.id": agent.id,
        "agent.team": agent.team,
        "agent.site": agent.site,
        "agent.skills": _plain(agent.skills),
        "agent.attributes": _plain(agent.attributes),
    }


def _plain(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The library takes dicts and no other mappings."""
    return facts if isinstance(facts, dict) else dict(facts)


def _told(error: Exception) -> str:
    fault = _FAULT.search(str(error))
    if fault is None:
        return "The expression is nested too deep." if "recursion" in str(error) else "This is no expression."
    if "recursion" in fault["what"]:
        return "The expression is nested too deep."
    what = fault["what"].removesuffix(" (in container '')")
    return f"Line {fault['line']}, character {fault['column']}: {what}."
