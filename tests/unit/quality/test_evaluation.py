"""How a conversation is scored."""

from dataclasses import replace

import pytest

from services.quality.domain.answering import Result
from services.quality.domain.built_in import built_in_scorecard
from services.quality.domain.conversation import Conversation
from services.quality.domain.errors import ScorecardInvalid
from services.quality.domain.evaluation import Evaluation, evaluate
from services.quality.domain.rules import FirstResponseWithin
from services.quality.domain.scorecard import check_scorecard
from tests.unit.quality.conftest import NOON, conversation, line


def score(judged: Conversation) -> Evaluation:
    evaluation = evaluate("evl_1", built_in_scorecard(), judged, NOON)
    assert evaluation is not None
    return evaluation


def results(evaluation: Evaluation) -> dict[str, str]:
    return {answer.question_id: answer.result.value for answer in evaluation.answers}


@pytest.mark.parametrize("greeting", ["Hello, I am Ann", "您好，请问有什么可以帮您？"])
def test_a_polite_and_quick_agent_wins_everything(greeting: str) -> None:
    evaluation = score(conversation(line(2, greeting, after=4), line(4, "It is done.", after=60)))
    assert (evaluation.score, evaluation.passed, evaluation.flagged) == (100, True, False)
    assert evaluation.first_response_seconds == 4


def test_a_forbidden_word_ruins_the_score_and_calls_a_reviewer_to_its_line() -> None:
    evaluation = score(conversation(line(2, "Hello"), line(5, "你是白痴吗", after=30)))
    assert (evaluation.score, evaluation.passed, evaluation.flagged) == (0, False, True)
    (answer,) = [each for each in evaluation.answers if each.question_id == "forbidden_words"]
    assert (answer.result, answer.evidence) == (Result.NO, (5,))


def test_nobody_answers_for_the_customers_or_a_colleagues_words() -> None:
    judged = conversation(
        line(1, "you idiot", author="customer", after=1),
        line(2, "you idiot", agent_id="agt_bob", after=2),
        line(3, "Hello", after=3),
    )
    assert results(score(judged))["forbidden_words"] == "yes"


def test_a_slow_agent_loses_the_weight_of_the_first_response() -> None:
    evaluation = score(conversation(line(2, "Hello", after=61)))
    assert results(evaluation)["first_response"] == "no"
    assert (evaluation.score, evaluation.passed) == (60, True)


def test_the_target_itself_is_still_in_time() -> None:
    assert results(score(conversation(line(2, "Hello", after=60))))["first_response"] == "yes"


def test_an_automatic_line_answers_nobody() -> None:
    evaluation = score(conversation(line(1, "Hello", after=1, automatic=True), line(2, "So?", after=70)))
    assert results(evaluation)["greeting"] == "no"
    assert evaluation.first_response_seconds == 70


def test_a_line_from_before_acceptance_is_no_response_to_it() -> None:
    evaluation = score(conversation(line(1, "Hello", agent_id="agt_bob", after=-5), line(2, "Hello", after=9)))
    assert evaluation.first_response_seconds == 9


def test_an_agent_who_wrote_nothing_neither_greeted_nor_answered() -> None:
    evaluation = score(conversation(line(1, "anyone?", author="customer", after=1)))
    assert results(evaluation) == {"first_response": "no", "greeting": "no", "forbidden_words": "not_applicable"}
    assert (evaluation.score, evaluation.flagged, evaluation.first_response_seconds) == (0, True, None)


def test_a_greeting_after_the_first_lines_comes_too_late() -> None:
    judged = conversation(*(line(number, "so", after=number) for number in range(1, 4)), line(4, "hello", after=5))
    assert results(score(judged))["greeting"] == "no"


@pytest.mark.parametrize(("waited", "total"), [(20, 100), (21, 0)])
def test_a_call_is_judged_by_its_answer_alone(waited: float, total: float) -> None:
    evaluation = score(conversation(channel="voice", waited=waited))
    assert results(evaluation)["greeting"] == results(evaluation)["forbidden_words"] == "not_applicable"
    assert (evaluation.score, evaluation.answer_wait_seconds) == (total, waited)
    assert evaluation.first_response_seconds is None


def test_a_scorecard_of_which_nothing_applies_gives_no_score() -> None:
    card = built_in_scorecard()
    (first, *_) = card.sections
    only_chat = replace(first.questions[0], rule=FirstResponseWithin(seconds={"chat": 1}))
    card = replace(card, sections=(replace(first, questions=(only_chat,)),))
    assert evaluate("evl_1", card, conversation(channel="voice"), NOON) is None


def test_the_same_conversation_scores_alike_every_time() -> None:
    judged = conversation(line(2, "Hello"), line(3, "stupid", after=30))
    assert score(judged) == score(judged)


def test_a_question_id_used_twice_is_refused() -> None:
    card = built_in_scorecard()
    with pytest.raises(ScorecardInvalid):
        check_scorecard(replace(card, sections=(*card.sections, replace(card.sections[0], id="again"))))


def test_a_scorecard_without_any_weight_is_refused() -> None:
    card = built_in_scorecard()
    weightless = tuple(
        replace(each, questions=tuple(replace(question, weight=0) for question in each.questions))
        for each in card.sections
    )
    with pytest.raises(ScorecardInvalid):
        check_scorecard(replace(card, sections=weightless))
