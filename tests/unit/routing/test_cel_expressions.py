"""Expressions over contacts and agents: what they answer, and what is not let in."""

import pytest

from services.routing.adapters.cel_expressions import CelExpressions
from services.routing.domain.expressions import (
    LONGEST_EXPRESSION,
    AgentFacts,
    ContactFacts,
    ExpressionFailed,
    ExpressionInvalid,
    Expressions,
    Scope,
)

CONTACT = ContactFacts(
    channel="chat",
    queue="billing",
    priority=5,
    waited_seconds=40,
    attributes={"language": "cmn", "tier": "gold"},
    skills={"cards": 4},
)
ANN = AgentFacts(id="ann", team="red", site="east", skills={"cards": 7, "english": 2}, attributes={"language": "cmn"})


@pytest.fixture(scope="module")
def expressions() -> Expressions:
    return CelExpressions()


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('contact.attributes["language"] == agent.attributes["language"]', True),
        ("contact.attributes.tier == 'gold' && agent.skills.cards >= contact.skills.cards", True),
        ('contact.channel in ["chat", "sms"] && contact.queue == "billing"', True),
        ("contact.priority > 5 || contact.skills.cards >= 4", True),
        ('has(agent.attributes.wing) ? agent.attributes.wing == "north" : agent.site == "east"', True),
        ('"english" in agent.skills && agent.skills["english"] > 4', False),
        ('agent.id.startsWith("a") && agent.team.endsWith("d") && agent.site.contains("as")', True),
        ("size(contact.attributes) == 2", True),
        ('contact.attributes["missing"] == "x"', False),
        ('contact.attributes["missing"] != "x"', False),
    ],
)
def test_an_expression_answers_for_contact_and_agent(expressions: Expressions, text: str, *, answer: bool) -> None:
    expressions.check(text, Scope.CONTACT_AND_AGENT)
    assert expressions.holds(text, CONTACT, ANN) is answer
    assert expressions.holds(text, CONTACT, ANN) is answer


@pytest.mark.parametrize(
    "text",
    [
        'int(contact.attributes["tier"]) > 3',
        "contact.priority / (contact.priority - 5) > 0",
        "contact.priority * 9223372036854775807 > 0",
    ],
)
def test_an_expression_that_cannot_be_worked_out_is_told_from_one_that_does_not_hold(
    expressions: Expressions, text: str
) -> None:
    expressions.check(text, Scope.CONTACT_AND_AGENT)
    with pytest.raises(ExpressionFailed):
        expressions.holds(text, CONTACT, ANN)


def test_whether_an_agent_suits_a_contact_cannot_depend_on_how_long_it_has_waited(expressions: Expressions) -> None:
    with pytest.raises(ExpressionInvalid, match=r"undeclared reference to 'contact\.waited_seconds'"):
        expressions.check("contact.waited_seconds > 30", Scope.CONTACT_AND_AGENT)


def test_an_expression_of_a_step_sees_the_contact_alone(expressions: Expressions) -> None:
    expressions.check("contact.waited_seconds > 30", Scope.CONTACT)
    assert expressions.holds("contact.waited_seconds > 30", CONTACT)
    with pytest.raises(ExpressionInvalid, match=r"undeclared reference to 'agent\.id'"):
        expressions.check('agent.id == "ann"', Scope.CONTACT)
    assert not expressions.holds('agent.id == "ann"', CONTACT)


def test_a_fault_is_told_with_its_place(expressions: Expressions) -> None:
    with pytest.raises(ExpressionInvalid, match=r"^Line 1, character 18: found no matching overload"):
        expressions.check('contact.priority == "high"', Scope.CONTACT)
    with pytest.raises(ExpressionInvalid, match="of type int"):
        expressions.check("contact.priority", Scope.CONTACT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "contact",
        "contact.priority",
        "contact.attributes",
        "has(contact.attributes)",
        "dyn(true)",
        "type(1) == int",
        "unknown",
        "true; true",
        "__import__('os')",
        "\x00",
        '"\ud800" == ""',
        "true" + " " * LONGEST_EXPRESSION,
        # Macros over lists, nested ones above all, and regular expressions cost more than their length.
        "[1, 2].all(x, x > 0)",
        "[1].exists(x, [1].exists(y, [1].exists(z, true)))",
        "contact.attributes.exists_one(k, true)",
        "[1].map(x, x) == [1]",
        "[1].filter(x, true) == [1]",
        "[1] . /* */ map(x, x) == [1]",
        'contact.channel.matches("(a+)+$")',
        'matches(contact.channel, "((a?){50}){50}")',
        "cel.bind(x, true, x)",
        "timestamp(0) < timestamp(1)",
        # Nesting.
        "(" * 300 + "true" + ")" * 300,
        "[" * 300 + "]" * 300 + " == []",
        "+".join(["1"] * 400) + " > 0",
        "true ? " * 60 + "true" + " : false" * 60,
    ],
)
def test_what_is_no_bounded_yes_or_no_is_refused(expressions: Expressions, text: str) -> None:
    with pytest.raises(ExpressionInvalid):
        expressions.check(text, Scope.CONTACT_AND_AGENT)
    assert not expressions.holds(text, CONTACT, ANN)


def test_the_largest_facts_and_the_longest_expression_are_judged(expressions: Expressions) -> None:
    many = {f"name-{number}": "值" * 256 for number in range(50)}
    text = " && ".join(f'contact.attributes["name-{number}"].contains("值值")' for number in range(20))
    assert len(text) <= LONGEST_EXPRESSION
    expressions.check(text, Scope.CONTACT)
    assert expressions.holds(text, ContactFacts(channel="chat", queue="q", attributes=many))


def test_facts_that_are_no_text_or_too_large_fail(expressions: Expressions) -> None:
    broken = ContactFacts(channel="chat", queue="q", priority=2**70, attributes={"a": "\ud800"})
    for text in ('contact.attributes["a"] == "b"', "contact.priority > 1"):
        with pytest.raises(ExpressionFailed):
            expressions.holds(text, broken)
    assert expressions.holds("contact.priority > 1", CONTACT)


def test_names_and_values_in_any_script_are_compared(expressions: Expressions) -> None:
    contact = ContactFacts(channel="chat", queue="q", attributes={"订单 号": "甲\n乙"})
    assert expressions.holds('contact.attributes["订单 号"] == "甲\\n乙"', contact)
