"""The engine's words for why, as a supervisor reads them."""

from collections.abc import Mapping

#: By the word that a decision keeps for each agent.
VERDICTS: Mapping[str, str] = {
    "chosen": "chosen",
    "eligible": "may have it",
    "idle-less-long": "idle for a shorter time",
    "less-skilled": "less skilled in what is asked for",
    "more-occupied": "has handled more since signing in",
    "had-a-turn-later": "had a turn more recently",
    "lower-rank": "ranks this queue lower",
    "handling-others": "is handling others already",
    "declined-later": "declined it later",
    "already-offered": "is being asked already",
    "already-declined": "has declined it",
    "not-available": "is not available",
    "at-capacity": "has no capacity left",
    "kept-for-another-agent": "has to leave it to the customer's last agent",
    "channel-not-served": "does not take this channel",
    "queue-not-served": "does not serve its queues",
    "site-not-asked": "is at a site that is not asked yet",
    "skill-missing": "lacks a required skill",
    "skill-too-low": "has a required skill at too low a level",
    "agent-rule-not-met": "does not meet the queue's rule",
    "rule-failed": "made the rule fail",
}
#: What the first word of a reason is of several agents.
_OF_SEVERAL: Mapping[str, str] = {"is": "are", "has": "have", "lacks": "lack", "does": "do", "ranks": "rank"}
_CHOICES: Mapping[str, str] = {
    "longest-idle": "idle longest",
    "most-skilled": "most skilled",
    "least-occupied": "handled least since signing in",
    "round-robin": "next in turn",
    "all-declined": "asked again since all had declined",
}


def verdict(word: str, skill: str = "") -> str:
    """Say a verdict in words, and of which skill; one that is not known is said as it is."""
    told = VERDICTS.get(word, word.replace("-", " "))
    return told.replace("a required skill", f"the skill {skill}") if skill else told


def verdict_on_several(word: str, skill: str = "") -> str:
    """Say a verdict on several agents in words."""
    first, space, rest = verdict(word, skill).partition(" ")
    return f"{_OF_SEVERAL.get(first, first)}{space}{rest}"


def choice(rule: str) -> str:
    """Say by what an agent was chosen."""
    return _CHOICES.get(rule, rule.replace("-", " "))
