"""How a conversation answers a question, with the lines that prove it."""

from dataclasses import dataclass
from enum import StrEnum

from services.quality.domain.conversation import Conversation
from services.quality.domain.matching import contains, normalised
from services.quality.domain.rules import FirstResponseWithin, PhrasesAbsent, PhraseSaid, Rule


class Result(StrEnum):
    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`lines` are numbers of lines in the contact, never their texts."""

    result: Result
    lines: tuple[int, ...] = ()


_NOT_APPLICABLE = Finding(result=Result.NOT_APPLICABLE)


def find(rule: Rule, conversation: Conversation) -> Finding:
    """Apply a rule; the same conversation always answers alike."""
    match rule:
        case FirstResponseWithin():
            return _first_response(rule, conversation)
        case PhraseSaid():
            return _said(rule, conversation)
        case PhrasesAbsent():
            return _absent(rule, conversation)


def _first_response(rule: FirstResponseWithin, conversation: Conversation) -> Finding:
    target = rule.seconds.get(conversation.channel)
    if target is None or conversation.answered_at is None:
        return _NOT_APPLICABLE
    if conversation.lines is None:
        waited = conversation.answer_wait_seconds()
        return Finding(result=_yes(waited is not None and waited <= target))
    first, seconds = conversation.first_response(), conversation.first_response_seconds()
    lines = (first.number,) if first else ()
    return Finding(result=_yes(seconds is not None and seconds <= target), lines=lines)


def _said(rule: PhraseSaid, conversation: Conversation) -> Finding:
    if conversation.lines is None:
        return _NOT_APPLICABLE
    lines = _lines_with(rule.phrases, conversation, most=rule.within_lines)
    return Finding(result=_yes(bool(lines)), lines=lines)


def _absent(rule: PhrasesAbsent, conversation: Conversation) -> Finding:
    """An agent who wrote nothing has not proven good manners."""
    if not conversation.own_lines():
        return _NOT_APPLICABLE
    lines = _lines_with(rule.phrases, conversation, most=None)
    return Finding(result=_yes(not lines), lines=lines)


def _lines_with(phrases: tuple[str, ...], conversation: Conversation, *, most: int | None) -> tuple[int, ...]:
    wanted = [normalised(phrase) for phrase in phrases]
    found = []
    for line in conversation.own_lines()[:most]:
        text = normalised(line.text)
        if any(contains(text, phrase) for phrase in wanted):
            found.append(line.number)
    return tuple(found)


def _yes(good: bool) -> Result:
    return Result.YES if good else Result.NO
