"""What the routes of scorecards take and give."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.quality.adapters.documents import rule_from, scorecard_body
from services.quality.domain.scorecard import Question, Scorecard, Section, Words

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Channel = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Phrases = Annotated[list[Phrase], Field(min_length=1, max_length=500)]
#: A day has 86,400 s; a month is more than any target of a first response.
Seconds = Annotated[float, Field(gt=0, le=2_678_400, allow_inf_nan=False)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WordsModel(Strict):
    en: Text
    zh: Text


class FirstResponseWithinModel(Strict):
    kind: Literal["first_response_within"]
    seconds: Annotated[dict[Channel, Seconds], Field(min_length=1, max_length=20)] = Field(
        description="Target by channel; a channel that is not named is not judged."
    )


class PhraseSaidModel(Strict):
    kind: Literal["phrase_said"]
    phrases: Phrases
    within_lines: int = Field(default=3, ge=1, le=1000, description="How many of the agent's own lines count.")


class PhrasesAbsentModel(Strict):
    kind: Literal["phrases_absent"]
    phrases: Phrases


RuleModel = Annotated[FirstResponseWithinModel | PhraseSaidModel | PhrasesAbsentModel, Field(discriminator="kind")]


class QuestionModel(Strict):
    id: Id
    text: WordsModel
    weight: float = Field(ge=0, le=1000, allow_inf_nan=False)
    fatal: bool = Field(default=False, description="A no makes the whole score 0.")
    review_on_no: bool = Field(default=False, description="A no asks for a reviewer's eye.")
    rule: RuleModel


class SectionModel(Strict):
    id: Id
    name: WordsModel
    questions: Annotated[list[QuestionModel], Field(min_length=1, max_length=30)]


class ScorecardBody(Strict):
    name: WordsModel
    sections: Annotated[list[SectionModel], Field(min_length=1, max_length=20)]
    pass_mark: float = Field(default=60, ge=0, le=100, allow_inf_nan=False)
    queues: Annotated[list[Id], Field(max_length=500)] = Field(default=[], description="None means every queue.")
    channels: Annotated[list[Channel], Field(max_length=20)] = Field(
        default=[], description="None means every channel."
    )
    active: bool = True


class ScorecardIn(ScorecardBody):
    id: Id


class ScorecardPut(ScorecardBody):
    id: Id | None = Field(default=None, description="Where given, the id in the path.")


class ScorecardOut(ScorecardIn):
    version: int


def scorecard_out(scorecard: Scorecard) -> ScorecardOut:
    return ScorecardOut.model_validate(scorecard_body(scorecard))


def scorecard_from(id: str, body: ScorecardBody) -> Scorecard:  # noqa: A002
    """Return version 1; where the scorecard exists, the caller numbers it on."""
    return Scorecard(
        id=id,
        version=1,
        name=_words(body.name),
        sections=tuple(_section(section) for section in body.sections),
        pass_mark=body.pass_mark,
        queues=frozenset(body.queues),
        channels=frozenset(body.channels),
        active=body.active,
    )


def _section(model: SectionModel) -> Section:
    questions = tuple(_question(question) for question in model.questions)
    return Section(id=model.id, name=_words(model.name), questions=questions)


def _question(model: QuestionModel) -> Question:
    return Question(
        id=model.id,
        text=_words(model.text),
        weight=model.weight,
        fatal=model.fatal,
        review_on_no=model.review_on_no,
        rule=rule_from(model.rule.model_dump()),
    )


def _words(model: WordsModel) -> Words:
    return Words(en=model.en, zh=model.zh)
