"""A decision in one sentence: who was asked, by what, and how the others stood, in numbers where they are many."""

from collections.abc import Iterator

from services.routing.application.explaining import Explained
from services.routing.domain.desk_events import ContactAssignedByHand
from services.routing.domain.events import ContactParked
from services.routing.domain.remade import CHOSEN
from services.routing.entrypoints.verdicts import choice, verdict, verdict_on_several

#: So many of whom the same is to be said are named, more are counted.
MOST_NAMED = 2


def sentence(explained: Explained) -> str:
    """Say a decision."""
    what = explained.made.what
    others = ", ".join(_others(explained))
    why_not = f"; {others}" if others else ""
    if isinstance(what, ContactParked):
        return f"Set aside, offered to nobody until it is transferred: a rule failed on it ({what.error})."
    if isinstance(what, ContactAssignedByHand):
        return f"Left to {what.holder.agent_id} alone, by the hand of {what.by}{why_not}."
    step = f", after step {what.decision.rule_step} of the queue's rules" if what.decision.rule_step else ""
    return f"Offered to {what.holder.agent_id}, {choice(what.decision.rule)}{step}{why_not}."


def _others(explained: Explained) -> Iterator[str]:
    """Say how those stood who were not chosen; who could have had it comes first."""
    names: dict[tuple[str, str], list[str]] = {}
    for each in explained.verdicts:
        names.setdefault((each.verdict, each.skill), []).append(each.agent_id)
    for (word, skill), count in explained.tally.items():
        if word == CHOSEN:
            continue
        named = names.get((word, skill), [])
        if len(named) == count <= MOST_NAMED:
            told = verdict(word, skill) if count == 1 else verdict_on_several(word, skill)
            yield f"{' and '.join(named)} {told}"
        else:
            yield f"{count} {verdict_on_several(word, skill)}"
