"""Scorecards and evaluations as stored bodies, and back. Times are texts that sort, so that cursors carry them."""

from collections.abc import Mapping
from typing import Any

from services.quality.domain.answering import Result
from services.quality.domain.evaluation import Answer, Evaluation
from services.quality.domain.rules import FirstResponseWithin, PhrasesAbsent, PhraseSaid, Rule
from services.quality.domain.scorecard import Question, Scorecard, Section, Words
from switchyard.service.times import from_text, to_text

_PLAIN = (
    "id",
    "contact_id",
    "channel",
    "queue_id",
    "agent_id",
    "team_id",
    "site_id",
    "scorecard_id",
    "scorecard_version",
    "method",
    "score",
    "passed",
    "flagged",
    "first_response_seconds",
    "answer_wait_seconds",
)


def evaluation_body(evaluation: Evaluation) -> dict[str, Any]:
    """Write an evaluation; `created_at` is the list's word for when it was made."""
    return {name: getattr(evaluation, name) for name in _PLAIN} | {
        "created_at": to_text(evaluation.evaluated_at),
        "answers": [_answer_body(answer) for answer in evaluation.answers],
    }


def evaluation_from(body: Mapping[str, Any]) -> Evaluation:
    """Read what `evaluation_body` wrote."""
    answers = tuple(_answer_from(answer) for answer in body["answers"])
    plain = {name: body[name] for name in _PLAIN}
    return Evaluation(**plain, answers=answers, evaluated_at=from_text(body["created_at"]))


def _answer_body(answer: Answer) -> dict[str, Any]:
    return {
        "question_id": answer.question_id,
        "result": answer.result.value,
        "points": answer.points,
        "weight": answer.weight,
        "fatal": answer.fatal,
        "evidence": list(answer.evidence),
    }


def _answer_from(body: Mapping[str, Any]) -> Answer:
    return Answer(
        question_id=body["question_id"],
        result=Result(body["result"]),
        points=body["points"],
        weight=body["weight"],
        fatal=body["fatal"],
        evidence=tuple(body["evidence"]),
    )


def scorecard_body(scorecard: Scorecard) -> dict[str, Any]:
    return {
        "id": scorecard.id,
        "version": scorecard.version,
        "name": _words_body(scorecard.name),
        "pass_mark": scorecard.pass_mark,
        "queues": sorted(scorecard.queues),
        "channels": sorted(scorecard.channels),
        "active": scorecard.active,
        "sections": [_section_body(section) for section in scorecard.sections],
    }


def scorecard_from(body: Mapping[str, Any]) -> Scorecard:
    """Read what `scorecard_body` wrote."""
    return Scorecard(
        id=body["id"],
        version=body["version"],
        name=_words_from(body["name"]),
        pass_mark=body["pass_mark"],
        queues=frozenset(body["queues"]),
        channels=frozenset(body["channels"]),
        active=body["active"],
        sections=tuple(_section_from(section) for section in body["sections"]),
    )


def _section_body(section: Section) -> dict[str, Any]:
    questions = [_question_body(question) for question in section.questions]
    return {"id": section.id, "name": _words_body(section.name), "questions": questions}


def _section_from(body: Mapping[str, Any]) -> Section:
    questions = tuple(_question_from(question) for question in body["questions"])
    return Section(id=body["id"], name=_words_from(body["name"]), questions=questions)


def _question_body(question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "text": _words_body(question.text),
        "weight": question.weight,
        "fatal": question.fatal,
        "review_on_no": question.review_on_no,
        "rule": rule_body(question.rule),
    }


def _question_from(body: Mapping[str, Any]) -> Question:
    return Question(
        id=body["id"],
        text=_words_from(body["text"]),
        weight=body["weight"],
        fatal=body["fatal"],
        review_on_no=body["review_on_no"],
        rule=rule_from(body["rule"]),
    )


def rule_body(rule: Rule) -> dict[str, Any]:
    """Write a rule with its `kind`, the word that the door uses too."""
    match rule:
        case FirstResponseWithin():
            return {"kind": "first_response_within", "seconds": dict(rule.seconds)}
        case PhraseSaid():
            return {"kind": "phrase_said", "phrases": list(rule.phrases), "within_lines": rule.within_lines}
        case PhrasesAbsent():
            return {"kind": "phrases_absent", "phrases": list(rule.phrases)}


def rule_from(body: Mapping[str, Any]) -> Rule:
    """Raises ValueError for a kind that this version does not know."""
    match body["kind"]:
        case "first_response_within":
            return FirstResponseWithin(seconds=dict(body["seconds"]))
        case "phrase_said":
            return PhraseSaid(phrases=tuple(body["phrases"]), within_lines=body["within_lines"])
        case "phrases_absent":
            return PhrasesAbsent(phrases=tuple(body["phrases"]))
        case unknown:
            raise ValueError(f"there is no rule of kind {unknown!r}")


def _words_body(words: Words) -> dict[str, str]:
    return {"en": words.en, "zh": words.zh}


def _words_from(body: Mapping[str, Any]) -> Words:
    return Words(en=body["en"], zh=body["zh"])
