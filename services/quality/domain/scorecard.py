"""A scorecard as versioned data: what is asked of a conversation, and what the answers weigh."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from services.quality.domain.errors import ScorecardInvalid
from services.quality.domain.rules import Rule

#: Every active scorecard that applies scores every contact.
MOST_SCORECARDS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A text in the languages of the screens."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A "no" to a `fatal` question makes the whole score 0; `review_on_no` asks for a reviewer's eye."""

    id: str
    text: Words
    weight: float
    rule: Rule
    fatal: bool = False
    review_on_no: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    id: str
    name: Words
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """One version, which never changes. No `queues` or `channels` means all of them; `pass_mark` is 0 to 100."""

    id: str
    version: int
    name: Words
    sections: tuple[Section, ...]
    pass_mark: float
    queues: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    active: bool = True

    def questions(self) -> Iterator[Question]:
        for section in self.sections:
            yield from section.questions

    def applies_to(self, channel: str, queue_id: str) -> bool:
        in_channel = not self.channels or channel in self.channels
        return self.active and in_channel and (not self.queues or queue_id in self.queues)


def check_scorecard(scorecard: Scorecard) -> None:
    """Raises ScorecardInvalid where an id is used twice, or nothing could ever be won."""
    for pointer, ids in (
        ("/sections", [section.id for section in scorecard.sections]),
        ("/sections/questions", [question.id for question in scorecard.questions()]),
    ):
        twice = [id_ for id_, count in Counter(ids).items() if count > 1]
        if twice:
            raise ScorecardInvalid(pointer, f"The id {twice[0]!r} is used twice.")
    if sum(question.weight for question in scorecard.questions()) <= 0:
        raise ScorecardInvalid("/sections", "At least one question must have a weight.")
